@testable import Course
import Testing

@Suite("Names of lessons, steps and files") struct IdentifierTests {
  @Test(
    "are lower-case words and digits with single hyphens",
    arguments: ["a", "low-rank", "nf4", "4-bit", "a-1-b", String(repeating: "x", count: 64)])
  func valid(name: String) { #expect(Identifier.isValid(name)) }

  @Test(
    "are nothing else, whatever looks like it",
    arguments: [
      "", "-", "a-", "-a", "a--b", "A", "a b", "a_b", "a.b", "../a", "a/b", "/a", "a\n", "ñ", "é",
      // Letters that carry a mark or something invisible sort between a and z.
      "q\u{307}", "a\u{200D}", "a\u{FE0F}", "x\u{301}-y", "1\u{20E3}",
      // Other scripts and widths.
      "\u{430}", "\u{FF41}", "\u{661}", String(repeating: "x", count: 65),
    ])
  func invalid(name: String) { #expect(!Identifier.isValid(name)) }
}
