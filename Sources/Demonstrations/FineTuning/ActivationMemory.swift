internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// What a layer has to remember until the way back, against what training keeps for its weights.
public struct ActivationMemory: Demonstration {
  public let id = "activation-memory"
  public let parameters = [
    Parameter("rows", Phrase(es: "filas", en: "rows"), default: 384, range: 1...100_000),
    Parameter("columns", Phrase(es: "columnas", en: "columns"), default: 384, range: 1...100_000),
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 8, range: 1...100_000),
    Parameter(
      "sequences", Phrase(es: "textos por paso", en: "texts in a step"), default: 8,
      range: 1...4096),
    Parameter(
      "length", Phrase(es: "tokens por texto", en: "tokens in a text"), default: 128,
      range: 1...1_000_000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = ActivationMemoryResult(
      rows: try input.weights?.matrix.rows ?? whole("rows", in: input),
      columns: try input.weights?.matrix.columns ?? whole("columns", in: input),
      rank: try whole("rank", in: input), sequences: try whole("sequences", in: input),
      length: try whole("length", in: input))
    guard result.rows > 0, result.columns > 0 else {
      throw DemonstrationError.needsWeights(demonstration: id, atLeast: 1, found: 0)
    }
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Lo congelado no ahorra lo que hay que recordar",
            en: "Freezing does not save what must be remembered")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          ActivationMemoryDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// Bytes in single precision of one layer, trained whole or frozen beside an adapter.
struct ActivationMemoryResult: Sendable {
  let rows: Int
  let columns: Int
  let rank: Int
  let sequences: Int
  let length: Int

  static let bytes = 4

  var count: Int { rows * columns }
  var adapter: Int { rank * (rows + columns) }
  /// The rows of the batch.
  var tokens: Int { sequences * length }

  /// What is kept for the weights whatever the batch: four numbers for each that is trained, one for
  /// each that is frozen.
  var fullState: Int { 4 * Self.bytes * count }
  var adapterState: Int { Self.bytes * (count + 4 * adapter) }
  /// The inputs of the layer, which `dW = Gᵀ x` needs.
  func fullActivations(_ tokens: Int) -> Int { Self.bytes * tokens * columns }
  /// The same inputs, which `dA` needs, and `x Aᵀ`, which `dB` needs.
  func adapterActivations(_ tokens: Int) -> Int { Self.bytes * tokens * (columns + rank) }

  /// The rows of a batch from which on the activations outweigh the state.
  var fullCrossing: Double { Double(fullState) / Double(fullActivations(1)) }
  var adapterCrossing: Double { Double(adapterState) / Double(adapterActivations(1)) }
  var full: Int { fullState + fullActivations(tokens) }
  var frozen: Int { adapterState + adapterActivations(tokens) }

  static func megabytes(_ bytes: Int) -> Value {
    let value = Double(bytes) / 1e6
    return value >= 100 ? .number(value, decimals: 0) : .significant(value, digits: 3)
  }

