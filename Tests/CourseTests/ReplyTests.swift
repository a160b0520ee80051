@testable import Course
import Demonstrations
import Testing

@Suite("Numbers that a learner types") struct ReplyTests {
  @Test(
    "are decimal, with the signs that people write",
    arguments: [
      ("3", 3), ("+3", 3), ("-3", -3), ("− 3", -3), ("0,5", 0.5), (".5", 0.5), ("12%", 12),
      ("12\u{A0}%", 12), ("1\u{202F}000", 1000), ("2E3", 2000), ("1e-7", 1e-7),
    ] as [(String, Double)])
  func numbers(reply: String, expected: Double) {
    #expect(Question.number(from: reply) == expected)
  }

  @Test(
    "are nothing that only a programmer reads as a number",
    arguments: [
      "5%3", "%5", "5%%", "%", "infinity", "-inf", "NaN", "nan(3)", "1e400", "--3",
      "1.2.3", "1,2.3", "٣", "-", ",", "e5", "3 pesos",
    ])
  func others(reply: String) { #expect(Question.number(from: reply) == nil) }

  struct Case: Sendable, CustomTestStringConvertible {
    var reply: Double
    var truth: Value
    var isRight: Bool
    var testDescription: String { "\(reply) for \(truth)" }
  }

  @Test(
    "need half a unit of the last digit that is written, however small the truth",
    arguments: [
      Case(reply: 9.9e-7, truth: .significant(9.9e-7, digits: 2), isRight: true),
      Case(reply: 9.86e-7, truth: .significant(9.9e-7, digits: 2), isRight: true),
      Case(reply: 9.5e-7, truth: .significant(9.9e-7, digits: 2), isRight: false),
      Case(reply: 1.04, truth: .significant(1, digits: 2), isRight: true),
      Case(reply: 1.06, truth: .significant(1, digits: 2), isRight: false),
      Case(reply: 84_000, truth: .significant(84_321, digits: 2), isRight: true),
      Case(reply: 83_000, truth: .significant(84_321, digits: 2), isRight: false),
      Case(reply: 0, truth: .significant(3e-10, digits: 2), isRight: false),
      Case(reply: 0, truth: .significant(0, digits: 2), isRight: true),
      Case(reply: 0, truth: .number(2e-10, decimals: 10), isRight: false),
      Case(reply: 0.375, truth: .number(0.37, decimals: 2), isRight: true),
      Case(reply: 0.3751, truth: .number(0.37, decimals: 2), isRight: false),
      Case(reply: 0.5, truth: .number(0, decimals: 0), isRight: true),
      Case(reply: 1e-12, truth: .integer(0), isRight: false),
      Case(reply: 3, truth: .number(.nan, decimals: 1), isRight: false),
    ])
  func written(given: Case) {
    #expect(
      Question.accepts(given.reply, truth: given.truth, tolerance: nil) == given.isRight)
  }
}
