internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

#if canImport(Glibc)
  internal import Glibc
#endif

/// The update taken out of the merged weight again, and what single precision leaves behind.
public struct Unmerging: Demonstration {
  public let id = "unmerging"
  public let parameters = SmallLayer.parameters

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToAdaptAndWrite(in: input)
    let layer = try SmallLayer(
      weight: weights.matrix, rank: whole("rank", in: input), share: value(of: "share", in: input),
      alpha: value(of: "alpha", in: input), seed: input.seed)
    let result = UnmergingResult(layer: layer)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isExact
            ? words.say(
              es: "Restar lo sumado devuelve la matriz exacta",
              en: "Subtracting what was added gives the exact matrix")
            : words.say(
              es: "Restar lo sumado devuelve W₀, salvo el redondeo",
              en: "Subtracting gives W₀ back, but for rounding")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// What comes back, and its distance from the original.
struct UnmergingResult: Sendable {
  let layer: SmallLayer
  let back: Matrix
  let difference: Matrix

  init(layer: SmallLayer) {
    self.layer = layer
    back = layer.merged.unmerged()
    difference = back - layer.weight
  }

  var changed: Int { difference.values.count { $0 != 0 } }
  var isExact: Bool { changed == 0 }
  private var worst: (index: Int, value: Float) {
    Statistics.absoluteMaximum(difference.values).map { ($0.index, $0.value) } ?? (0, 0)
  }
  var largest: Double { Double(worst.value.magnitude) }
  /// The power of ten by which differences are multiplied for the picture; 0 where there are none.
  var magnification: Int { largest > 0 ? -Int(floor(log10(largest))) : 0 }

  var named: [String: Value] {
    let (columns, index) = (layer.weight.columns, worst.index)
    // Nine digits tell any two numbers of single precision apart.
    func digits(_ matrix: Matrix) -> Value {
      .significant(Double(matrix.values[index]), digits: 9)
    }
    return [
      "rows": .integer(layer.weight.rows), "columns": .integer(columns),
      "count": .integer(layer.weight.count), "changed": .integer(changed),
      "unchanged": .integer(layer.weight.count - changed),
      "largest": .significant(largest, digits: 2), "is_exact": .flag(isExact),
      "relative": .significant(
        largest / Double(Statistics.absoluteMaximum(layer.weight.values)?.value.magnitude ?? 1),
        digits: 2),
      "row": .integer(index / columns + 1), "column": .integer(index % columns + 1),
      "w0": digits(layer.weight), "delta": digits(layer.adapter.deltaWeight),
      "w": digits(layer.merged.weight), "back": digits(back),
    ]
  }

  var tables: [DataTable] {
    let names = [
      ("W₀", layer.weight), ("ΔW", layer.adapter.deltaWeight), ("W", layer.merged.weight),
      ("W − ΔW", back),
    ]
    return [
      DataTable(
        id: "worst",
        title: Phrase(es: "el peso que más cambia", en: "the weight that changes most"),
        columns: names.map { Phrase($0.0) },
        rows: [
          names.map { .init(.significant(Double($0.1.values[worst.index]), digits: 9)) }
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let most = words.numbers.significant(largest, digits: 2)
    let shape = "\(layer.weight.rows)×\(layer.weight.columns)"
    return words.say(
      es: """
        Mapas de calor de \(shape) en una misma escala: W₀, la matriz fusionada W, y W menos la \
        actualización, que se ve igual que W₀. El cuarto, ampliado, es la diferencia con W₀: \
        \(changed) de \(layer.weight.count) celdas no son cero, y la mayor es \(most).
        """,
      en: """
        \(shape) heat maps on one scale: W₀, the merged matrix W, and W minus the update, which looks \
        like W₀. The fourth, magnified, is the difference from W₀: \(changed) of \
        \(layer.weight.count) cells are not zero, and the largest is \(most).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let power = magnification
    let factor = Float(pow(10, Double(power)))
    let magnified = factor * difference
    let limit = ColorScale.roundLimit(
      Double(Statistics.absoluteMaximum(magnified.values)?.value.magnitude ?? 1))
    let (foot, body) = frame.cutBottom(canvas.lineHeight(small), gap: canvas.em(0.6))
    let title =
      isExact
      ? words.say(es: "diferencia", en: "difference")
      : words.say(es: "diferencia × 10", en: "difference × 10")
        + NumberFormat.superscript(power)
    let drawn = MatrixPanels(
      panels: [
        .init(title: "W₀", matrix: layer.weight, limit: layer.limit, role: .frozen),
        .init(title: "W", matrix: layer.merged.weight, limit: layer.limit, role: .merged),
        .init(title: "W − ΔW", matrix: back, limit: layer.limit, role: .original),
        .init(title: title, matrix: magnified, limit: limit, role: .error),
      ], operators: ["→", "→", " "]
    ).draw(in: body, on: &canvas)
    let note = words.say(
      es: "\(changed) de \(layer.weight.count) distintos; el mayor, "
        + words.numbers.significant(largest, digits: 2),
      en: "\(changed) of \(layer.weight.count) differ; the largest by "
        + words.numbers.significant(largest, digits: 2))
    canvas.text(
      note, at: Point(drawn.maxX, min(drawn.maxY + canvas.em(0.6), foot.minY)), small,
      color: canvas.theme.color(.error), anchor: .end, vertical: .top)
  }
}
