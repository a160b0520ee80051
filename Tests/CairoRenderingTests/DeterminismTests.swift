import CairoRendering
import Dispatch
import Drawing
import Glibc
import TestSupport
import Testing

@Suite("Same figure, same bytes") struct DeterminismTests {
  /// All outputs of some figures, in the order of the figures.
  static func outputs(reversed: Bool = false) throws -> [[UInt8]] {
    let renderer = try FigureRenderer()
    let metadata = FigureMetadata(software: "lora-lessons 0.1", keywords: ["LoRA", "NF4"])
    let names = ["uno", "dos", "tres"]
    let rendered = try (reversed ? names.reversed() : names).map { name in
      let figure = sampleFigure(
        id: "sample-\(name)", text: "\(name): −0,75 ≈ ΔW", measurer: renderer.measurer)
      return [
        try renderer.png(figure, resolution: 144, metadata: metadata),
        try renderer.svg(figure, metadata: metadata),
        try renderer.svg(figure, text: .live, metadata: metadata),
        try renderer.webp([figure, figure], resolution: 72, frameTime: 1, metadata: metadata),
        try renderer.pdf([figure, figure], metadata: metadata),
      ]
    }
    return (reversed ? rendered.reversed() : rendered).flatMap { $0 }
  }

  @Test("a second time and in another order")
  func order() throws {
    let first = try Self.outputs()
    #expect(try Self.outputs() == first)
    #expect(try Self.outputs(reversed: true) == first)
  }

  @Test("on eight threads at once")
  func threads() async throws {
    let expected = try Self.outputs()
    let results = try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
      for index in 0..<8 {
        group.addTask { try Self.outputs(reversed: index.isMultiple(of: 2)) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0 == expected })
  }

  @Test("with other settings of fontconfig and another home folder")
  func fontSettings() async throws {
    let expected = try Self.outputs()
    await #expect(processExitsWith: .success) { [expected = expected as [[UInt8]]] in
      unsafe setenv("FONTCONFIG_FILE", "/nonexistent/fonts.conf", 1)
      unsafe setenv("HOME", "/nonexistent", 1)
      unsafe setenv("PANGO_LANGUAGE", "ja", 1)
      try #require(try DeterminismTests.outputs() == expected)
    }
  }

  @Test(
    "in a locale with decimal commas",
    .enabled("the locale es_ES.UTF-8 is not installed") {
      unsafe newlocale(1 << LC_NUMERIC, "es_ES.UTF-8", nil) != nil
    })
  func locale() async throws {
    let expected = try Self.outputs()
    await #expect(processExitsWith: .success) { [expected = expected as [[UInt8]]] in
      try #require(unsafe setlocale(LC_ALL, "es_ES.UTF-8") != nil)
      try #require(try DeterminismTests.outputs() == expected)
    }
  }
}
