/// The fence that opens a block of code: three or more backticks or tildes.
struct CodeFence {
  private let mark: Character
  private let count: Int

  /// Reads an opening line, if it is one: a line with backticks further on holds a span of code.
  init?(opening line: some Collection<Character>) {
    let content = line.drop { $0 == " " }
    guard let mark = content.first, mark == "`" || mark == "~" else { return nil }
    let count = content.prefix { $0 == mark }.count
    guard count >= 3, mark == "~" || !content.dropFirst(count).contains("`") else { return nil }
    self.mark = mark
    self.count = count
  }

  /// Whether a line ends the block: the same mark, at least as often, and nothing else.
  func isClosed(by line: some Collection<Character>) -> Bool {
    let content = line.drop { $0 == " " }
    let run = content.prefix { $0 == mark }.count
    return run >= count && content.dropFirst(run).allSatisfy { $0 == " " || $0 == "\t" }
  }
}
