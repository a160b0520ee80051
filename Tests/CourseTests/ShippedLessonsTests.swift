@testable import Course
import Demonstrations
import Drawing
import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("The lessons that are shipped") struct ShippedLessonsTests {
  private static let catalogue = Catalogue(folders: [repositoryRoot + "/Lessons"])

  @Test("nothing is found in them", arguments: catalogue.ids)
  func findings(id: String) throws {
    let findings = LessonChecker.check(
      folder: try Self.catalogue.folder(of: id), demonstrations: Registry.all,
      readWeights: { path, tensor, slice in
        let weights = try WeightsFile.load(path: path, tensor: tensor, slice: slice)
        return NamedWeights(name: weights.name, matrix: weights.matrix)
      }, records: ShippedRecords.of)
    #expect(findings.isEmpty, "\(findings.map(\.description))")
  }

  @Test("both languages tell the same steps", arguments: catalogue.ids)
  func languages(id: String) throws {
    let texts = try Self.catalogue.lesson(id).texts
    #expect(texts.map(\.language) == Language.allCases)
    #expect(texts[0].steps.map(\.id) == texts[1].steps.map(\.id))
  }

  @Test("every claim of the article is tested by a step", arguments: catalogue.ids)
  func claims(id: String) throws {
    let plan = try Self.catalogue.lesson(id).plan
    #expect(!plan.claims.isEmpty)
    for claim in plan.claims { #expect(plan.step(claim.step) != nil, "\(claim.id)") }
    #expect(Set(plan.claims.map(\.id)).count == plan.claims.count)
  }

  @Test("the right option does not always stand at the same place", arguments: catalogue.ids)
  func options(id: String) throws {
    for text in try Self.catalogue.lesson(id).texts {
      let places = text.steps.flatMap(\.elements).compactMap { element -> Int? in
        if case .question(let question) = element { question.rightOption?.index } else { nil }
      }
      #expect(Set(places).count > 1 || places.count < 2, "\(places)")
    }
  }
}
