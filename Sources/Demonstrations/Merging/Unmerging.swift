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
    let result = try UnmergingResult(layer: smallLayer(in: input))
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
    let index = Statistics.absoluteMaximum(difference.values)?.index ?? 0
    return (index, difference.values[index])
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
    let power = magnification
    let magnified = Float(pow(10, Double(power))) * difference
    let title =
      isExact
      ? words.say(es: "diferencia", en: "difference")
      : canvas.isCompact
        ? "× 10" + NumberFormat.superscript(power)
        : words.say(es: "diferencia × 10", en: "difference × 10") + NumberFormat.superscript(power)
    // Below each panel, the outlined entry with all its digits: what is lost is in the last ones.
    func digits(_ matrix: Matrix) -> String {
      canvas.isCompact
        ? "" : words.numbers.significant(Double(matrix.values[worst.index]), digits: 9)
    }
    let most = words.numbers.significant(Double(worst.value), digits: 2)
    let grid = MatrixGrid(
      columns: 4,
      panels: [
        .init(title: "W₀", note: digits(layer.weight), matrix: layer.weight, role: .frozen),
        .init(
          title: "W", note: digits(layer.merged.weight), matrix: layer.merged.weight,
          role: .merged),
        .init(title: "W − ΔW", note: digits(back), matrix: back, role: .original),
        .init(
          title: title, note: canvas.isCompact ? "" : most, matrix: magnified, role: .error,
          limit: ColorScale.roundLimit(
            Double(Statistics.absoluteMaximum(magnified.values)?.value.magnitude ?? 1))),
      ], signs: [0: "→", 1: "→"], limit: layer.limit,
      decimals: layer.limit >= 10 ? 0 : layer.limit >= 1 ? 1 : 2)
    let maps = grid.draw(in: frame, on: &canvas)
    guard !isExact, layer.weight.count <= MatrixChart.largestCellCount else { return }
    let columns = layer.weight.columns
    let stroke = Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)
    for map in maps.compactMap({ $0 }) {
      let space = Canvas.cellSpace(of: layer.weight, in: map.size, canvas.preset)
      let pitch = Size(
        width: (map.width + space) / Double(columns),
        height: (map.height + space) / Double(layer.weight.rows))
      let cell = Rectangle(
        x: map.x + Double(worst.index % columns) * pitch.width,
        y: map.y + Double(worst.index / columns) * pitch.height, width: pitch.width - space,
        height: pitch.height - space)
      canvas.outline(cell.inset(-stroke.width), stroke)
    }
  }
}
