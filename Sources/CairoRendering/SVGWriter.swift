internal import Drawing

/// Writes a figure as an SVG with text that can be selected, searched and edited.
///
/// Text stands where our own measuring put it, and the letters that it needs are in the file under a
/// family name of its own: it looks the same with or without the fonts on the reader's system, and
/// several files in one page do not disturb each other. Nothing depends on the version of Cairo.
struct SVGWriter {
  private let root: SVGRoot
  private let shaper: TextShaper
  private var body = ""
  private var gradientCount = 0
  private var faces: [SVGFace: Set<Unicode.Scalar>] = [:]

  /// Grids of more cells are images.
  private static let mostCells = 1024

  private var figure: Figure { root.figure }

  init(figure: Figure, metadata: FigureMetadata, shaper: TextShaper) {
    root = SVGRoot(figure: figure, metadata: metadata)
    self.shaper = shaper
  }

  /// The whole file.
  ///
  /// - Throws: ``RenderingError/glyphsMissing(text:characters:typeface:)`` and what else stops a
  ///   renderer.
  mutating func file(transparent: Bool) throws(RenderingError) -> [UInt8] {
    if !transparent {
      let size = figure.size
      write(
        "<rect",
        place(Rectangle(x: 0, y: 0, width: size.width, height: size.height)),
        paint(fill: figure.background, stroke: nil), "/>")
    }
    try write(figure.marks)
    var style = ""
    for face in faces.keys.sorted() {
      style += try face.rule(prefix: root.prefix, characters: faces[face] ?? []) + "\n"
    }
    if !style.isEmpty { style = "<style>\n\(style)</style>\n" }
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      \(root.openingTag)
      \(style)<g stroke-linejoin="round" \(SVGFace.family(.sans, prefix: root.prefix)) \
      style="font-kerning:normal;font-variant-ligatures:none;letter-spacing:0;\
      word-spacing:0;text-rendering:geometricPrecision">
      \(body)</g>
      </svg>

      """
    return Array(text.utf8)
  }

  private mutating func write(_ parts: String...) { body += parts.joined() + "\n" }

  private mutating func write(_ marks: [Mark]) throws(RenderingError) {
    for mark in marks {
      switch mark {
      case .rectangle(let frame, let cornerRadius, let fill, let stroke):
        let radius = min(cornerRadius, frame.width / 2, frame.height / 2)
        write(
          "<rect", place(frame), radius > 0 ? #" rx="\#(number(radius))""# : "",
          paint(fill: fill, stroke: stroke), "/>")
      case .circle(let center, let radius, let fill, let stroke):
        write(
          #"<circle cx="\#(number(center.x))" cy="\#(number(center.y))" r="\#(number(radius))""#,
          paint(fill: fill, stroke: stroke), "/>")
      case .path(let path, let fill, let stroke):
        write(#"<path d="\#(outline(path))""#, paint(fill: fill, stroke: stroke), "/>")
      case .text(let text): try write(text)
      case .cells(let grid): try write(grid)
      case .gradient(let bar): write(bar)
      case .group(let id, let inner):
        write(root.groupTag(id))
        try write(inner)
        write("</g>")
      }
    }
  }

  private mutating func write(_ text: TextMark) throws(RenderingError) {
    try shaper.line(text.string, style: text.style).check()
    let style = text.style
    let face = SVGFace(typeface: style.typeface, bold: style.bold, italic: style.italic)
    faces[face, default: []].formUnion(text.string.unicodeScalars)
    var attributes = #" x="\#(number(text.origin.x))" y="\#(number(text.origin.y))""#
    attributes += #" font-size="\#(number(style.size))""#
    if style.typeface != .sans {
      attributes += " " + SVGFace.family(style.typeface, prefix: root.prefix)
    }
    if style.bold { attributes += #" font-weight="bold""# }
    if style.italic { attributes += #" font-style="italic""# }
    if TextLine.standsAlone(text.string), text.string.contains(where: \.isNumber) {
      attributes += #" style="font-variant-numeric:tabular-nums""#
    }
    // Otherwise a browser takes spaces away.
    let string = text.string
    if string.hasPrefix(" ") || string.hasSuffix(" ") || string.contains("  ") {
      attributes += #" xml:space="preserve""#
    }
    write(
      "<text\(attributes) fill=\"\(hexadecimal(text.color))\">", SVGRoot.escaped(string),
      "</text>")
  }

  private mutating func write(_ grid: CellGrid) throws(RenderingError) {
    let rows = try grid.rowCount(in: figure)
    guard rows > 0 else { return }
    guard grid.colors.count > Self.mostCells else { return writeCells(grid, rows: rows) }
    let pixels = try PixelRows(of: grid.enlargedImage(rows: rows), transparent: false)
    write(
      "<image", place(grid.frame),
      #" preserveAspectRatio="none" image-rendering="optimizeSpeed""#,
      #" style="image-rendering:pixelated" xlink:href="data:image/png;base64,"#,
      Base64.text(of: PNGFile(pixels: pixels).bytes), "\"/>")
  }

  /// Writes cells as rectangles whose edges are moved to whole pixels, so that they leave no seam.
  private mutating func writeCells(_ grid: CellGrid, rows: Int) {
    let width = grid.frame.width / Double(grid.columns)
    let height = grid.frame.height / Double(rows)
    write(#"<g shape-rendering="crispEdges">"#)
    for (index, color) in grid.colors.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: grid.columns)
      let cell = Rectangle(
        x: grid.frame.x + Double(column) * width, y: grid.frame.y + Double(row) * height,
        width: width, height: height)
      write("<rect", place(cell), paint(fill: color, stroke: nil), "/>")
    }
    write("</g>")
  }

  private mutating func write(_ bar: GradientBar) {
    guard let first = bar.colors.first else { return }
    gradientCount += 1
    let id = "\(root.prefix)-gradient\(gradientCount)"
    let frame = bar.frame
    let ends =
      bar.vertical
      ? #"x1="0" y1="\#(number(frame.maxY))" x2="0" y2="\#(number(frame.minY))""#
      : #"x1="\#(number(frame.minX))" y1="0" x2="\#(number(frame.maxX))" y2="0""#
    write(#"<linearGradient id="\#(id)" gradientUnits="userSpaceOnUse" \#(ends)>"#)
    let colors = bar.colors.count == 1 ? [first, first] : bar.colors
    for (index, color) in colors.enumerated() {
      let offset = number(Double(index) / Double(colors.count - 1))
      write(#"<stop offset="\#(offset)" stop-color="\#(hexadecimal(color))"/>"#)
    }
    write("</linearGradient>")
    write("<rect", place(frame), #" fill="url(#\#(id))"/>"#)
  }

  private func place(_ frame: Rectangle) -> String {
    #" x="\#(number(frame.x))" y="\#(number(frame.y))""#
      + #" width="\#(number(max(frame.width, 0)))" height="\#(number(max(frame.height, 0)))""#
  }

  private func paint(fill: Color?, stroke: Stroke?) -> String {
    var text = #" fill="\#(fill.map(hexadecimal) ?? "none")""#
    if let stroke, stroke.width > 0 {
      text += #" stroke="\#(hexadecimal(stroke.color))" stroke-width="\#(number(stroke.width))""#
      if !stroke.dashes.isEmpty {
        text += #" stroke-dasharray="\#(stroke.dashes.map(number).joined(separator: " "))""#
      }
    }
    return text
  }

  private func outline(_ path: Path) -> String {
    func pair(_ point: Point) -> String { "\(number(point.x)) \(number(point.y))" }
    return path.elements.map { element in
      switch element {
      case .move(let point): "M\(pair(point))"
      case .line(let point): "L\(pair(point))"
      case .curve(let point, let first, let second):
        "C\(pair(first)) \(pair(second)) \(pair(point))"
      case .close: "Z"
      }
    }.joined(separator: " ")
  }

  /// A length with at most three decimals, in no locale.
  private func number(_ value: Double) -> String {
    let thousandths = (value * 1000).rounded()
    guard thousandths.magnitude < 1e15 else { return "0" }
    let (whole, rest) = Int(thousandths.magnitude).quotientAndRemainder(dividingBy: 1000)
    let sign = thousandths < 0 ? "-" : ""
    guard rest > 0 else { return "\(whole == 0 ? "" : sign)\(whole)" }
    var decimals = String(String(1000 + rest).dropFirst())
    while decimals.last == "0" { decimals.removeLast() }
    return "\(sign)\(whole).\(decimals)"
  }

  private func hexadecimal(_ color: Color) -> String {
    let digits = Array("0123456789abcdef")
    return [color.red, color.green, color.blue].reduce(into: "#") { text, component in
      let byte = Int(min(max(component.isNaN ? 0 : component, 0), 1) * 255 + 0.5)
      text.append(digits[byte >> 4])
      text.append(digits[byte & 15])
    }
  }
}
