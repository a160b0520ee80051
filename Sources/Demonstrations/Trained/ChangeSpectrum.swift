internal import Charts
internal import Drawing

/// The singular values of a change that was learned, beside those of the one that was to be found.
public struct ChangeSpectrum: Sendable {
  /// In decreasing order, as many of one as of the other.
  public let truth: [Double]
  public let learned: [Double]
  /// The rank of the true change.
  public let rank: Int
  /// The distance of the learned change from the true one, divided by the length of the true one.
  public let error: Double

  public init(truth: [Double], learned: [Double], rank: Int, error: Double) {
    self.truth = truth
    self.learned = learned
    self.rank = rank
    self.error = error
  }

  /// More bars than these are too narrow.
  private static let mostValues = 16

  public var picture: Picture {
    Picture(
      title: { words in
        let error = words.percentage(error, 1)
        return words.say(
          es: "Lo aprendido dista un \(error) del cambio buscado",
          en: "What was learned is \(error) away from the true change")
      },
      alternativeText: { words in
        let rest = learned.dropFirst(rank).first ?? 0
        func text(_ values: some Sequence<Double>) -> String {
          values.map { words.numbers.significant($0, digits: 3) }.joined(separator: "; ")
        }
        let shown = min(rank, 4)
        return words.say(
          es:
            "Barras por parejas: los valores singulares del cambio que había que encontrar, de rango "
            + "\(rank) (los primeros: \(text(truth.prefix(shown)))), y los del aprendido "
            + "(\(text(learned.prefix(shown)))). El mayor que sobra es \(text([rest])).",
          en:
            "Bars in pairs: the singular values of the change to be found, of rank \(rank) (the first: "
            + "\(text(truth.prefix(shown)))), and those of the learned one "
            + "(\(text(learned.prefix(shown)))). The largest one too many is \(text([rest])).")
      },
      draw: { canvas, frame in draw(on: &canvas, in: frame) })
  }

  private func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let colors = (truth: canvas.theme.color(.original), learned: canvas.theme.color(.update))
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    canvas.runs(
      [
        (words.say(es: "buscado", en: "to be found"), colors.truth), ("   ", colors.truth),
        (words.say(es: "aprendido", en: "learned"), colors.learned),
      ], at: Point(frame.minX, frame.minY), bold, vertical: .top)
    let count = min(max(truth.count, learned.count), Self.mostValues)
    let most = max(truth.first ?? 0, learned.first ?? 0, 1e-12)
    let ticks = Axis.roundTicks(
      0...most, length: frame.height, spacing: 4 * small.size, words: words)
    let probe = Axis(scale: Scale(domain: 0...most, from: 1, to: 0), ticks: ticks)
    let below = 2 * canvas.lineHeight(small) + canvas.em(0.6)
    let plot = frame.inset(
      left: probe.width(on: canvas), top: canvas.lineHeight(bold) + canvas.em(0.8), bottom: below)
    Axis(scale: Scale(domain: 0...most, from: plot.maxY, to: plot.minY), ticks: ticks)
      .drawLeft(of: plot, on: &canvas)
    BarChart(
      groups: (0..<count).map { index in
        BarChart.Group(
          name: "\(index + 1)",
          bars: [
            .init(value: index < truth.count ? truth[index] : 0, fill: colors.truth),
            .init(value: index < learned.count ? learned[index] : 0, fill: colors.learned),
          ])
      }, limit: most
    ).draw(in: plot, on: &canvas)
    canvas.text(
      words.say(es: "valores singulares, de mayor a menor", en: "singular values, largest first"),
      at: Point(plot.midX, frame.maxY), small, color: canvas.theme.secondaryInk, anchor: .middle,
      vertical: .bottom)
  }
}
