/// Says how far a long work is, once it has taken a second and somebody watches.
final class Progress {
  private let tool: Tool
  private let label: String
  private let start = Interrupts.seconds
  private var last = 0.0
  private var hasSpoken = false

  init(_ label: String, _ tool: Tool) {
    self.label = label
    self.tool = tool
  }

  /// Shows a share between 0 and 1, at most ten times a second.
  func show(_ share: Double) {
    let now = Interrupts.seconds
    guard tool.messagesAreWatched, now - start > 1, now - last > 0.1 else { return }
    (last, hasSpoken) = (now, true)
    let percent = Int((100 * min(max(share, 0), 1)).rounded(.down))
    tool.messages("\r\(label) \(percent) %\u{1B}[K")
  }

  /// Clears the line.
  func end() {
    if hasSpoken { tool.messages("\r\u{1B}[K") }
    hasSpoken = false
  }
}