  var named: [String: Value] {
    [
      "rows": .integer(rows), "columns": .integer(columns), "rank": .integer(rank),
      "sequences": .integer(sequences), "length": .integer(length), "tokens": .integer(tokens),
      "full_state": Self.megabytes(fullState), "adapter_state": Self.megabytes(adapterState),
      "state_share": .percentage(Double(adapterState) / Double(fullState), decimals: 0),
      "full_activations": Self.megabytes(fullActivations(tokens)),
      "adapter_activations": Self.megabytes(adapterActivations(tokens)),
      "activation_growth": .percentage(Double(rank) / Double(columns), decimals: 1),
      "full": Self.megabytes(full), "frozen": Self.megabytes(frozen),
      "share": .percentage(Double(frozen) / Double(full), decimals: 0),
      "saves": .flag(frozen < full), "state_saves": .flag(adapterState < fullState),
      "full_crossing": .number(fullCrossing, decimals: 0),
      "adapter_crossing": .number(adapterCrossing, decimals: 0),
      "twice": Self.megabytes(fullActivations(2 * tokens)),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "megabytes", title: Phrase(es: "MB de una capa", en: "MB of a layer"),
        columns: [
          Phrase("tokens"),
          Phrase(es: "entera: estado", en: "whole: state"),
          Phrase(es: "entera: entradas", en: "whole: inputs"),
          Phrase(es: "congelada: estado", en: "frozen: state"),
          Phrase(es: "congelada: entradas", en: "frozen: inputs"),
        ],
        rows: [1, 2, 4].map { factor in
          let count = factor * tokens
          return [
            .init(.integer(count)), .init(Self.megabytes(fullState)),
            .init(Self.megabytes(fullActivations(count))), .init(Self.megabytes(adapterState)),
            .init(Self.megabytes(adapterActivations(count))),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func shown(_ bytes: Int) -> String { Self.megabytes(bytes).formatted(words) }
    return words.say(
      es: """
        Barras en megabytes de una capa de \(rows)×\(columns) con \(words.integer(tokens)) palabras \
        por paso y con el doble. Entrenada entera: \(shown(fullState)) de pesos, gradientes y \
        momentos, y \(shown(fullActivations(tokens))) de entradas recordadas. Congelada con un \
        adaptador de rango \(rank): \(shown(adapterState)) y \(shown(adapterActivations(tokens))). \
        La parte de las entradas no encoge, y se dobla con los tokens.
        """,
      en: """
        Bars in megabytes of a layer of \(rows)×\(columns) with \(words.integer(tokens)) tokens in a \
        step, and with twice as many. Trained whole: \(shown(fullState)) of weights, gradients and \
        moments, and \(shown(fullActivations(tokens))) of remembered inputs. Frozen with an adapter \
        of rank \(rank): \(shown(adapterState)) and \(shown(adapterActivations(tokens))). The part \
        of the inputs does not shrink, and doubles with the tokens.
        """)
  }
}

/// Draws four stacked bars: whole and frozen, for a batch and for one of twice the size.
struct ActivationMemoryDrawing {
  let result: ActivationMemoryResult

  private struct Bar {
    let name: String
    let parts: [(bytes: Int, fill: Color, isOutlined: Bool)]
    var total: Int { parts.reduce(0) { $0 + $1.bytes } }
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let theme = canvas.theme
    let base = canvas.style(canvas.isCompact ? .small : .base)
    var bold = base
    bold.bold = true
    let small = canvas.style(.small)
    let whole = words.say(es: "entera", en: "whole")
    let frozen = words.say(es: "congelada", en: "frozen")
    let batches = [result.tokens, 2 * result.tokens]
    let groups = batches.map { tokens in
      [
        Bar(
          name: whole,
          parts: [
            (ActivationMemoryResult.bytes * result.count, Kept.value.color(theme), false),
            (ActivationMemoryResult.bytes * result.count, Kept.gradient.color(theme), false),
            (2 * ActivationMemoryResult.bytes * result.count, Kept.first.color(theme), false),
            (result.fullActivations(tokens), theme.panel, true),
          ]),
        Bar(
          name: frozen,
          parts: [
            (ActivationMemoryResult.bytes * result.count, theme.color(.frozen), false),
            (4 * ActivationMemoryResult.bytes * result.adapter, theme.color(.update), false),
            (result.adapterActivations(tokens), theme.panel, true),
          ]),
      ]
    }
    let bars = groups.flatMap { $0 }
    let totals = bars.map { ActivationMemoryResult.megabytes($0.total).formatted(words) + " MB" }
    let nameWidth = max(canvas.width(whole, base), canvas.width(frozen, base)) + canvas.em(0.8)
    let totalWidth = (totals.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.6)
    let keyRows = canvas.isCompact ? 2.0 : 1
    let foot = keyRows * canvas.lineHeight(small) + canvas.em(0.5)
    let plot = frame.inset(left: nameWidth, right: totalWidth, bottom: foot)
    let most = Double(bars.map(\.total).max() ?? 1)
    let halves = plot.rows([1, 1], gap: canvas.em(canvas.isCompact ? 0.5 : 1.2))
    for (group, (tokens, half)) in zip(batches, halves).enumerated() {
      let head = words.say(
        es: "\(words.integer(tokens)) tokens por paso",
        en: "\(words.integer(tokens)) tokens in a step")
      canvas.text(
        head, at: Point(plot.minX, half.minY), small, color: theme.secondaryInk, vertical: .top)
      let lines = half.inset(top: canvas.lineHeight(small) + canvas.em(0.2)).rows(
        [1, 1], gap: canvas.em(canvas.isCompact ? 0.25 : 0.5))
      for (index, (bar, line)) in zip(groups[group], lines).enumerated() {
        draw(
          bar, total: totals[2 * group + index], most: most, in: line, plot: plot, base, bold,
          on: &canvas)
      }
    }
    drawKey(in: frame.cutBottom(foot).bottom, on: &canvas)
  }

  private func draw(
    _ bar: Bar, total: String, most: Double, in line: Rectangle, plot: Rectangle,
    _ base: TextStyle, _ bold: TextStyle, on canvas: inout Canvas
  ) {
    let height = min(line.height, canvas.em(2.2))
    canvas.text(
      bar.name, at: Point(plot.minX - canvas.em(0.6), line.midY), base, anchor: .end,
      vertical: .middle)
    var x = plot.minX
    for part in bar.parts {
      let box = Rectangle(
        x: x, y: line.midY - height / 2, width: plot.width * Double(part.bytes) / most,
        height: height)
      canvas.fill(box.inset(right: min(canvas.preset.cellGap, box.width / 2)), part.fill)
      if part.isOutlined, box.width > 2 * canvas.preset.axisWidth {
        canvas.outline(
          box, Stroke(canvas.theme.secondaryInk, width: canvas.preset.axisWidth * 1.4))
      }
      x = box.maxX
    }
    canvas.text(total, at: Point(x + canvas.em(0.4), line.midY), bold, vertical: .middle)
  }

  /// The names of the parts, each after a square of its colour.
  private func drawKey(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let theme = canvas.theme
    let small = canvas.style(.small)
    let square = canvas.em(0.7)
    let entries: [(String, Color, Bool)] = [
      (words.say(es: "pesos", en: "weights"), Kept.value.color(theme), false),
      (words.say(es: "gradiente", en: "gradient"), Kept.gradient.color(theme), false),
      (words.say(es: "momentos", en: "moments"), Kept.first.color(theme), false),
      (words.say(es: "W₀ congelada", en: "frozen W₀"), theme.color(.frozen), false),
      (words.say(es: "adaptador", en: "adapter"), theme.color(.update), false),
      (words.say(es: "entradas recordadas", en: "inputs remembered"), theme.panel, true),
    ]
    var x = frame.minX
    var y = frame.maxY - (canvas.isCompact ? canvas.lineHeight(small) : 0)
    for (name, fill, isOutlined) in entries {
      let width = square + canvas.em(0.3) + canvas.width(name, small)
      if x + width > frame.maxX {
        x = frame.minX
        y += canvas.lineHeight(small)
      }
      let box = Rectangle(x: x, y: y - square, width: square, height: square)
      canvas.fill(box, fill)
      if isOutlined {
        canvas.outline(box, Stroke(theme.secondaryInk, width: canvas.preset.axisWidth))
      }
      canvas.text(
        name, at: Point(x + square + canvas.em(0.3), y - square / 2), small, vertical: .middle)
      x += width + canvas.em(canvas.isCompact ? 0.7 : 1.2)
    }
  }
}
