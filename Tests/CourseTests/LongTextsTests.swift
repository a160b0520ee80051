@testable import Course
import Drawing
import Glibc
import Testing

@Suite("Long texts", .serialized) struct LongTextsTests {
  private static let front = "---\ntitle: T\nsummary: S\n---\n## A {#one}\n"

  /// The seconds of work that the parts of a text take, repeated up to a length in bytes.
  private func work(_ part: String, length: Int) -> Double {
    let text = Self.front + String(repeating: part, count: length / part.utf8.count)
    let start = Self.threadSeconds()
    _ = LessonTextParser.parse(text, file: "es.md", language: .spanish)
    return Self.threadSeconds() - start
  }

  /// The processor's time of this thread alone: other tests at the same time do not count.
  private static func threadSeconds() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  @Test(
    "take a time that grows as their length, and not as its square",
    arguments: [
      "`\n\n", "``\n", "`", "> ", "- ", "[", "](", "*", "**a ", "{{", "{{x}} ", "<", "&", "\\",
      "```\n", "~~~\nx\n", ":::hint\nx\n:::\n", ":::when {flag=a}\n", ":::\n", ":::hnt\n", "1.5 ",
      "## A {#a}\n", "## A {#a b c d}\n", "- [x] a\n\n  b\n", "a\n", "\n", " ", "https://a ",
    ])
  func linear(part: String) {
    let (short, long) = (work(part, length: 8_000), work(part, length: 32_000))
    // Four times the text takes about four times the work, and sixteen times if it is a square.
    #expect(long < 10 * short || long < 0.3, "\(part.debugDescription): \(short), \(long)")
  }
}
