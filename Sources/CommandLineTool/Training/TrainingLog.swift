internal import Course
internal import Training

/// What was measured in each step, as files.
struct TrainingLog {
  private(set) var steps: [TrainingStep] = []

  mutating func add(_ step: TrainingStep) { steps.append(step) }

  /// A table with a line for each step.
  var csv: String {
    "step,loss,learning_rate,gradient_norm,tokens\n"
      + steps.map {
        "\($0.step),\($0.loss),\($0.learningRate),\($0.gradientNorm),\($0.tokens)\n"
      }.joined()
  }

  /// A JSON object a line.
  var jsonLines: String {
    steps.map {
      "{\"step\": \($0.step), \"loss\": \($0.loss), \"learning_rate\": \($0.learningRate), "
        + "\"gradient_norm\": \($0.gradientNorm), \"tokens\": \($0.tokens)}\n"
    }.joined()
  }
}

/// Says where training is, once it has taken a second and somebody watches.
final class TrainingProgress {
  private let tool: Tool
  private let total: Int
  private let label: String
  private let isQuiet: Bool
  private let start = Interrupts.seconds
  private var last = 0.0
  private var tokens = 0
  private var hasSpoken = false

  /// Starts the clock; `leftLabel` stands behind the time that is left.
  init(steps: Int, leftLabel: String, isQuiet: Bool, _ tool: Tool) {
    total = steps
    label = leftLabel
    self.isQuiet = isQuiet
    self.tool = tool
  }

  /// Shows a step, at most ten times a second.
  func show(_ step: TrainingStep) {
    tokens += step.tokens
    let now = Interrupts.seconds
    guard tool.messagesAreWatched, !isQuiet, now - start > 1, now - last > 0.1 else { return }
    (last, hasSpoken) = (now, true)
    let elapsed = now - start
    let left = elapsed / Double(step.step) * Double(total - step.step)
    let seconds = Int(min(left.rounded(), 1e9))
    let clock = "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    let loss = (Double(step.loss) * 10000).rounded() / 10000
    let rate = Int(min(Double(tokens) / elapsed, 1e15))
    tool.messages(
      "\r\(step.step)/\(total)  loss \(loss)  \(rate) tokens/s  \(clock) \(label)\u{1B}[K")
  }

  /// Clears the line.
  func end() {
    if hasSpoken { tool.messages("\r\u{1B}[K") }
    hasSpoken = false
  }
}
