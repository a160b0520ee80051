internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// A weight and an adapter beside it, and the one matrix that they become.
public struct MergedMatrix: Demonstration {
  public let id = "merged-matrix"
  public let parameters = SmallLayer.parameters

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try MergedMatrixResult(layer: smallLayer(in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Al fusionar queda una matriz de la misma forma",
            en: "Merging leaves one matrix of the same shape")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in MergedMatrixDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// The numbers that are stored before and after, and one entry followed through the sum.
struct MergedMatrixResult: Sendable {
  let layer: SmallLayer

  /// Single precision.
  static let bytesPerNumber = 4

  var base: Int { layer.weight.count }
  var factors: Int { layer.adapter.loraA.count + layer.adapter.loraB.count }
  var bytesBefore: Int { (base + factors) * Self.bytesPerNumber }
  var bytesAfter: Int { layer.merged.weight.count * Self.bytesPerNumber }

  /// The entry that changes most among those whose rounded numbers add up as they are written.
  ///
  /// Of a large matrix, whose cells are not written, only the first are looked at.
  var pointed: Int {
    let (weight, product) = (layer.weight.values, layer.product.values)
    let merged = layer.merged.weight.values
    let format = NumberFormat(decimalMark: .point)
    func rounded(_ value: Float) -> Double {
      let text = format.fixed(Double(value), decimals: layer.decimals)
      return Double(text.map { $0 == "\u{2212}" ? "-" : String($0) }.joined()) ?? Double(value)
    }
    let order = product.indices.prefix(MatrixChart.largestCellCount)
      .sorted { product[$0].magnitude > product[$1].magnitude }
    let scaling = layer.adapter.scaling
    return order.first { index in
      (rounded(weight[index]) + scaling * rounded(product[index]) - rounded(merged[index]))
        .magnitude < 1e-9 * layer.limit
    } ?? order.first ?? 0
  }

  var named: [String: Value] {
    let (columns, index) = (layer.weight.columns, pointed)
    func entry(_ matrix: Matrix) -> Value {
      .number(Double(matrix.values[index]), decimals: layer.decimals)
    }
    let perNumber = Self.bytesPerNumber
    return [
      "rows": .integer(layer.weight.rows), "columns": .integer(columns),
      "rank": .integer(layer.adapter.rank),
      "scaling": .setting(layer.adapter.scaling),
      "base_numbers": .integer(base), "factor_numbers": .integer(factors),
      "base_bytes": .integer(base * perNumber), "factor_bytes": .integer(factors * perNumber),
      "bytes_before": .integer(bytesBefore), "bytes_after": .integer(bytesAfter),
      "bytes_per_number": .integer(perNumber),
      "no_more": .flag(bytesAfter <= base * perNumber),
      "row": .integer(index / columns + 1), "column": .integer(index % columns + 1),
      "w0": entry(layer.weight), "ba": entry(layer.product), "w": entry(layer.merged.weight),
    ]
  }

  var tables: [DataTable] {
    let perNumber = Self.bytesPerNumber
    return [
      DataTable(
        id: "bytes", title: Phrase(es: "lo que se guarda", en: "what is stored"),
        columns: [
          Phrase(""), Phrase(es: "números", en: "numbers"), Phrase("bytes"),
        ],
        rows: [
          [
            .init(.code("W₀"), shade: .role(.frozen)), .init(.integer(base)),
            .init(.integer(base * perNumber)),
          ],
          [
            .init(.code("B, A"), shade: .role(.update)), .init(.integer(factors)),
            .init(.integer(factors * perNumber)),
          ],
          [
            .init(.words(Phrase(es: "W fusionada", en: "merged W")), shade: .role(.merged)),
            .init(.integer(layer.merged.weight.count)), .init(.integer(bytesAfter)),
          ],
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    let shape = "\(layer.weight.rows)×\(layer.weight.columns)"
    return words.say(
      es: """
        Mapas de calor en una misma escala: la matriz congelada W₀ de \(shape), más \
        \(value("scaling")) veces el producto de la columna de factores B por la fila de factores A, \
        de rango \(layer.adapter.rank), igual a una sola matriz W de \(shape). En la fila \
        \(value("row")), columna \(value("column")): \(value("w0")) más \(value("scaling")) por \
        \(value("ba")) es \(value("w")). Antes se guardan \(value("bytes_before")) bytes y después \
        \(value("bytes_after")).
        """,
      en: """
        Heat maps on one scale: the frozen \(shape) matrix W₀, plus \(value("scaling")) times the \
        product of the factor columns B and the factor rows A, of rank \(layer.adapter.rank), equals \
        a single \(shape) matrix W. In row \(value("row")), column \(value("column")): \
        \(value("w0")) plus \(value("scaling")) times \(value("ba")) is \(value("w")). Before, \
        \(value("bytes_before")) bytes are stored, and after, \(value("bytes_after")).
        """)
  }
}
