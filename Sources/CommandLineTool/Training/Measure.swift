internal import Course
internal import Drawing
internal import Interchange

/// A number that says how good a model is, where it is no question of right or wrong.
struct Measure: Equatable {
  enum Kind: String {
    /// The mean loss a character, or a row, on what was set apart.
    case loss
    /// e to the loss: among how many characters the model hesitates.
    case perplexity
    /// The root of the mean squared error, in the unit of the target.
    case rootMeanSquaredError
    /// The share of the variance that is explained.
    case determination
    /// The mean squared error of the examples learned, divided by that of no change.
    case trainingError
    /// The same of examples set apart.
    case heldOutError
    /// The distance of the change learned from the true one, divided by the length of the true one.
    case changeError
  }

  let kind: Kind
  let value: Double
  /// What the number is of, such as the name of a column.
  var subject = ""

  /// The measure in words; `isHeldOut` says whether it was taken on what was set apart, as against data of
  /// the user's choice.
  func line(_ words: Words, isHeldOut: Bool = true) -> String {
    "\(name(words, isHeldOut)): \(text(words))"
  }

  private func text(_ words: Words) -> String {
    switch kind {
    case .trainingError, .heldOutError, .changeError: words.percentage(value, 2)
    case .loss, .perplexity, .rootMeanSquaredError: words.numbers.significant(value, digits: 3)
    case .determination: words.number(value, 3)
    }
  }

  private func name(_ words: Words, _ isHeldOut: Bool) -> String {
    switch kind {
    case .loss:
      isHeldOut
        ? words.say(es: "pérdida en lo apartado", en: "held-out loss")
        : words.say(es: "pérdida", en: "loss")
    case .perplexity: words.say(es: "perplejidad", en: "perplexity")
    case .rootMeanSquaredError:
      words.say(
        es: "error típico de \(printable(subject))", en: "typical error of \(printable(subject))")
        + " (RMSE)"
    case .determination: words.say(es: "varianza explicada (R²)", en: "variance explained (R²)")
    case .trainingError:
      words.say(
        es: "error en los ejemplos, frente a no cambiar nada",
        en: "error on the examples, against changing nothing")
    case .heldOutError:
      words.say(
        es: "error en ejemplos apartados, frente a no cambiar nada",
        en: "error on held-out examples, against changing nothing")
    case .changeError:
      words.say(
        es: "distancia del cambio aprendido al verdadero",
        en: "distance of the learned change from the true one")
    }
  }

  /// The measures as an object, in which a number that is not finite is nothing.
  static func json(_ measures: [Measure]) -> JSONNode {
    .object(
      measures.map { ($0.kind.rawValue, .optional($0.value.isFinite ? $0.value : nil)) })
  }
}
