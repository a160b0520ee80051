internal import Drawing

/// The runner's own words, in both languages.
struct RunnerWords {
  var words: Words

  init(_ words: Words) { self.words = words }

  private func say(_ spanish: String, _ english: String) -> String {
    words.say(es: spanish, en: english)
  }

  var step: String { say("Paso", "Step") }
  var prediction: String { say("Antes de ver", "Before you look") }
  var quiz: String { say("Pregunta", "Question") }
  var answer: String { say("Respuesta", "Answer") }
  var figure: String { say("Figura", "Figure") }
  var again: String { say("Para repetirlo", "Make it again") }
  var simplified: String { say("Lo que se ha simplificado", "What was simplified") }
  var sources: String { say("Fuentes", "Sources") }
  var right: String { say("Correcto.", "Right.") }
  var wrong: String { say("No es eso.", "Not that.") }
  var notANumber: String {
    say("Eso no es un número; por ejemplo 0,25.", "That is not a number; for example 0.25.")
  }
  var skipped: String { say("Pregunta saltada.", "Question skipped.") }
  var notTranslated: String {
    say("(este paso solo está en inglés)", "(this step is only there in Spanish)")
  }
  var end: String { say("Fin de la lección.", "End of the lesson.") }
  var typeNumber: String {
    say("número (Intro acepta, Esc cancela): ", "number (Enter accepts, Esc cancels): ")
  }
  var saved: String { say("El progreso queda guardado.", "Your progress is kept.") }

  func hint(_ number: Int, of count: Int) -> String {
    count == 1 ? say("Pista", "Hint") : say("Pista \(number)/\(count)", "Hint \(number)/\(count)")
  }

  func resume(at title: String) -> String {
    say("¿Seguir donde lo dejaste, en «\(title)»?", "Go on where you stopped, at “\(title)”?")
  }

  func seeAnswer(_ text: String) -> String { "\(answer): \(text)" }
}

/// What a key does in the runner.
enum RunnerAction: CaseIterable, Equatable {
  case next, skip, back, answer, hint, reveal, figure, list, quit, yes, no

  /// The letter of the key in a language.
  func key(_ language: Language) -> Character {
    switch (self, language) {
    case (.next, .spanish), (.skip, .spanish), (.yes, .spanish): "s"
    case (.next, .english), (.skip, .english), (.no, _): "n"
    case (.yes, .english): "y"
    case (.back, .spanish): "a"
    case (.back, .english): "b"
    case (.answer, .spanish): "r"
    case (.answer, .english): "a"
    case (.hint, .spanish): "p"
    case (.hint, .english): "h"
    case (.reveal, .spanish): "v"
    case (.reveal, .english): "r"
    case (.figure, _): "f"
    case (.list, _): "l"
    case (.quit, .spanish): "q"
    case (.quit, .english): "q"
    }
  }

  /// What it is called in a language.
  func name(_ words: Words) -> String {
    switch self {
    case .next: words.say(es: "siguiente", en: "next")
    case .skip: words.say(es: "saltar", en: "skip")
    case .back: words.say(es: "atrás", en: "back")
    case .answer: words.say(es: "responder", en: "answer")
    case .hint: words.say(es: "pista", en: "hint")
    case .reveal: words.say(es: "ver la respuesta", en: "reveal")
    case .figure: words.say(es: "figura", en: "figure")
    case .list: words.say(es: "lista", en: "list")
    case .quit: words.say(es: "salir", en: "quit")
    case .yes: words.say(es: "sí", en: "yes")
    case .no: words.say(es: "no", en: "no")
    }
  }
}
