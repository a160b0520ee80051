internal import Charts
internal import Drawing

/// Singular values as curves, each divided by its largest, with a key where the curves are not.
struct SpectrumCurves {
  struct Curve {
    var name: String
    var role: Role
    /// Strokes and gaps in line widths, which tell curves apart in grey.
    var dashes: [Double]
    /// In decreasing order.
    var values: [Double]
  }

  var curves: [Curve]

  /// More values are not drawn: they are all near zero.
  static let mostValues = 40

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let base = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    canvas.text(
      words.say(es: "valores singulares", en: "singular values"),
      at: Point(frame.minX, frame.minY), base, vertical: .top)
    let shown = min(curves.map(\.values.count).max() ?? 0, Self.mostValues)
    let ticks = [0, 0.5, 1].map { (value: $0, label: words.number($0, $0 == 0.5 ? 1 : 0)) }
    let places = [1, 8, 16, 24, 32, 40].filter { $0 <= shown }.map { (Double($0), String($0)) }
    let probe = Axis(scale: Scale(domain: 0...1, from: 0, to: 1), ticks: ticks)
    let below = Axis(scale: probe.scale, ticks: places, title: "n")
    let plot = frame.inset(
      left: probe.width(on: canvas), top: canvas.lineHeight(base) + canvas.em(0.5),
      right: canvas.em(0.8), bottom: below.height(on: canvas))
    let xScale = Scale(domain: 1...Double(max(shown, 2)), from: plot.minX, to: plot.maxX)
    let yScale = Scale(domain: 0...1.03, from: plot.maxY, to: plot.minY)
    Axis(scale: yScale, ticks: ticks).drawLeft(of: plot, on: &canvas)
    Axis(scale: xScale, ticks: places, title: "n").drawBelow(plot, on: &canvas)
    let width = canvas.preset.lineWidth
    func stroke(_ curve: Curve) -> Stroke {
      Stroke(
        canvas.theme.color(curve.role), width: width, dashes: curve.dashes.map { $0 * width })
    }
    for curve in curves {
      let first = max(curve.values.first ?? 0, 1e-30)
      let points = curve.values.prefix(shown).enumerated().map {
        Point(xScale(Double($0 + 1)), yScale($1 / first))
      }
      canvas.add(.path(.polyline(points), fill: nil, stroke: stroke(curve)))
    }
    // All curves fall: the upper right is free.
    let column = curves.map { canvas.width($0.name, small) }.max() ?? 0
    let line = canvas.em(2)
    let x = plot.maxX - column - line - canvas.em(0.6)
    for (index, curve) in curves.enumerated() {
      let y = plot.minY + (Double(index) + 0.6) * canvas.lineHeight(small)
      canvas.line(Point(x, y), Point(x + line, y), stroke(curve))
      canvas.text(
        curve.name, at: Point(x + line + canvas.em(0.5), y), small,
        color: canvas.theme.color(curve.role), vertical: .middle)
    }
  }
}
