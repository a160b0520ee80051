import Course
import Demonstrations
import Drawing
import Foundation
import Interchange
import TestSupport
import Testing

@Suite("The article's claims") struct ClaimsCommandTests {
  private static let catalogue = Catalogue(folders: [repositoryRoot + "/Lessons"])

  /// Every step that a shipped lesson names for a claim.
  private static let entries = catalogue.lessons().flatMap { lesson in
    lesson.plan.claims.map { (lesson.plan.id, $0.step, $0.id) }
  }

  @Test("are twelve, told in both languages")
  func list() {
    #expect(ArticleClaim.all.map(\.id) == (1...12).map { "C\($0)" })
    for claim in ArticleClaim.all {
      #expect(claim.sentence.spanish != claim.sentence.english)
      #expect((20...100).contains(claim.sentence.spanish.count))
      #expect((20...100).contains(claim.sentence.english.count))
    }
  }

  @Test("are each tested by a step of a lesson", arguments: ArticleClaim.all.map(\.id))
  func tested(id: String) {
    #expect(Self.entries.contains { $0.2 == id }, "no lesson.json names \(id)")
  }

  @Test("are those that lessons name, and no others")
  func known() {
    for (lesson, _, claim) in Self.entries {
      #expect(ArticleClaim.all.contains { $0.id == claim }, "\(lesson): \(claim)")
    }
  }

  @Test("have a computed verdict with its number in every step that is named", arguments: entries)
  func verdict(lesson: String, step: String, claim: String) throws {
    let session = LessonSession(
      lesson: try Self.catalogue.lesson(lesson), demonstrations: Registry.all,
      readWeights: { path, tensor, slice in
        let weights = try WeightsFile.load(path: path, tensor: tensor, slice: slice)
        return NamedWeights(name: weights.name, matrix: weights.matrix)
      }, records: ShippedRecords.of)
    let verdict = try ClaimVerdict(
      on: claim, in: session.run(step).observation, lesson: lesson, step: step)
    #expect(verdict.measure.spanish != verdict.measure.english)
  }

  @Test("a step without a verdict, or with one in other words, is found")
  func missing() throws {
    var observation = Observation(values: [:], picture: try twelve().picture)
    func problem() -> String? {
      do {
        _ = try ClaimVerdict(on: "C7", in: observation, lesson: "l", step: "s")
        return nil
      } catch { return "\(error)" }
    }
    #expect(problem()?.contains("no “verdict”") == true)
    observation.values["verdict"] = .words(Phrase(es: "vale", en: "fine"))
    #expect(problem()?.contains("none of the three") == true)
    observation.values["verdict"] = .words(ClaimOutcome.holds.phrase)
    #expect(problem()?.contains("claim_number") == true)
    observation.values["claim_number"] = .code("many")
    #expect(problem()?.contains("no number") == true)
    observation.values["claim_number"] = .number(3, decimals: 0)
    observation.values["claim_measure"] = .words(
      Phrase(String(repeating: "x", count: ClaimVerdict.longestMeasure + 1)))
    #expect(problem()?.contains("no short text") == true)
    observation.values["claim_measure"] = .words(Phrase(es: "veces", en: "times"))
    #expect(problem() == nil)
    // The claim's own values come first.
    observation.values["verdict_c7"] = .words(ClaimOutcome.doesNotHold.phrase)
    let verdict = try ClaimVerdict(on: "C7", in: observation, lesson: "l", step: "s")
    #expect(verdict.outcome == .doesNotHold)
    #expect(try ClaimVerdict(on: "C8", in: observation, lesson: "l", step: "s").outcome == .holds)
  }

  private func twelve() throws -> Observation {
    try #require(Registry.demonstration(named: "normal-levels")).example().observation
  }

  @Test("the command shows one claim with its steps, verdicts and numbers")
  func one() throws {
    let folder = try TemporaryFolder()
    for (line, words) in [
      ("claims C7 --lang en", ["four-times", "memory/verdict", "holds, with a limit: 3.88 times"]),
      ("claims c7 --lang es", ["four-times", "se cumple, con un límite: 3,88 veces"]),
    ] {
      let result = run(line, in: folder)
      #expect(result.code == 0, "\(result.output)")
      for word in words { #expect(result.output.contains(word), "\(word)") }
      #expect(!result.output.contains("C8"))
    }
  }

  @Test("the command's JSON has the number and the outcome of every test")
  func json() throws {
    let result = run("claims C7 --json --lang en", in: try TemporaryFolder())
    let claims = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(claims.count == 1)
    let tests = try #require(claims[0]["tests"] as? [[String: Any]])
    #expect(tests.count >= 2)
    for test in tests {
      #expect(test["outcome"] as? String == "holds, with a limit")
      #expect((3.5..<4).contains(try #require(test["number"] as? Double)))
    }
  }

  @Test("a claim that there is not is refused with the nearest")
  func unknown() throws {
    let result = run("claims C77", in: try TemporaryFolder())
    #expect(result.code == 64)
    #expect(result.complaint.contains("did you mean “C7”?"))
  }

  @Test("a lesson of the user's whose step has no verdict is named, and the command fails")
  func broken() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    let path = "Lessons/tiny/lesson.json"
    let text = String(decoding: try #require(folder.bytes(path)), as: UTF8.self)
    try folder.write(
      text.replacingOccurrences(
        of: "\"minutes\": 2,",
        with: "\"minutes\": 2, \"claims\": [{\"id\": \"C3\", \"step\": \"curve\"}],"),
      to: path)
    let result = run("claims C3 --lang en --lessons Lessons", in: folder)
    #expect(result.code == 1)
    #expect(result.output.contains("has no “verdict”"))
  }
}
