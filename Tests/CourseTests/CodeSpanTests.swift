@testable import Course
import Testing

@Suite("Numbers beside code spans") struct CodeSpanTests {
  @Test(
    "a span may go on on the next line, and ends with its paragraph",
    arguments: [
      ("`0.5` 0.25", ["0.25"]), ("`0.5\n0.25` 0.125", ["0.125"]),
      ("`0.5\n\n0.25`", ["0.5", "0.25"]),
      ("`0.5\n   \n0.25`", ["0.5", "0.25"]), ("``0.5 ` 0.25`` 0.125", ["0.125"]),
      ("` 0.5 `` 0.25", ["0.5", "0.25"]), ("a `\n\nb `0.5` 0.25", ["0.25"]),
      ("a `\n```\n0.5\n```\n` 0.25", ["0.25"]),
    ])
  func spans(text: String, expected: [String]) {
    var scanner = ProseScanner()
    scanner.scan(
      text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init),
      firstLine: 1)
    #expect(scanner.literals.map(\.text) == expected)
  }
}
