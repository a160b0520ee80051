internal import Charts
internal import Drawing
public import Experiments

/// The error that four bits leave in each layer of the course's base model, and what it does to its answers.
public struct LayerErrors: TrainedDemonstration {
  public let id = "layer-errors"
  public let parameters: [Parameter] = []

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    [LayerQuantization()]
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try LayerErrorsResult(input.record(of: LayerQuantization()))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "El mismo error en los pesos, distinto en las salidas",
            en: "The same error in weights, another in outputs")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Two errors for each layer, and those of all layers together.
struct LayerErrorsResult: Sendable {
  /// The names of the layers, with the index of their block as in `model.layers.0`.
  let names: [String]
  let weights: [Double]
  let function: [Double]
  let allWeights: Double
  let allFunction: Double
  let exactLoss: Double
  let allLoss: Double
  let exactRight: Int
  let allRight: Int
  let total: Int

  init(_ record: ExperimentRecord) throws {
    weights = try record.list("weights")
    function = try record.list("function")
    let layers = LayerQuantization.layerNames
    names = weights.indices.map { index in
      "\(index / layers.count) · \(layers[index % layers.count])"
    }
    guard weights.count == function.count, !weights.isEmpty else {
      throw ExperimentError.missing(name: "function")
    }
    allWeights = try record.number("all.weights")
    allFunction = try record.number("all.error")
    exactLoss = try record.number("exact.loss")
    allLoss = try record.number("all.loss")
    exactRight = Int(try record.number("exact.right"))
    allRight = Int(try record.number("all.right"))
    total = Int(try record.number("total"))
  }

  private func extreme(_ values: [Double], _ isBefore: (Double, Double) -> Bool) -> Int {
    values.indices.min { isBefore(values[$0], values[$1]) } ?? 0
  }
  /// What the errors of the layers would come to if they had nothing to do with each other.
  var independent: Double { function.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  var named: [String: Value] {
    let (least, most) = (extreme(weights, <), extreme(weights, >))
    let (mild, hard) = (extreme(function, <), extreme(function, >))
    let weightSpread = weights[most] / max(weights[least], 1e-12)
    let functionSpread = function[hard] / max(function[mild], 1e-12)
    return [
      "layers": .integer(names.count),
      "least_weights": .percentage(weights[least], decimals: 1),
      "most_weights": .percentage(weights[most], decimals: 1),
      "mild": .code(names[mild]), "mild_function": .percentage(function[mild], decimals: 1),
      "hard": .code(names[hard]), "hard_function": .percentage(function[hard], decimals: 1),
      "function_times": .number(functionSpread, decimals: 1),
      "all_weights": .percentage(allWeights, decimals: 1),
      "all_function": .percentage(allFunction, decimals: 1),
      "independent": .percentage(independent, decimals: 1),
      "adds_like_noise": .flag(abs(independent / allFunction - 1) < 0.25),
      "even_weights": .flag(weightSpread < 1.25), "uneven_function": .flag(functionSpread > 1.5),
      "exact_loss": .number(exactLoss, decimals: 4), "all_loss": .number(allLoss, decimals: 4),
      "loss_times": .number(allLoss / max(exactLoss, 1e-12), decimals: 1),
      "exact_right": .integer(exactRight), "all_right": .integer(allRight),
      "total": .integer(total), "lost": .integer(exactRight - allRight),
      "loses": .flag(allRight < exactRight),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "layers", title: Phrase(es: "errores por capa", en: "errors by layer"),
        columns: [
          Phrase(es: "capa", en: "layer"), Phrase(es: "pesos", en: "weights"),
          Phrase(es: "salidas", en: "outputs"),
        ],
        rows: names.indices.map { index in
          [
            .init(.code(names[index])), .init(.percentage(weights[index], decimals: 2)),
            .init(.percentage(function[index], decimals: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func value(_ name: String) -> String { named[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        Dos grupos de barras, una por cada una de las \(names.count) capas. A la izquierda el error \
        relativo de los pesos, de \(value("least_weights")) a \(value("most_weights")). A la derecha \
        cuánto se mueven las salidas del modelo si solo esa capa está en 4 bits: de \
        \(value("mild_function")) a \(value("hard_function")).
        """,
      en: """
        Two groups of bars, one for each of \(names.count) layers. On the left the relative error of \
        the weights, from \(value("least_weights")) to \(value("most_weights")). On the right how far \
        the outputs of the model move if that layer alone is in 4 bits: from \
        \(value("mild_function")) to \(value("hard_function")).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let head = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let panels = frame.columns([1.35, 1], gap: canvas.em(canvas.isCompact ? 1 : 2))
    let titles = [
      words.say(es: "error de los pesos", en: "error of the weights"),
      words.say(es: "error de las salidas", en: "error of the outputs"),
    ]
    let columns: [(values: [Double], role: Role, names: [String])] = [
      (weights, .quantized, names), (function, .error, names.map { _ in "" }),
    ]
    for ((panel, title), column) in zip(zip(panels, titles), columns) {
      let (top, body) = panel.cutTop(canvas.lineHeight(head), gap: canvas.em(0.2))
      canvas.text(title, at: Point(top.minX, top.minY), head, vertical: .top)
      BarRows(
        rows: zip(column.names, column.values).map { name, value in
          BarRows.Row(
            name: name, value: value, label: words.percentage(value, 1),
            fill: canvas.theme.color(column.role))
        }, limit: column.values.max() ?? 1
      ).draw(in: body, on: &canvas)
    }
  }
}
