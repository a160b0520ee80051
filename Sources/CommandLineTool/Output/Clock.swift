/// A span of time as people read it on a progress line.
enum Clock {
  /// Minutes and seconds, and hours where there are some.
  static func text(seconds: Double) -> String {
    let seconds = Int(min(max(seconds.rounded(), 0), 1e9))
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    let tail = two(seconds % 60)
    return seconds < 3600
      ? "\(seconds / 60):\(tail)" : "\(seconds / 3600):\(two(seconds / 60 % 60)):\(tail)"
  }
}
