internal import Charts
internal import Drawing
public import Experiments

/// The base model in four bits: what its file takes, and what every layer loses.
public struct FourBitBase: TrainedDemonstration {
  public let id = "four-bit-base"
  public let parameters = PipelineStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    [try PipelineStudy.experiment(self, input)]
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = FourBitBaseResult(study: try PipelineStudy(self, input))
    return Observation(
      values: result.named, tables: [result.table, result.study.table([.base, .quantized])],
      picture: Picture(
        title: { words in
          words.say(
            es: "En 4 bits: lo que ocupa y lo que pierde", en: "In 4 bits: its size and its loss")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The sizes and errors of quantizing.
struct FourBitBaseResult: Sendable {
  let study: PipelineStudy

  private var layers: [(name: String, rows: Int, columns: Int)] { LanguageModel.courseLayers }
  private var before: Int { study.file(.base).tensorBytes }
  private var after: Int { study.file(.quantized).tensorBytes }
  private var times: Double { Double(before) / Double(max(after, 1)) }
  private var mean: Double {
    study.layerErrors.reduce(0, +) / Double(max(study.layerErrors.count, 1))
  }
  /// The numbers in linear layers, which are the ones that are quantized.
  private var quantizedNumbers: Int { layers.reduce(0) { $0 + $1.rows * $1.columns } }

  var named: [String: Value] {
    let lost = study.score(.base).old - study.score(.quantized).old
    return study.named.merging([
      "times": .number(times, decimals: 1), "mean_error": .percentage(mean, decimals: 1),
      "layers": .integer(layers.count), "in_layers": .integer(quantizedNumbers),
      "outside": .integer(PipelineStudy.parameterCount - quantizedNumbers),
      "outside_share": .percentage(
        1 - Double(quantizedNumbers) / Double(PipelineStudy.parameterCount), decimals: 1),
      "lost": .integer(max(lost, 0)), "loses": .flag(lost > 0),
      "below_eight": .flag(times < 8),
    ]) { $1 }
  }

  /// A layer's name without what all have in common, such as `0 · q_proj`.
  private static func short(_ name: String) -> String {
    let parts = name.split(separator: ".")
    return parts.count >= 5 ? "\(parts[2]) · \(parts[4])" : name
  }

  var table: DataTable {
    DataTable(
      id: "errors", title: Phrase(es: "error por capa", en: "error by layer"),
      columns: [
        Phrase(es: "capa", en: "layer"), Phrase(es: "forma", en: "shape"), Phrase("‖W − Ŵ‖/‖W‖"),
      ],
      rows: zip(layers, study.layerErrors).map { layer, error in
        [
          .init(.code(layer.name)), .init(.code("\(layer.rows)×\(layer.columns)")),
          .init(.percentage(error, decimals: 2)),
        ]
      })
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        Dos barras con los bytes del archivo: \(words.integer(before)) en 32 bits y \
        \(words.integer(after)) en 4 bits, \(words.number(times, 1)) veces menos. Al lado, una barra \
        por capa con su error relativo, de media el \(words.percentage(mean, 1)).
        """,
      en: """
        Two bars with the bytes of the file: \(words.integer(before)) in 32 bits and \
        \(words.integer(after)) in 4 bits, \(words.number(times, 1)) times fewer. Beside them, a bar \
        for each layer with its relative error, \(words.percentage(mean, 1)) on average.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let compact = canvas.isCompact
    let head = canvas.style(compact ? .small : .base, bold: true)
    let parts = compact ? [frame] : frame.columns([1, 1.15], gap: canvas.em(2.2))
    canvas.text(
      words.say(es: "bytes del archivo", en: "bytes of the file"),
      at: Point(parts[0].minX, parts[0].minY), head, vertical: .top)
    let bars = parts[0].inset(
      top: canvas.lineHeight(head) + parts[0].height * 0.12, bottom: parts[0].height * 0.22)
    BarRows(
      rows: [
        .init(
          name: words.say(es: "32 bits", en: "32 bits"), value: Double(before),
          label: words.integer(before), fill: canvas.theme.color(.frozen)),
        .init(
          name: "NF4", value: Double(after), label: words.integer(after),
          fill: canvas.theme.color(.quantized)),
      ], limit: Double(before)
    ).draw(in: bars, on: &canvas)
    guard parts.count > 1 else { return }
    canvas.text(
      words.say(es: "error de cada capa", en: "error of each layer"),
      at: Point(parts[1].minX, parts[1].minY), head, vertical: .top)
    var rows = BarRows(
      rows: zip(layers, study.layerErrors).map { layer, error in
        .init(
          name: Self.short(layer.name), value: error, label: words.percentage(error, 1),
          fill: canvas.theme.color(.error))
      }, limit: study.layerErrors.max() ?? 1)
    rows.isCode = true
    rows.draw(in: parts[1].inset(top: canvas.lineHeight(head) + canvas.em(0.4)), on: &canvas)
  }
}
