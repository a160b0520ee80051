import CairoRendering
import Drawing
import TestSupport
import Testing

@Suite("Text") struct TextTests {
  let renderer: FigureRenderer
  let metadata = FigureMetadata(software: "lora-lessons")

  init() throws { renderer = try FigureRenderer() }

  static let styles = [
    TextStyle(size: 7), TextStyle(size: 18, bold: true), TextStyle(size: 10.5, italic: true),
    TextStyle(typeface: .mono, size: 9), TextStyle(typeface: .mono, size: 14, bold: true),
  ]

  private func figure(_ string: String, _ style: TextStyle) -> Figure {
    let metrics = renderer.measurer.measure(string, style: style)
    return Figure(
      id: "text", language: "en",
      size: Size(width: metrics.width + 20, height: metrics.ascent + metrics.descent + 20),
      background: .white,
      marks: [
        .text(
          TextMark(
            string, style: style, color: .black, origin: Point(10, 10 + metrics.ascent),
            metrics: metrics))
      ], title: "text", alternativeText: "text")
  }

  @Test("the drawn ink fills the measured width", arguments: styles)
  func ink(style: TextStyle) throws {
    let figure = figure("HdescomposiciónÁgH", style)
    let image = try DecodedImage(png: renderer.png(figure, resolution: 720, metadata: metadata))
    let dark = image.pixels.indices.filter { image.pixels[$0].red < 128 }
    let columns = dark.map { $0 % image.width }
    let rows = dark.map { $0 / image.width }
    let left = Double(try #require(columns.min())) / 10
    let right = Double(try #require(columns.max()) + 1) / 10
    // An H keeps about a tenth of its size free on each side; italics lean over the end.
    #expect(left >= 10 && left < 10 + 0.2 * style.size)
    #expect(right <= figure.size.width - 10 + 0.1 * style.size)
    #expect(right > figure.size.width - 10 - 0.2 * style.size)
    let bounds = figure.texts[0].bounds
    #expect(Double(try #require(rows.min())) / 10 >= bounds.minY)
    #expect(Double(try #require(rows.max()) + 1) / 10 <= bounds.maxY)
  }

  @Test("the width grows with the size alone", arguments: styles)
  func linear(style: TextStyle) throws {
    var large = style
    large.size *= 64
    let width = renderer.measurer.measure("ΔW = B·A −0,25", style: style).width
    let largeWidth = renderer.measurer.measure("ΔW = B·A −0,25", style: large).width
    // Pango keeps every advance as a multiple of 1/1024 point.
    #expect(abs(largeWidth / 64 - width) < 14.0 / 1024)
  }

  @Test("all digits and the signs of numbers are equally wide", arguments: styles)
  func digits(style: TextStyle) {
    let widths = "0123456789".map { renderer.measurer.measure(String($0), style: style).width }
    // The 4 of the bold face was interpolated to 0.15 % of the size less than its fellows.
    let spread = (widths.max() ?? 0) - (widths.min() ?? 0)
    #expect(spread <= 0.0016 * style.size)
    let minus = renderer.measurer.measure("−", style: style).width
    let plus = renderer.measurer.measure("+", style: style).width
    #expect(minus == plus)
  }

  @Test("ascent and descent do not depend on the text")
  func heights() {
    let style = TextStyle(size: 12)
    let all = ["x", "Ág", "", "‖Σ‖"].map { renderer.measurer.measure($0, style: style) }
    #expect(Set(all.map(\.ascent)).count == 1)
    #expect(Set(all.map(\.descent)).count == 1)
    #expect(all[2].width == 0)
  }

  @Test("two measurers agree")
  func sameMetrics() throws {
    let other = try PangoTextMeasurer()
    for style in Self.styles {
      let metrics = renderer.measurer.measure("descomposición Wᵀ", style: style)
      #expect(other.measure("descomposición Wᵀ", style: style) == metrics)
    }
  }

  @Test(
    "every character that the lessons may use has a glyph",
    arguments: [
      "áéíóúüñÁÉÍÓÚÜÑ¿¡«»“”‘’—–…", "ΔΣΠαβγδεηθλμσφω‖·×÷±−≈≤≥≠∑∏√∞∂ᵀ", "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁻",
      "←→↑↓↔⇒✓✗●○▲■□…′″", "10\u{202F}000 \u{00A0}\u{2009}%",
    ])
  func coverage(characters: String) throws {
    _ = try renderer.png(
      figure(characters, TextStyle(size: 12)), resolution: 72, metadata: metadata)
  }

  @Test("a missing glyph is an error that names the characters", arguments: ["日本", "🦙"])
  func missingGlyph(characters: String) throws {
    let figure = figure("peso \(characters) W", TextStyle(size: 12))
    #expect(
      throws: RenderingError.glyphsMissing(
        text: "peso \(characters) W", characters: characters, typeface: "Lessons Sans")
    ) { try renderer.png(figure, resolution: 72, metadata: metadata) }
    #expect(throws: RenderingError.self) { try renderer.svg(figure, metadata: metadata) }
    #expect(throws: RenderingError.self) { try renderer.pdf([figure], metadata: metadata) }
  }

  @Test("a face that is not bundled is an error, not another face")
  func missingFace() throws {
    for style in [
      TextStyle(size: 12, bold: true, italic: true),
      TextStyle(typeface: .mono, size: 12, italic: true),
    ] {
      let error = #expect(throws: RenderingError.self) {
        try renderer.png(figure("peso", style), resolution: 72, metadata: metadata)
      }
      guard case .faceMissing("peso", _, _) = error else {
        Issue.record("\(String(describing: error)) is not about the face")
        continue
      }
    }
  }

  @Test("characters are not joined into others", arguments: ["->", "!=", "fi", ":="])
  func ligatures(characters: String) {
    for typeface in Typeface.allCases {
      let style = TextStyle(typeface: typeface, size: 100)
      let spaced = characters.map { renderer.measurer.measure(String($0), style: style).width }
      let joined = renderer.measurer.measure(characters, style: style).width
      // Kerning moves letters by a few hundredths of the size.
      #expect(abs(joined - spaced.reduce(0, +)) < 6)
    }
  }
}
