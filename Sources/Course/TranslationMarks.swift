internal import Drawing

/// The marks `src=hash` by which a translated step says which text it was made from.
public enum TranslationMarks {
  /// The text of a translation with every step marked as made from the present source.
  ///
  /// `count` is the number of marks that are new. Steps that the source does not have stay as they are, and so does everything but the headings:
  /// line ends and a byte order mark too.
  public static func bringUpToDate(
    _ text: String, with source: LessonText
  ) -> (text: String, count: Int) {
    let translation = LessonTextParser.parse(
      text, file: "", language: source.language == .spanish ? .english : .spanish
    ).text
    var hashes: [Int: String] = [:]
    for step in translation.steps {
      guard let original = source.step(step.id), step.sourceHash != original.hash else { continue }
      hashes[step.position.line] = original.hash
    }
    guard !hashes.isEmpty else { return (text, 0) }
    // Scalars, because a return and a line feed are one character.
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, hash) in hashes where lines.indices.contains(number - 1) {
      let marked = mark(String(lines[number - 1]), hash)
      lines[number - 1] = Substring(marked).unicodeScalars
    }
    return (lines.map { String($0) }.joined(separator: "\n"), hashes.count)
  }

  /// A heading with its mark put in or replaced.
  static func mark(_ heading: String, _ hash: String) -> String {
    guard let open = heading.lastIndex(of: "{"), let close = heading[open...].lastIndex(of: "}")
    else { return heading }
    let inner = heading[heading.index(after: open)..<close]
    let id = Attribute.list(inner, column: 1).map(\.key).first { $0.hasPrefix("#") } ?? ""
    return heading[...open] + "\(id) src=\(hash)" + heading[close...]
  }
}
