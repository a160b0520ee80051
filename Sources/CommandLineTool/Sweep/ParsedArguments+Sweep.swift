extension ParsedArguments {
  /// The most numbers of a list.
  private static let mostNumbers = 10_000

  /// Whole numbers and ranges of them with commas between, such as `1,2,5-8`, in order and each once.
  func wholes(_ option: String, in range: ClosedRange<Int>) throws(ToolError) -> [Int]? {
    guard let text = value(option) else { return nil }
    let complaint = ToolError.usage(
      "--\(option) is a list such as 1,2,8 or 1-5 of whole numbers from \(range.lowerBound) on, not "
        + "“\(text)”", command: command)
    var numbers: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count <= 2, let first = ends.first.flatMap({ Int($0) }),
        let last = ends.last.flatMap({ Int($0) }), range.contains(first), range.contains(last),
        first <= last, last - first < Self.mostNumbers
      else { throw complaint }
      numbers.formUnion(first...last)
      guard numbers.count <= Self.mostNumbers else { throw complaint }
    }
    return numbers.sorted()
  }

  /// Learning rates with commas between, in order and each once.
  func rates() throws(ToolError) -> [Double]? {
    guard let text = value("rates") else { return nil }
    var rates: Set<Double> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let rate = Double(part), rate.isFinite, rate > 0 else {
        throw .usage(
          "--rates is a list of positive numbers such as 0.001,0.005, not “\(text)”",
          command: command)
      }
      rates.insert(rate)
    }
    return rates.sorted()
  }

  /// A part of the work, such as `3/8`; all of it if nothing is said.
  func shard() throws(ToolError) -> (index: Int, count: Int) {
    guard let text = value("shard") else { return (1, 1) }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]), index >= 1,
      index <= count
    else {
      throw .usage(
        "--shard is a part such as 1/8, from 1/8 to 8/8, not “\(text)”", command: command)
    }
    return (index, count)
  }
}
