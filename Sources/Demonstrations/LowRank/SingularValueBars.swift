internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Singular values as bars: those that are kept filled, the others hollow.
struct SingularValueBars {
  var values: [Double]
  var kept: Int
  /// The value at the top of the plot; the largest one if not said.
  var highest: Double?
  var role = Role.update

  /// The most bars that are drawn.
  static let largestCount = 64

  func draw(in plot: Rectangle, on canvas: inout Canvas) {
    let highest = max(highest ?? values.first ?? 0, 1e-30)
    let shown = values.prefix(Self.largestCount)
    let unit = plot.width / Double(max(shown.count, 1))
    for (index, value) in shown.enumerated() {
      let height = max(plot.height * value / highest, canvas.preset.axisWidth)
      let bar = Rectangle(
        x: plot.minX + Double(index) * unit + 0.08 * unit, y: plot.maxY - height,
        width: 0.84 * unit, height: height)
      if index < kept {
        canvas.fill(bar, canvas.theme.color(role))
      } else {
        canvas.fill(bar, canvas.theme.panel)
        canvas.outline(
          bar, Stroke(canvas.theme.rule, width: min(canvas.preset.axisWidth, unit * 0.2)))
      }
    }
    canvas.line(Point(plot.minX, plot.maxY), Point(plot.maxX, plot.maxY), canvas.axisStroke)
  }
}
