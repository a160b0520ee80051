internal import Charts
internal import Drawing

/// How the loss of a training run went, step by step.
public struct LossCurve: Sendable {
  /// More points than these would lie on each other: each is then the mean of some steps.
  private static let mostPoints = 200

  /// The loss on what was set apart, after a step.
  public struct Measurement: Equatable, Sendable {
    public var step: Int
    public var loss: Double

    public init(step: Int, loss: Double) {
      self.step = step
      self.loss = loss
    }
  }

  /// The losses of the steps, all finite.
  public let losses: [Double]
  /// The losses on what was set apart, in the order of their steps; empty where nothing was.
  public let heldOut: [Measurement]
  /// The step whose weights are kept, where that is the best measurement.
  public let keptStep: Int?

  public init(losses: [Double], heldOut: [Measurement] = [], keptStep: Int? = nil) {
    self.losses = losses
    self.heldOut = heldOut
    self.keptStep = keptStep
  }

  /// Means of as many steps as it takes, at the middle of them.
  private var points: [Point] {
    let size = (losses.count + Self.mostPoints - 1) / Self.mostPoints
    return stride(from: 0, to: losses.count, by: max(size, 1)).map { start in
      let part = losses[start..<min(start + size, losses.count)]
      return Point(
        Double(start) + Double(part.count + 1) / 2, part.reduce(0, +) / Double(part.count))
    }
  }

  private var kept: Measurement? { heldOut.first { $0.step == keptStep } }

  public var picture: Picture {
    Picture(title: title, alternativeText: alternativeText, draw: draw)
  }

  private func title(_ words: Words) -> String {
    let (first, last) = (losses.first ?? 0, losses.last ?? 0)
    if let kept {
      return words.say(
        es: "En lo apartado, la pérdida es mínima en el paso \(words.integer(kept.step))",
        en: "On what was set apart the loss is smallest at step \(words.integer(kept.step))")
    }
    return words.say(
      es: "La pérdida va de \(text(first, words)) a \(text(last, words))",
      en: "The loss goes from \(text(first, words)) to \(text(last, words))")
  }

  private func alternativeText(_ words: Words) -> String {
    let (first, last) = (losses.first ?? 0, losses.last ?? 0)
    var sentence = words.say(
      es: "Curva de la pérdida en \(words.integer(losses.count)) pasos: empieza en "
        + "\(text(first, words)) y acaba en \(text(last, words)).",
      en: "Curve of the loss over \(words.integer(losses.count)) steps: it begins at "
        + "\(text(first, words)) and ends at \(text(last, words)).")
    if let (start, end) = heldOut.first.flatMap({ start in heldOut.last.map { (start, $0) } }) {
      sentence += words.say(
        es: " En los ejemplos apartados va de \(text(start.loss, words)) a "
          + "\(text(end.loss, words)).",
        en: " On the examples set apart it goes from \(text(start.loss, words)) to "
          + "\(text(end.loss, words)).")
    }
    if let kept {
      sentence += words.say(
        es:
          " Quedan los pesos del paso \(words.integer(kept.step)), donde es \(text(kept.loss, words)), "
          + "la menor de todas.",
        en: " The weights of step \(words.integer(kept.step)) are kept, where it is "
          + "\(text(kept.loss, words)), the smallest of all.")
    }
    return sentence
  }

  private func text(_ value: Double, _ words: Words) -> String {
    words.numbers.significant(value, digits: 3)
  }

  private func draw(_ canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let points = points
    let measured = heldOut.map { Point(Double($0.step), $0.loss) }
    let most = max((points + measured).map(\.y).max() ?? 1, 1e-12)
    let small = canvas.style(.small).size
    let steps = Double(max(losses.count, 2))
    var series = [
      LineChart.Series(
        name: words.say(es: "entrenamiento", en: "training"), role: .merged, points: points,
        isThin: !measured.isEmpty)
    ]
    if !measured.isEmpty {
      series.append(
        .init(name: words.say(es: "apartados", en: "held out"), role: .update, points: measured))
    }
    var panel = LinePanel(
      heading: words.say(es: "pérdida", en: "loss"), series: series,
      across: .init(
        domain: 1...steps,
        ticks: Axis.roundTicks(1...steps, length: frame.width, spacing: 6 * small, words: words),
        title: words.say(es: "pasos", en: "steps")),
      up: .init(
        domain: 0...most,
        ticks: Axis.roundTicks(0...most, length: frame.height, spacing: 4 * small, words: words)),
      isNamed: !measured.isEmpty)
    if let kept {
      panel.rule = (
        value: Double(kept.step),
        label: words.say(
          es: "el mejor: paso \(words.integer(kept.step))",
          en: "the best: step \(words.integer(kept.step))")
      )
      panel.chosen = (point: Point(Double(kept.step), kept.loss), role: .update)
    }
    panel.draw(in: frame, on: &canvas)
  }
}
