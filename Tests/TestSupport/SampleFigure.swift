public import Drawing

/// A figure with every kind of mark.
public func sampleFigure(
  id: String = "sample-every-mark-en", text: String = "ΔW = B·A, ‖W‖ ≈ 2.25 — añadir",
  measurer: any TextMeasurer
) -> Figure {
  let theme = Theme.light
  func label(_ string: String, _ style: TextStyle, _ x: Double, _ y: Double) -> Mark {
    .text(
      TextMark(
        string, style: style, color: theme.ink, origin: Point(x, y),
        metrics: measurer.measure(string, style: style)))
  }
  let curve = Path([
    .move(Point(150, 90)),
    .curve(Point(230, 90), control1: Point(170, 50), control2: Point(210, 130)),
    .line(Point(230, 100)), .close,
  ])
  let cells = (0..<12).map { theme.magnitudeScale.color(at: Double($0) / 11) }
  return Figure(
    id: id, language: "en", size: Size(width: 240, height: 135), background: theme.background,
    marks: [
      label(text, TextStyle(size: 12, bold: true), 10, 20),
      .group(
        id: "shapes",
        [
          .rectangle(
            Rectangle(x: 10, y: 30, width: 30.3, height: 20), cornerRadius: 0,
            fill: theme.color(ValueClass.green), stroke: nil),
          .rectangle(
            Rectangle(x: 40.3, y: 30, width: 30, height: 20), cornerRadius: 0,
            fill: theme.color(ValueClass.green), stroke: nil),
          .rectangle(
            Rectangle(x: 80, y: 30, width: 40, height: 20), cornerRadius: 5, fill: theme.panel,
            stroke: Stroke(theme.rule, width: 1)),
          .circle(
            center: Point(140, 40), radius: 9, fill: theme.color(ValueClass.pink),
            stroke: Stroke(theme.ink, width: 1.5)),
        ]),
      .path(curve, fill: theme.color(ValueClass.yellow), stroke: Stroke(theme.ink, width: 0.75)),
      .path(
        .polyline([Point(150, 60), Point(190, 40), Point(230, 60)]), fill: nil,
        stroke: Stroke(theme.color(Role.error), width: 2, dashes: [5, 3])),
      .group(
        id: "fills",
        [
          .cells(
            CellGrid(
              frame: Rectangle(x: 10, y: 60, width: 60, height: 45), columns: 4, colors: cells)),
          .group(
            id: "scale",
            [
              .gradient(
                GradientBar(
                  frame: Rectangle(x: 80, y: 60, width: 10, height: 45),
                  colors: theme.signedScale.anchors, vertical: true)),
              .gradient(
                GradientBar(
                  frame: Rectangle(x: 100, y: 95, width: 40, height: 10),
                  colors: theme.magnitudeScale.anchors, vertical: false)),
            ]),
        ]),
      label("0x7F 1010", TextStyle(typeface: .mono, size: 9), 10, 124),
      label("cursiva & <ink>", TextStyle(size: 9, italic: true), 100, 124),
    ],
    title: "Every mark & “sign” <once>", alternativeText: "A test picture: shapes, cells, text.")
}
