import CairoRendering
import Drawing
import TestSupport
import Testing

@Suite("PDF") struct PDFTests {
  let renderer: FigureRenderer
  /// 29 February 2024, 13:05:09 UTC.
  let metadata = FigureMetadata(
    software: "lora-lessons 0.1", command: "lora-lessons run 1", keywords: ["LoRA", "NF4"],
    timestamp: 1_709_211_909)

  init() throws { renderer = try FigureRenderer() }

  private func pages() -> [Figure] {
    var small = sampleFigure(id: "b", text: "descomposición", measurer: renderer.measurer)
    small.size = Size(width: 180, height: 90)
    small.title = "Segunda página"
    return [sampleFigure(id: "a", measurer: renderer.measurer), small]
  }

  @Test("each figure is a page of its size", .enabled(if: ExternalTool("pdfinfo").isInstalled))
  func pageSizes() throws {
    let information = try ExternalTool("pdfinfo").output(
      for: renderer.pdf(pages(), metadata: metadata), "-f 1 -l 2")
    #expect(information.contains("Pages:           2"))
    #expect(information.contains("Page    1 size:  240 x 135 pts"))
    #expect(information.contains("Page    2 size:  180 x 90 pts"))
  }

  @Test(
    "the document says its title, words, origin and date",
    .enabled(if: ExternalTool("pdfinfo").isInstalled))
  func words() throws {
    let figures = pages()
    let information = try ExternalTool("pdfinfo").output(
      for: renderer.pdf(figures, metadata: metadata), "-isodates")
    for line in [
      "Title:           " + figures[0].title, "Subject:         " + figures[0].alternativeText,
      "Keywords:        LoRA, NF4", "Author:          lora-lessons 0.1",
      "Creator:         lora-lessons run 1", "CreationDate:    2024-02-29T13:05:09Z",
      "ModDate:         2024-02-29T13:05:09Z",
    ] {
      #expect(information.contains(line))
    }
  }

  @Test("text can be taken out again", .enabled(if: ExternalTool("pdftotext").isInstalled))
  func text() throws {
    let text = try ExternalTool("pdftotext").output(
      for: renderer.pdf(pages(), metadata: metadata), "-")
    #expect(text.contains("ΔW = B·A, ‖W‖ ≈ 2.25 — añadir"))
    #expect(text.contains("descomposición"))
  }

  @Test(
    "fonts are embedded TrueType subsets with Unicode tables",
    .enabled(if: ExternalTool("pdffonts").isInstalled))
  func fonts() throws {
    let table = try ExternalTool("pdffonts").output(
      for: renderer.pdf(pages(), metadata: metadata))
    let fonts = table.split(separator: "\n").dropFirst(2)
    #expect(!fonts.isEmpty)
    #expect(fonts.allSatisfy { $0.contains("TrueType") && $0.contains("yes yes yes") })
  }

  @Test(
    "pictures stay shapes but for grids of cells",
    .enabled(if: ExternalTool("pdfimages").isInstalled))
  func images() throws {
    let figures = pages().map { figure in
      var figure = figure
      figure.marks.removeAll { mark in
        if case .group(let id, _) = mark { id == "fills" } else { false }
      }
      return figure
    }
    let table = try ExternalTool("pdfimages -list").output(
      for: renderer.pdf(figures, metadata: metadata))
    #expect(table.split(separator: "\n").count == 2)
  }

  @Test(
    "the background can be left out", .enabled(if: ExternalTool("pdftocairo").isInstalled),
    arguments: [false, true])
  func background(transparent: Bool) throws {
    let bytes = try renderer.pdf(pages(), transparent: transparent, metadata: metadata)
    let svg = try ExternalTool("pdftocairo -svg -f 1 -l 1").output(for: bytes, "-")
    let fills = svg.split(separator: "<rect ").dropFirst().map { $0.prefix { $0 != ">" } }
    #expect(fills.contains { $0.contains("width=\"240\"") } == !transparent)
  }

  @Test("the outline names the figures")
  func outline() throws {
    let file = String(
      decoding: try renderer.pdf(pages(), metadata: metadata), as: Unicode.ASCII.self)
    #expect(file.split(separator: "/Parent ").count > 2)
    #expect(file.contains("/Outlines"))
    #expect(file.contains("/PageLabels"))
  }

  @Test("a document without figures is refused")
  func noFigures() throws {
    #expect(throws: RenderingError.noFigures) { try renderer.pdf([], metadata: metadata) }
  }

  @Test("a page without a size is refused")
  func noSize() throws {
    var figure = sampleFigure(measurer: renderer.measurer)
    figure.size.width = 0
    #expect(throws: RenderingError.self) { try renderer.pdf([figure], metadata: metadata) }
    #expect(throws: RenderingError.self) { try renderer.svg(figure, metadata: metadata) }
  }
}
