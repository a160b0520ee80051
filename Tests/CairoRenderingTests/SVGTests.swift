import CairoRendering
import Drawing
import TestSupport
import Testing

@Suite("SVG") struct SVGTests {
  let renderer: FigureRenderer
  let metadata = FigureMetadata(software: "lora-lessons 0.1", command: "lora-lessons run <a> & b")

  init() throws { renderer = try FigureRenderer() }

  private func svg(_ figure: Figure) throws -> String {
    String(decoding: try renderer.svg(figure, metadata: metadata), as: UTF8.self)
  }

  @Test("the text of a small file has not changed")
  func golden() throws {
    let frame = Rectangle(x: 4, y: 4, width: 32, height: 12)
    let figure = Figure(
      id: "two-bars-es", language: "es", size: Size(width: 40, height: 40), background: .white,
      marks: [
        .group(
          id: "bars",
          [
            .rectangle(frame, cornerRadius: 0, fill: Color(0x0069A8), stroke: nil),
            .group(
              id: "scale",
              [
                .gradient(
                  GradientBar(
                    frame: Rectangle(x: 4, y: 20, width: 32, height: 12),
                    colors: [.white, Color(0x0069A8)], vertical: false))
              ]),
          ])
      ], title: "Dos barras", alternativeText: "Una barra lisa y una escala.")
    try expectGoldenText(svg(figure), "two-bars.svg")
  }

  @Test("is well-formed, whatever the words hold")
  func wellFormed() throws {
    var figure = sampleFigure(measurer: renderer.measurer)
    figure.title = "<&>\"' \u{0} ñ"
    figure.alternativeText = "]]> --> &amp;"
    let text = try svg(figure)
    #expect(xmlProblem(in: text) == nil)
    #expect(text.contains(">&lt;&amp;&gt;&quot;'   ñ</title>"))
    #expect(text.contains(">]]&gt; --&gt; &amp;amp;</desc>"))
    #expect(text.contains("lora-lessons run &lt;a&gt; &amp; b</metadata>"))
  }

  @Test("can be drawn by another program", .enabled(if: ExternalTool("rsvg-convert").isInstalled))
  func drawnElsewhere() throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    let bytes = try renderer.svg(figure, metadata: metadata)
    let message = try ExternalTool("rsvg-convert").output(for: bytes, "--format=pdf | head -c 4")
    #expect(message == "%PDF")
  }

  @Test("carries role, language, title, description and size")
  func words() throws {
    let figure = sampleFigure(id: "lesson-2-en", measurer: renderer.measurer)
    let text = try svg(figure)
    #expect(xmlAttributes("role", in: text) == ["img"])
    #expect(
      xmlAttributes("aria-labelledby", in: text) == ["lesson-2-en-title lesson-2-en-desc"])
    #expect(xmlAttributes("lang", in: text) == ["en"])
    #expect(xmlAttributes("xml:lang", in: text) == ["en"])
    #expect(xmlAttributes("viewBox", in: text) == ["0 0 240 135"])
    #expect(xmlAttributes("width", in: text).first == "240pt")
    #expect(text.contains("<desc id=\"lesson-2-en-desc\">\(figure.alternativeText)</desc>"))
  }

  @Test("two figures in one page share no identifier, and every reference has its target")
  func identifiers() throws {
    let figures = ["a-es", "a-en"].map { sampleFigure(id: $0, measurer: renderer.measurer) }
    let page = try figures.map(svg).joined()
    let identifiers = xmlAttributes("id", in: page)
    #expect(Set(identifiers).count == identifiers.count)
    #expect(identifiers.allSatisfy { $0.hasPrefix("a-es") || $0.hasPrefix("a-en") })
    let links = xmlAttributes("xlink:href", in: page).filter { !$0.hasPrefix("data:") }
    let fills = page.split(separator: "url(#").dropFirst().map { "#" + $0.prefix { $0 != ")" } }
    #expect(!links.isEmpty && !fills.isEmpty)
    #expect(Set(links + fills).isSubset(of: identifiers.map { "#" + $0 }))
  }

  @Test("an identifier that XML forbids is replaced", arguments: ["02 merge", "ñ\"<", ""])
  func strangeIdentifier(id: String) throws {
    let text = try svg(sampleFigure(id: id, measurer: renderer.measurer))
    #expect(xmlProblem(in: text) == nil)
    #expect(
      xmlAttributes("id", in: text).allSatisfy { identifier in
        identifier.first?.isLetter == true
          && identifier.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
      })
  }

  @Test("groups keep their names and their nesting")
  func groups() throws {
    let text = try svg(sampleFigure(id: "x", measurer: renderer.measurer))
    let groups = xmlAttributes("id", in: text).filter { $0.hasPrefix("x-group-") }
    #expect(groups == ["x-group-shapes", "x-group-fills", "x-group-scale"])
    #expect(!text.contains("fill-opacity:0.25"))
  }

  @Test("holds no image but for grids of cells")
  func images() throws {
    var figure = sampleFigure(measurer: renderer.measurer)
    #expect(try svg(figure).split(separator: "<image ").count == 2)
    figure.marks.removeAll { mark in
      if case .group(let id, _) = mark { id == "fills" } else { false }
    }
    #expect(try !svg(figure).contains("<image"))
  }

  @Test("the background can be left out")
  func transparent() throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    let text = String(
      decoding: try renderer.svg(figure, transparent: true, metadata: metadata), as: UTF8.self)
    #expect(try svg(figure).contains("<rect x=\"0\" y=\"0\" width=\"240\" height=\"135\""))
    #expect(!text.contains("<rect "))
  }
}
