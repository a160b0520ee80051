internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// One input on its way through a layer of QLoRA: codes, dequantized weight, product, and the adapter.
public struct FourBitForward: Demonstration {
  public let id = "four-bit-forward"
  public let parameters = FourBitLayer.parameters

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let layer = try fourBitLayer(in: input)
    var generator = RandomGenerator(seed: input.seed &+ 1)
    let entries = (0..<layer.exact.columns).map { _ in
      Float((generator.nextNormal() * 10).rounded() / 10)
    }
    let result = try FourBitForwardResult(
      layer: layer, entry: Matrix(rows: 1, columns: entries.count, values: entries))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Se guarda en 4 bits; se multiplica en coma flotante",
            en: "Stored in 4 bits, multiplied in floating point")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          FourBitForwardDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// What an input becomes at every station of both branches.
struct FourBitForwardResult: Sendable {
  let layer: FourBitLayer
  /// The input as a batch of one, [1, in].
  let entry: Matrix
  /// What leaves the layer, and what would with the weight as it was, [1, out].
  let output: Matrix
  let exactOutput: Matrix

  init(layer: FourBitLayer, entry: Matrix) throws {
    self.layer = layer
    self.entry = entry
    output = try layer.adapter.output(of: entry, weight: layer.restored)
    exactOutput = try layer.adapter.output(of: entry, weight: layer.exact)
  }

  var baseOutput: Matrix { entry.multiplied(by: layer.restored.transposed) }
  var bottleneck: Matrix { entry.multiplied(by: layer.adapter.loraA.transposed) }
  var branch: Matrix { bottleneck.multiplied(by: layer.adapter.loraB.transposed) }
  var scaledBranch: Matrix { Float(layer.adapter.scaling) * branch }
  var difference: Double {
    Double(Statistics.absoluteMaximum((output - exactOutput).values)?.value.magnitude ?? 0)
  }
  var decimals: Int { max(decimalsFor(output.values + baseOutput.values), 2) }

  var named: [String: Value] {
    let index = layer.worst
    let columns = layer.exact.columns
    let scaling = layer.adapter.scaling
    return [
      "rows": .integer(layer.exact.rows), "columns": .integer(columns),
      "rank": .integer(layer.adapter.rank), "count": .integer(layer.exact.count),
      "row": .integer(index / columns + 1), "column": .integer(index % columns + 1),
      "code": .code(layer.digit(index)), "level": .number(layer.level(index), decimals: 3),
      "absmax": .number(Double(layer.absmax), decimals: layer.decimals),
      "weight": .number(Double(layer.exact.values[index]), decimals: layer.decimals),
      "restored": .number(Double(layer.restored.values[index]), decimals: layer.decimals + 1),
      "scaling": .number(scaling, decimals: scaling == scaling.rounded() ? 0 : 2),
      "entry": entry.listed(1), "base_output": baseOutput.listed(decimals),
      "bottleneck": bottleneck.listed(2), "scaled_branch": scaledBranch.listed(decimals),
      "output": output.listed(decimals), "exact_output": exactOutput.listed(decimals),
      "difference": .number(difference, decimals: decimals),
      "differs": .flag(output.listed(decimals) != exactOutput.listed(decimals)),
      "stored_bits": .integer(layer.storedBits), "adapter_bits": .integer(layer.adapterBits),
      "single_bits": .integer(layer.singleBits),
      "restored_count": .integer(layer.exact.count),
      "adapter_larger": .flag(layer.adapterBits > layer.storedBits),
    ]
  }

  var tables: [DataTable] {
    let stations: [(Phrase, Matrix, Int)] = [
      (Phrase("x"), entry, 1), (Phrase("Ŵ₀x"), baseOutput, decimals),
      (Phrase("Ax"), bottleneck, 2), (Phrase("(α/r)·BAx"), scaledBranch, decimals),
      (Phrase("y"), output, decimals),
      (Phrase(es: "y con W₀ exacta", en: "y with the exact W₀"), exactOutput, decimals),
    ]
    return [
      DataTable(
        id: "stations", title: Phrase(es: "las estaciones", en: "the stations"),
        columns: [
          Phrase(es: "estación", en: "station"), Phrase(es: "números", en: "numbers"),
        ],
        rows: stations.map { [.init(.words($0.0)), .init($0.1.listed($0.2))] }),
      DataTable(
        id: "weights", title: Phrase(es: "los pesos", en: "the weights"),
        columns: [
          Phrase(es: "exacto", en: "exact"), Phrase(es: "código", en: "code"),
          Phrase(es: "descuantizado", en: "dequantized"),
        ],
        rows: layer.exact.values.indices.map { index in
          [
            .init(.number(Double(layer.exact.values[index]), decimals: layer.decimals)),
            .init(.code(layer.digit(index))),
            .init(.number(Double(layer.restored.values[index]), decimals: layer.decimals + 1)),
          ]
        }),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        Arriba, los \(layer.exact.count) códigos de 4 bits del peso, con su absmax \(value("absmax")), \
        se convierten en la matriz Ŵ₀, que multiplica a la entrada x (\(value("entry"))) y da \
        \(value("base_output")). Abajo, la misma entrada pasa por A y B, en precisión completa, y da \
        \(value("scaled_branch")). La suma es la salida: \(value("output")).
        """,
      en: """
        Above, the \(layer.exact.count) codes of 4 bits of the weight, with their absmax \
        \(value("absmax")), become the matrix Ŵ₀, which multiplies the input x (\(value("entry"))) \
        and gives \(value("base_output")). Below, the same input passes through A and B, in full \
        precision, and gives \(value("scaled_branch")). The sum is the output: \(value("output")).
        """)
  }
}
