@testable import Course
import Demonstrations
import Drawing
import FoundationEssentials
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
      })
    #expect(findings.isEmpty, "\(findings.map(\.description))")
  }

  @Test("both languages tell the same steps", arguments: catalogue.ids)
  func languages(id: String) throws {
    let texts = try Self.catalogue.lesson(id).texts
    #expect(texts.map(\.language) == Language.allCases)
    #expect(texts[0].steps.map(\.id) == texts[1].steps.map(\.id))
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

  @Test("any damage to their files is found or harmless, and never crashes")
  func damage() throws {
    var random = RandomGenerator(seed: 3)
    for name in ["es.md", "lesson.json"] {
      let path = repositoryRoot + "/Lessons/quantization/" + name
      let original = Array(try #require(FileManager.default.contents(atPath: path)))
      for _ in 0..<400 {
        var bytes = original
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0...2, using: &random) {
          case 0: bytes[place] = Array("{}[]:#`-\n\"x0".utf8).randomElement(using: &random) ?? 0
          case 1: bytes.remove(at: place)
          default: bytes.insert(contentsOf: bytes[place..<min(place + 30, bytes.count)], at: place)
          }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if name == "es.md" {
          let result = LessonTextParser.parse(text, file: name, language: .spanish)
          #expect(!result.text.steps.isEmpty || !result.diagnostics.isEmpty)
        } else {
          let result = LessonPlanReader.read(text, file: name)
          #expect(result.plan != nil || !result.diagnostics.isEmpty)
        }
      }
    }
  }
}
