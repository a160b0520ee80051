internal import Training

/// What was measured in each step, and now and then on examples set apart.
struct TrainingLog: Equatable {
  /// The loss on what was set apart, after a step.
  struct Measurement: Equatable {
    let step: Int
    let loss: Float
    /// The share of its questions that was answered exactly, where there are any.
    let score: Double?
  }

  private(set) var steps: [TrainingStep] = []
  private(set) var measurements: [Measurement] = []

  init(steps: [TrainingStep] = [], measurements: [Measurement] = []) {
    self.steps = steps
    self.measurements = measurements
  }

  mutating func add(_ step: TrainingStep) { steps.append(step) }
  mutating func add(_ measurement: Measurement) { measurements.append(measurement) }

  /// The measurement with the smallest loss, the first of several.
  var best: Measurement? { measurements.min { $0.loss < $1.loss } }

  /// How many measurements came after the best one.
  var measurementsSinceBest: Int {
    measurements.firstIndex { $0.step == best?.step }.map { measurements.count - 1 - $0 } ?? 0
  }

  /// A table with a line for each step; what was set apart has columns where there is any.
  var csv: String {
    let hasScores = measurements.contains { $0.score != nil }
    var text = "step,loss,learning_rate,gradient_norm,tokens"
    if !measurements.isEmpty { text += ",validation_loss" }
    if hasScores { text += ",validation_score" }
    text += "\n"
    var rest = measurements[...]
    for step in steps {
      text +=
        "\(step.step),\(step.loss),\(step.learningRate),\(step.gradientNorm),\(step.tokens)"
      let measured = rest.first?.step == step.step ? rest.popFirst() : nil
      if !measurements.isEmpty { text += "," + (measured.map { "\($0.loss)" } ?? "") }
      if hasScores { text += "," + (measured?.score.map { "\($0)" } ?? "") }
      text += "\n"
    }
    return text
  }

  /// A JSON object a line.
  var jsonLines: String {
    var text = ""
    var rest = measurements[...]
    for step in steps {
      text +=
        "{\"step\": \(step.step), \"loss\": \(step.loss), \"learning_rate\": \(step.learningRate), "
        + "\"gradient_norm\": \(step.gradientNorm), \"tokens\": \(step.tokens)"
      if rest.first?.step == step.step, let measured = rest.popFirst() {
        text += ", \"validation_loss\": \(measured.loss)"
        if let score = measured.score { text += ", \"validation_score\": \(score)" }
      }
      text += "}\n"
    }
    return text
  }
}
