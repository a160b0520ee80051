@testable import Course
import Drawing
import LinearAlgebra
import TestSupport
import Testing

@Suite("Damage to the files of a lesson") struct FuzzTests {
  private static let folder = repositoryRoot + "/Lessons/quantization/"

  /// A text with up to eight bytes changed, removed or repeated, or a part cut out.
  private static func damaged(
    _ original: [UInt8], _ random: inout RandomGenerator
  ) -> String {
    var bytes = original
    for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let part = place..<min(place + Int.random(in: 1...60, using: &random), bytes.count)
      switch Int.random(in: 0...3, using: &random) {
      case 0:
        bytes[place] = Array("{}[]:#`-\n\r\"x0%\\<".utf8).randomElement(using: &random) ?? 0
      case 1: bytes.remove(at: place)
      case 2: bytes.removeSubrange(part)
      default: bytes.insert(contentsOf: bytes[part], at: place)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Findings that name no line of a text, or a column further than just behind its last byte.
  private static func misplaced(_ findings: [Diagnostic], in text: String) -> [Diagnostic] {
    if findings.isEmpty { return [] }
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return findings.filter { finding in
      let (line, column) = (finding.position.line, finding.position.column)
      guard lines.indices.contains(line - 1) else { return true }
      return !(1...lines[line - 1].count + 1).contains(column)
    }
  }

  @Test("a damaged text is read or its mistakes are found where they are, and nothing crashes")
  func text() throws {
    let source = try TextFile.read(Self.folder + "es.md").get()
    let steps = source.split(separator: "\n## ")
    let front = Array(steps[0].utf8)
    var random = RandomGenerator(seed: 3)
    for index in 0..<2000 {
      // One step at a time: the parser knows no other step while it reads one.
      let step = Array(("\n## " + steps[1 + index % (steps.count - 1)] + "\n").utf8)
      let text = Self.damaged(front + step, &random)
      let result = LessonTextParser.parse(text, file: "es.md", language: .spanish)
      #expect(!result.text.steps.isEmpty || !result.diagnostics.isEmpty, "\(text)")
      #expect(Self.misplaced(result.diagnostics, in: text).isEmpty, "\(text)")
    }
  }

  @Test("a damaged plan is read or its mistakes are found where they are, and nothing crashes")
  func plan() throws {
    let original = Array(try TextFile.read(Self.folder + "lesson.json").get().utf8)
    var random = RandomGenerator(seed: 5)
    for _ in 0..<2000 {
      let text = Self.damaged(original, &random)
      let result = LessonPlanReader.read(text, file: "lesson.json")
      #expect(result.plan != nil || !result.diagnostics.isEmpty, "\(text)")
      #expect(Self.misplaced(result.diagnostics, in: text).isEmpty, "\(text)")
    }
  }
}
