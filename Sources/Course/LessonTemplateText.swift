internal import Demonstrations
internal import Drawing

/// What a new lesson says, in one language.
struct LessonTemplateText {
  var words: Words
  var demonstration: String
  var observation: Observation
  var sequel: LessonTemplate.Sequel?

  /// The names of the finite numbers among some values: counts first, which are easier to predict.
  static func numbers(in values: [String: Value]) -> [String] {
    let finite = values.filter { $0.value.numeric?.isFinite == true }.keys.sorted()
    func isCount(_ name: String) -> Bool {
      if case .integer = values[name] { true } else { false }
    }
    return finite.filter(isCount) + finite.filter { !isCount($0) }
  }

  private var names: [String] {
    observation.values.filter {
      if case .flag = $0.value { false } else { true }
    }.keys.sorted()
  }

  private var flag: String? {
    observation.values.filter {
      if case .flag = $0.value { true } else { false }
    }.keys.sorted().first
  }

  private func say(_ spanish: String, _ english: String) -> String {
    words.say(es: spanish, en: english)
  }

  /// The file.
  var text: String {
    (opening + explanation + conditions + quiz + closing + sequelStep).joined(separator: "\n\n")
      + "\n"
  }

  private var opening: [String] {
    let title = say(
      """
      ---
      title: El título de la lección
      summary: Una línea que dice qué se aprende en ella.
      ---

      ## El título del primer paso {#\(LessonTemplate.firstStep)}

      Una lección es una serie de pasos, y cada paso enseña una figura: este, la de
      `\(demonstration)`. Escribe aquí lo que hace falta saber antes de verla.
      """,
      """
      ---
      title: The title of the lesson
      summary: One line that says what is learnt in it.
      ---

      ## The title of the first step {#\(LessonTemplate.firstStep)}

      A lesson is a series of steps, and each step shows a figure: this one, that of
      `\(demonstration)`. Write here what one needs to know before seeing it.
      """)
    return [title] + (Self.numbers(in: observation.values).first.map(prediction) ?? [])
  }

  /// A question whose answer is a number that the demonstration computes.
  private func prediction(_ name: String) -> [String] {
    [
      ":::predict {kind=number answer=\(name)}\n"
        + say(
          "Antes de mirar: ¿cuánto valdrá `\(name)`?", "Before you look: what will `\(name)` be?")
        + "\n:::",
      ":::hint\n"
        + say(
          "Una pista ayuda a pensar sin dar la respuesta. Puede haber varias.",
          "A hint helps to think without giving the answer. There can be several.") + "\n:::",
    ]
  }

  /// Every value that can be written, so that an author sees what there is to tell.
  private var explanation: [String] {
    guard !names.isEmpty else { return [] }
    let lead = say(
      """
      Después de la figura va la explicación. Los resultados no se escriben a mano: cada nombre entre
      llaves dobles se sustituye por su valor. Este paso tiene:
      """,
      """
      After the figure comes the explanation. Results are not typed: each name in double braces is
      replaced by its value. This step has:
      """)
    return [lead + "\n\n" + names.map { "- `\($0)`: {{\($0)}}" }.joined(separator: "\n")]
  }

  private var conditions: [String] {
    guard let flag else { return [] }
    return [
      ":::when {flag=\(flag)}\n"
        + say(
          "Este párrafo solo se lee cuando `\(flag)` se cumple.",
          "This paragraph is only read when `\(flag)` holds.") + "\n:::",
      ":::unless {flag=\(flag)}\n"
        + say("Y este, cuando no se cumple.", "And this one when it does not.") + "\n:::",
    ]
  }

  private var quiz: [String] {
    [
      say(
        """
        :::choice
        ¿De dónde salen los números de este texto?

        - [ ] Los escribió quien hizo la lección.

          Un resultado escrito a mano deja de ser cierto en cuanto cambian los datos.
        - [x] De la misma cuenta que dibuja la figura.

          Por eso el texto y la figura dicen siempre lo mismo.
        :::
        """,
        """
        :::choice
        Where do the numbers in this text come from?

        - [ ] Whoever made the lesson typed them.

          A typed result stops being true as soon as the data change.
        - [x] From the same computation that draws the figure.

          That is why text and figure always say the same.
        :::
        """)
    ]
  }

  private var closing: [String] {
    [
      say(
        """
        :::simplified
        Aquí se dice en qué se queda corto el dibujo, o la comparación, con que se suele explicar.
        :::

        :::notes
        Esto lo ve quien da la clase, y no quien la sigue: qué preguntar, dónde pararse, qué probar con
        `--set`.
        :::

        :::sources
        - Autora y año, *título*, con un enlace como [este](https://arxiv.org/abs/2106.09685).
        :::
        """,
        """
        :::simplified
        Here one says where the usual drawing, or comparison, falls short.
        :::

        :::notes
        This is seen by who teaches, and not by who learns: what to ask, where to stop, what to try with
        `--set`.
        :::

        :::sources
        - Author and year, *title*, with a link such as [this one](https://arxiv.org/abs/2106.09685).
        :::
        """)
    ]
  }

  private var sequelStep: [String] {
    guard let sequel else { return [] }
    let (name, before) = (sequel.result, "\(LessonTemplate.firstStep).\(sequel.result)")
    return [
      say(
        """
        ## El título del segundo paso {#\(LessonTemplate.secondStep)}

        La misma demostración con otro ajuste: en `lesson.json`, este paso cambia `\(sequel.parameter)`.
        """,
        """
        ## The title of the second step {#\(LessonTemplate.secondStep)}

        The same demonstration with another setting: in `lesson.json`, this step changes
        `\(sequel.parameter)`.
        """),
      ":::predict {kind=number answer=\(name) tolerance=5%}\n"
        + say(
          "En el paso anterior `\(name)` valía {{\(before)}}. ¿Y ahora?",
          "In the step before, `\(name)` was {{\(before)}}. And now?") + "\n:::",
      say("Ahora vale {{\(name)}}.", "Now it is {{\(name)}}."),
    ]
  }
}
