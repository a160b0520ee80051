/// Finds what a mistyped word probably meant.
public enum Spelling {
  /// The candidate that takes the fewest changes to reach, if they are few for the word's length.
  ///
  /// Changes are insertions, deletions, replacements and swaps of neighbours. A candidate that the
  /// word begins, such as `quant` for `quantization`, counts as near too.
  ///
  /// - Parameters:
  ///   - word: The word.
  ///   - candidates: What it may mean.
  ///   - most: The most changes; nothing for one, and one more for every three letters from six on.
  /// - Returns: The candidate; nothing where none is near.
  public static func nearest(
    to word: String, among candidates: [String], atMost most: Int? = nil
  ) -> String? {
    let limit = most ?? max(1, word.count / 3)
    let ranked = candidates.map { ($0, distance(word, $0)) }.filter { $0.1 <= limit }
    if let best = ranked.min(by: { $0.1 < $1.1 }) { return best.0 }
    let longer = candidates.filter { word.count >= 3 && $0.hasPrefix(word) }
    return longer.count == 1 ? longer[0] : nil
  }

  /// The sentence `did you mean “…”?`, or the list of what there is.
  public static func suggestion(for word: String, among candidates: [String]) -> String? {
    if let nearest = nearest(to: word, among: candidates) { return "did you mean “\(nearest)”?" }
    return candidates.isEmpty ? nil : "there are: \(candidates.joined(separator: ", "))"
  }

  /// The number of changes between two words: optimal string alignment.
  static func distance(_ first: String, _ second: String) -> Int {
    // Longer words than any name of ours are never near, and would cost time.
    let (a, b) = (Array(first.prefix(64)), Array(second.prefix(64)))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
