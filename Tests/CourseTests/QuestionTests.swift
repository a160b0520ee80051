@testable import Course
import Demonstrations
import Testing

@Suite("Answers and placeholders") struct QuestionTests {
  @Test(
    "a typed number may have a comma, a point, a sign, a percent sign and spaces",
    arguments: [
      ("0,25", 0.25), ("0.25", 0.25), ("−3", -3), ("-3", -3), (" 12 % ", 12), ("1e-3", 0.001),
      ("147 456", 147_456), ("", nil), ("x", nil), ("1,2,3", nil), ("inf", nil), ("nan", nil),
      ("0x10", nil), ("0x1p3", nil), ("+2", 2), ("−0,5", -0.5), (".5", 0.5), ("1e999", nil),
      ("5 bits", nil), ("--1", nil), ("%", nil),
    ] as [(String, Double?)])
  func numbers(reply: String, expected: Double?) {
    #expect(Question.number(from: reply) == expected)
  }

  struct Case: Sendable {
    var reply: Double
    var truth: Value
    var tolerance: Question.Tolerance?
    var isRight: Bool
  }

  @Test(
    "a reply is right within the tolerance, and without one as the truth is written",
    arguments: [
      Case(reply: 4, truth: .integer(4), isRight: true),
      Case(reply: 4.1, truth: .integer(4), isRight: false),
      Case(reply: 0.37, truth: .number(0.3729, decimals: 2), isRight: true),
      Case(reply: 0.38, truth: .number(0.3729, decimals: 2), isRight: false),
      Case(reply: 9.3, truth: .percentage(0.0927, decimals: 1), isRight: true),
      Case(reply: 0.093, truth: .percentage(0.0927, decimals: 1), isRight: false),
      Case(reply: 10, truth: .integer(12), tolerance: .absolute(2), isRight: true),
      Case(reply: 9, truth: .integer(12), tolerance: .absolute(2), isRight: false),
      Case(
        reply: -0.60, truth: .number(-0.6011, decimals: 4), tolerance: .relative(0.01),
        isRight: true),
      Case(
        reply: -0.62, truth: .number(-0.6011, decimals: 4), tolerance: .relative(0.01),
        isRight: false),
      Case(reply: 1, truth: .code("1"), isRight: false),
      Case(reply: 3.1e-7, truth: .significant(3.14e-7, digits: 2), isRight: true),
    ])
  func tolerances(given: Case) {
    #expect(
      Question.accepts(given.reply, truth: given.truth, tolerance: given.tolerance) == given.isRight
    )
  }

  @Test(
    "a tolerance is a number or a share, and never negative",
    arguments: [
      ("0.01", .absolute(0.01)), ("5%", .relative(0.05)), ("0", .absolute(0)), ("-1", nil),
      ("-5%", nil), ("%", nil), ("", nil), ("nan", nil), ("inf", nil), ("0x1", nil), ("5%%", nil),
    ] as [(String, Question.Tolerance?)])
  func writtenTolerances(text: String, expected: Question.Tolerance?) {
    #expect(Question.Tolerance(text) == expected)
  }

  @Test(
    "placeholders are filled wherever they stand",
    arguments: [
      ("{{a}}", "<a>"), ("x {{ a }} y{{b}}", "x <a> y<b>"), ("{{one.two}}", "<one.two>"),
      ("no {a} here", "no {a} here"), ("open {{a", "open {{a"), ("{{}}", "<>"),
    ])
  func placeholders(text: String, expected: String) {
    #expect(Placeholder.fill(text) { "<\($0)>" } == expected)
  }

  @Test("a value cannot become markup")
  func noMarkup() {
    let blocks = CommonMark.parse("See {{x}} and `{{x}}`.", firstLine: 1).blocks
    let filled = blocks.mapText { text in Placeholder.fill(text) { _ in "**bold** [a](b)" } }
    #expect(
      filled == [
        .paragraph([
          .text("See **bold** [a](b) and "), .code("**bold** [a](b)"), .text("."),
        ])
      ])
  }
}
