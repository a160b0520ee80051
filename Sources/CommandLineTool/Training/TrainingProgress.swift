internal import Training

/// Says where training is, once it has taken a second and somebody watches.
final class TrainingProgress {
  private let tool: Tool
  private let total: Int
  private let label: String
  private let isQuiet: Bool
  private let start = Interrupts.seconds
  private var last = 0.0
  private var tokens = 0
  private var done = 0
  private var heldOut = ""
  private var hasSpoken = false

  /// Starts the clock; `leftLabel` stands behind the time that is left.
  init(steps: Int, leftLabel: String, isQuiet: Bool, _ tool: Tool) {
    total = steps
    label = leftLabel
    self.isQuiet = isQuiet
    self.tool = tool
  }

  /// Shows a step, at most ten times a second, with the last loss on what was set apart.
  func show(_ step: TrainingStep, _ measured: TrainingLog.Measurement?) {
    tokens += step.tokens
    done += 1
    if let measured { heldOut = " (\(Self.rounded(measured.loss)))" }
    let now = Interrupts.seconds
    guard tool.messagesAreWatched, !isQuiet, now - start > 1, now - last > 0.1 else { return }
    (last, hasSpoken) = (now, true)
    let elapsed = now - start
    let left = elapsed / Double(done) * Double(total - step.step)
    let rate = Int(min(Double(tokens) / elapsed, 1e15))
    tool.messages(
      "\r\(step.step)/\(total)  loss \(Self.rounded(step.loss))\(heldOut)  \(rate) tokens/s  "
        + "\(Clock.text(seconds: left)) \(label)\u{1B}[K")
  }

  private static func rounded(_ loss: Float) -> Double { (Double(loss) * 10000).rounded() / 10000 }

  /// Clears the line.
  func end() {
    if hasSpoken { tool.messages("\r\u{1B}[K") }
    hasSpoken = false
  }
}
