import CairoRendering
import Drawing
import TestSupport
import Testing

@Suite("SVG with live text") struct LiveSVGTests {
  let renderer: FigureRenderer
  let metadata = FigureMetadata(software: "lora-lessons 0.1", command: "lora-lessons run <a> & b")

  init() throws { renderer = try FigureRenderer() }

  private func svg(_ figure: Figure, transparent: Bool = false) throws -> String {
    String(
      decoding: try renderer.svg(
        figure, text: .live, transparent: transparent, metadata: metadata), as: UTF8.self)
  }

  /// The text without the letters of the fonts.
  private func withoutFonts(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("@font-face") ? $0.prefix { $0 != "," } + "…" : $0[...] }
      .joined(separator: "\n")
  }

  @Test("the text of a file with every kind of mark has not changed")
  func golden() throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    try expectGoldenText(withoutFonts(svg(figure)), "every-mark-live.svg")
  }

  @Test("is well-formed, whatever the words hold")
  func wellFormed() throws {
    var figure = sampleFigure(text: "a < b & c > \"d\"", measurer: renderer.measurer)
    figure.title = "<&>\"' \u{0} ñ"
    figure.alternativeText = "]]> --> &amp;"
    let text = try svg(figure)
    #expect(xmlProblem(in: text) == nil)
    #expect(text.contains(">a &lt; b &amp; c &gt; &quot;d&quot;</text>"))
    #expect(text.contains(">&lt;&amp;&gt;&quot;'   ñ</title>"))
    #expect(text.contains("lora-lessons run &lt;a&gt; &amp; b</metadata>"))
  }

  @Test("every run of text is one element, in its place and with its size")
  func texts() throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    let lines = try svg(figure).split(separator: "\n").filter { $0.hasPrefix("<text") }
      .map(String.init)
    #expect(lines.count == figure.texts.count)
    for (line, text) in zip(lines, figure.texts) {
      #expect(xmlAttributes("x", in: line) == ["\(Int(text.origin.x))"])
      #expect(xmlAttributes("y", in: line) == ["\(Int(text.origin.y))"])
      #expect(xmlAttributes("font-size", in: line) == ["\(Int(text.style.size))"])
      #expect(xmlAttributes("font-weight", in: line) == (text.style.bold ? ["bold"] : []))
      #expect(xmlAttributes("font-style", in: line) == (text.style.italic ? ["italic"] : []))
    }
  }

  @Test("numbers that stand alone have digits of equal width, and spaces are kept")
  func details() throws {
    func line(_ text: String) throws -> String {
      String(
        try #require(
          svg(sampleFigure(text: text, measurer: renderer.measurer)).split(separator: "\n")
            .first { $0.hasPrefix("<text") }))
    }
    #expect(try line("−0.75").contains("tabular-nums"))
    #expect(!(try line("≈").contains("tabular-nums")))
    #expect(!(try line("block 7").contains("tabular-nums")))
    #expect(try line("E  0.723").contains(#"xml:space="preserve""#))
    #expect(try line(" 7").contains(#"xml:space="preserve""#))
    #expect(!(try line("E 0.723").contains("xml:space")))
  }

  @Test("the fonts in the file have the letters that are used, and no more")
  func fonts() throws {
    let file = try svg(sampleFigure(measurer: renderer.measurer))
    let rules = file.split(separator: "\n").filter { $0.hasPrefix("@font-face") }
    // Bold and italic letters, and those of equal width.
    #expect(rules.count == 3)
    #expect(rules.allSatisfy { (1000..<20_000).contains($0.utf8.count) })
    // A font begins with its version and the count of its tables.
    #expect(rules.allSatisfy { $0.contains("base64,AAEAAAA") })
    let letters = "abcdefghijklmnopqrstuvwxyz"
    let more = try svg(sampleFigure(text: letters, measurer: renderer.measurer))
    #expect(more.utf8.count > file.utf8.count)
  }

  @Test("two figures in one page share no name, and every reference has its target")
  func identifiers() throws {
    let figures = ["a-es", "b-en"].map { sampleFigure(id: $0, measurer: renderer.measurer) }
    let page =
      try figures.map { try svg($0) }.joined()
      + String(
        decoding: try renderer.svg(
          sampleFigure(id: "c-en", measurer: renderer.measurer), metadata: metadata),
        as: UTF8.self)
    let identifiers = xmlAttributes("id", in: page)
    #expect(Set(identifiers).count == identifiers.count)
    let fills = page.split(separator: "url(#").dropFirst().map { String($0.prefix { $0 != ")" }) }
    #expect(fills.count > 4)
    #expect(Set(fills).isSubset(of: identifiers))
    let families = page.split(separator: "@font-face{font-family:'").dropFirst()
      .map { String($0.prefix { $0 != "'" }) }
    #expect(Set(families) == ["a-es-sans", "a-es-mono", "b-en-sans", "b-en-mono"])
    for family in Set(families) { #expect(page.contains("font-family=\"'\(family)', 'Lessons ")) }
  }

  @Test("groups keep their names and their nesting, and only large grids are images")
  func groups() throws {
    let text = try svg(sampleFigure(id: "x", measurer: renderer.measurer))
    let groups = xmlAttributes("id", in: text).filter { $0.hasPrefix("x-group-") }
    #expect(groups == ["x-group-shapes", "x-group-fills", "x-group-scale"])
    #expect(!text.contains("<image"))
    #expect(text.contains(##"<rect x="10" y="60" width="15" height="15" fill="#f2f6fa"/>"##))
    var large = sampleFigure(id: "x", measurer: renderer.measurer)
    large.marks = [
      .cells(
        CellGrid(
          frame: Rectangle(x: 0, y: 0, width: 80, height: 40), columns: 80,
          colors: (0..<3200).map { $0.isMultiple(of: 3) ? .black : .white }))
    ]
    let image = try svg(large)
    #expect(image.split(separator: "<image").count == 2)
    #expect(image.contains("xlink:href=\"data:image/png;base64,iVBORw0KGgo"))
  }

  @Test("the background can be left out")
  func transparent() throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    let background = ##"<rect x="0" y="0" width="240" height="135" fill="#ffffff"/>"##
    #expect(try svg(figure).contains(background))
    #expect(!(try svg(figure, transparent: true).contains(background)))
  }

  @Test("a missing glyph, a size or a grid that cannot be drawn is refused")
  func refused() throws {
    #expect(throws: RenderingError.self) {
      try svg(sampleFigure(text: "日本", measurer: renderer.measurer))
    }
    var figure = sampleFigure(measurer: renderer.measurer)
    figure.size.width = .nan
    #expect(throws: RenderingError.self) { try svg(figure) }
    figure = sampleFigure(measurer: renderer.measurer)
    figure.marks = [
      .cells(
        CellGrid(
          frame: Rectangle(x: 0, y: 0, width: 9, height: 9), columns: 2,
          colors: [.black, .black, .white]))
    ]
    #expect(throws: RenderingError.self) { try svg(figure) }
  }

  @Test("places that are no numbers, or very large, do no harm")
  func strangeNumbers() throws {
    var figure = sampleFigure(measurer: renderer.measurer)
    figure.marks = [
      .rectangle(
        Rectangle(x: .nan, y: .infinity, width: -1, height: 1e300), cornerRadius: .nan,
        fill: Color(red: .nan, green: 7, blue: -1), stroke: Stroke(.black, width: 0)),
      .rectangle(
        Rectangle(x: -0.0001, y: -1.5, width: 1.0625, height: 0.1), cornerRadius: 0, fill: nil,
        stroke: nil),
    ]
    let text = try svg(figure)
    #expect(xmlProblem(in: text) == nil)
    #expect(text.contains(#"<rect x="0" y="-1.5" width="1.063" height="0.1" fill="none"/>"#))
    #expect(text.contains(##"fill="#00ff00""##))
    for word in ["nan", "inf", "e+"] { #expect(!text.contains("=\"\(word)")) }
  }

  @Test(
    "looks in a browser like the same figure with outlines",
    .enabled(if: ExternalTool("chromium").isInstalled))
  func browser() throws {
    let figure = sampleFigure(text: "E  0.723: ΔW = B·A, añadir", measurer: renderer.measurer)
    let images = try SVGText.allCases.map { kind in
      try screenshot(renderer.svg(figure, text: kind, metadata: metadata))
    }
    let (means, others) = (blockMeans(of: images[0]), blockMeans(of: images[1]))
    let differences = zip(means, others).map { abs($0 - $1) }
    // Edges of letters differ by a little; a letter that is missing or elsewhere, by a lot.
    #expect(differences.max() ?? 255 < 24)
    #expect((means.max() ?? 0) - (means.min() ?? 0) > 100)
  }

  private func screenshot(_ svg: [UInt8]) throws -> DecodedImage {
    let folder = try TemporaryFolder()
    try folder.write(svg, to: "figure.svg")
    let options = "--headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=320,180"
    // A browser goes by the ending of the name, so that the other file is commented out.
    _ = try ExternalTool(
      "chromium \(options) --screenshot=\(folder("image.png")) \(folder("figure.svg")) #"
    ).output(for: svg)
    return try DecodedImage(png: try #require(folder.bytes("image.png")))
  }

  /// The mean brightness of each square of eight pixels.
  private func blockMeans(of image: DecodedImage) -> [Int] {
    (0..<image.height / 8 * (image.width / 8)).map { block in
      let (row, column) = block.quotientAndRemainder(dividingBy: image.width / 8)
      let pixels = (0..<64).map { image[8 * column + $0 % 8, 8 * row + $0 / 8] }
      return pixels.reduce(0) { $0 + (Int($1.red) + Int($1.green) + Int($1.blue)) / 3 } / 64
    }
  }

  @Test(
    "can be drawn by another program", .enabled(if: ExternalTool("rsvg-convert").isInstalled))
  func drawnElsewhere() throws {
    let bytes = try renderer.svg(
      sampleFigure(measurer: renderer.measurer), text: .live, metadata: metadata)
    #expect(
      try ExternalTool("rsvg-convert").output(for: bytes, "--format=pdf | head -c 4") == "%PDF")
  }
}
