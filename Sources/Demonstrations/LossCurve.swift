internal import Charts
internal import Drawing

/// How the loss of a training run went, step by step.
public struct LossCurve: Sendable {
  /// More points than these would lie on each other: each is then the mean of some steps.
  private static let mostPoints = 200

  /// The losses of the steps, all finite.
  public let losses: [Double]

  public init(losses: [Double]) { self.losses = losses }

  /// Means of as many steps as it takes, at the middle of them.
  private var points: [Point] {
    let size = (losses.count + Self.mostPoints - 1) / Self.mostPoints
    return stride(from: 0, to: losses.count, by: max(size, 1)).map { start in
      let part = losses[start..<min(start + size, losses.count)]
      return Point(
        Double(start) + Double(part.count + 1) / 2, part.reduce(0, +) / Double(part.count))
    }
  }

  public var picture: Picture {
    let points = points
    let (first, last) = (losses.first ?? 0, losses.last ?? 0)
    @Sendable func text(_ value: Double, _ words: Words) -> String {
      words.numbers.significant(value, digits: 3)
    }
    return Picture(
      title: { words in
        words.say(
          es: "La pérdida va de \(text(first, words)) a \(text(last, words))",
          en: "The loss goes from \(text(first, words)) to \(text(last, words))")
      },
      alternativeText: { words in
        words.say(
          es: "Curva de la pérdida en \(words.integer(losses.count)) pasos: empieza en "
            + "\(text(first, words)) y acaba en \(text(last, words)).",
          en: "Curve of the loss over \(words.integer(losses.count)) steps: it begins at "
            + "\(text(first, words)) and ends at \(text(last, words)).")
      },
      draw: { canvas, frame in
        let words = canvas.words
        let most = max(points.map(\.y).max() ?? 1, 1e-12)
        let small = canvas.style(.small).size
        let steps = Double(max(losses.count, 2))
        LinePanel(
          heading: words.say(es: "pérdida", en: "loss"),
          series: [.init(name: "", role: .merged, points: points)],
          across: .init(
            domain: 1...steps,
            ticks: Axis.roundTicks(
              1...steps, length: frame.width, spacing: 6 * small, words: words),
            title: words.say(es: "pasos", en: "steps")),
          up: .init(
            domain: 0...most,
            ticks: Axis.roundTicks(
              0...most, length: frame.height, spacing: 4 * small, words: words)),
          isNamed: false
        ).draw(in: frame, on: &canvas)
      })
  }
}
