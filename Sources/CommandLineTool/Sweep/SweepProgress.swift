internal import Drawing

/// Says how far a sweep is: a line for each training that is done, and below it how long the rest takes.
final class SweepProgress {
  private let tool: Tool
  private let count: Int
  private let label: String
  private let hint: String
  private let isQuiet: Bool
  private let start = Interrupts.seconds
  private var last = 0.0
  private var done = 0
  private var share = 0.0
  private var hasSpoken = false

  /// Starts the clock.
  init(count: Int, isQuiet: Bool, _ words: Words, _ tool: Tool) {
    self.count = count
    label = words.say(es: "restante", en: "left")
    hint = words.say(es: "Ctrl-C deja el resto", en: "Ctrl-C leaves the rest")
    self.isQuiet = isQuiet
    self.tool = tool
  }

  /// Shows the share of all steps that are done, at most ten times a second.
  func show(_ share: Double) {
    self.share = share
    let now = Interrupts.seconds
    guard tool.messagesAreWatched, !isQuiet, now - start > 1, now - last > 0.1, share > 0 else {
      return
    }
    (last, hasSpoken) = (now, true)
    let percent = Int((100 * min(share, 1)).rounded(.down))
    tool.messages("\r\(done)/\(count)  \(percent) %  \(clock(now)) \(label); \(hint)\u{1B}[K")
  }

  /// Says what a training gave.
  func finish(_ text: String) {
    done += 1
    guard !isQuiet else { return }
    end()
    let left = done < count && share > 0 ? "  \(clock(Interrupts.seconds)) \(label)" : ""
    tool.say("\(done)/\(count)  \(text)\(left)")
  }

  /// The time that is left, as far as the steps tell.
  private func clock(_ now: Double) -> String {
    Clock.text(seconds: (now - start) / share * max(1 - share, 0))
  }

  /// Clears the line.
  func end() {
    if hasSpoken { tool.messages("\r\u{1B}[K") }
    hasSpoken = false
  }
}
