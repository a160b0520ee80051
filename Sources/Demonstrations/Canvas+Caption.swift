internal import Charts
internal import Drawing

extension Canvas {
  /// The largest share of the height that a caption takes.
  private static let largestShare = 0.24
  /// No caption of so many characters fits, so that none of what follows needs to be measured.
  private static let mostCharacters = 2000

  /// Writes a caption at the bottom of a frame, and returns what remains above it.
  ///
  /// Sentences that find no room are left out: a picture must stay larger than the words about it.
  mutating func drawCaption(_ caption: String, at frame: Rectangle) -> Rectangle {
    let style = style(.small)
    let height = lineHeight(style)
    let lines = shortened(
      caption, style, width: frame.width,
      lineCount: max(Int(Self.largestShare * preset.size.height / height), 1))
    guard !lines.isEmpty else { return frame }
    // The last line needs no distance to a next one.
    let (foot, rest) = frame.cutBottom(
      Double(lines.count) * height - (height - style.size), gap: em(0.9))
    group("caption") { canvas in
      for (index, line) in lines.enumerated() {
        canvas.text(
          line, at: Point(foot.minX, foot.minY + Double(index) * height), style,
          color: canvas.theme.secondaryInk, vertical: .top, box: foot.inset(-1))
      }
    }
    return rest
  }

  /// The lines of as many whole sentences as fit, or of the beginning of the first one.
  private func shortened(
    _ text: String, _ style: TextStyle, width: Double, lineCount: Int
  ) -> [String] {
    var kept = text.prefix(Self.mostCharacters).split(separator: " ")
      .map { divided($0, style, width: width) }.joined(separator: " ")
    while true {
      let lines = wrapped(kept, style, width: width)
      if lines.count <= lineCount { return lines }
      guard let end = kept.dropLast().lastRange(of: ". ")?.lowerBound else { break }
      kept = String(kept[...end])
    }
    var words = kept.split(separator: " ")
    while words.count > 1 {
      words.removeLast()
      let lines = wrapped(words.joined(separator: " ") + " …", style, width: width)
      if lines.count <= lineCount { return lines }
    }
    return []
  }

  /// A word with spaces where it has to be broken because it is wider than a line.
  private func divided(_ word: Substring, _ style: TextStyle, width: Double) -> String {
    let whole = self.width(String(word), style)
    guard whole > width, word.count > 1 else { return String(word) }
    let half = word.index(word.startIndex, offsetBy: word.count / 2)
    return divided(word[..<half], style, width: width) + " "
      + divided(word[half...], style, width: width)
  }
}

extension Substring {
  /// The last place of a text of two characters.
  fileprivate func lastRange(of pair: String) -> Range<Index>? {
    var end = endIndex
    while let last = self[..<end].lastIndex(of: " "), last > startIndex {
      let before = index(before: last)
      if self[before...last] == pair { return before..<index(after: last) }
      end = last
    }
    return nil
  }
}
