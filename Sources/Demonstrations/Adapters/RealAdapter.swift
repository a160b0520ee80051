internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// An adapter beside a real weight matrix, drawn to scale, with what it costs and what one step does.
public struct RealAdapter: Demonstration {
  public let id = "real-adapter"
  public let parameters = [
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 8, range: 1...512)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try finiteWeights(in: input, atLeast: 2)
    let matrix = weights.matrix
    let rank = min(try whole("rank", in: input), matrix.rows, matrix.columns)
    let result = try RealAdapterResult(weights: weights, rank: rank, seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let share = words.percentage(result.count.share, 1)
          return words.say(
            es: "A escala: rango \(words.integer(rank)), el \(share) de los números",
            en: "To scale: rank \(words.integer(rank)), \(share) of the numbers")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in RealAdapterDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// A weight with an adapter that has made its first step.
struct RealAdapterResult: Sendable {
  static let examples = 16

  let weights: NamedWeights
  /// After the first step: B is no longer zero.
  let adapter: LoRAAdapter
  let updateRank: Int
  /// The loss after the first step, as a share of that before it.
  let lossLeft: Double

  init(weights: NamedWeights, rank: Int, seed: UInt64) throws {
    self.weights = weights
    let matrix = weights.matrix
    var generator = RandomGenerator(seed: seed)
    let fresh = try LoRAAdapter.start(
      for: matrix, LoRAConfiguration(rank: rank, alpha: Double(rank)), using: &generator
    ).adapter
    // Every output of every example is asked to move, by some random number of about one.
    let x = Matrix.randomNormal(
      rows: Self.examples, columns: matrix.columns, using: &generator)
    let missed = Matrix.randomNormal(
      rows: Self.examples, columns: matrix.rows, using: &generator)
    // The update gets the size of the weights.
    let size = max(Statistics.standardDeviation(matrix.values), 1e-30)
    let gradient = try fresh.gradients(upstream: missed, input: x, weight: matrix).loraB
    // The step that lowers the loss most along this gradient.
    let along = x.multiplied(by: fresh.loraA.transposed).multiplied(by: gradient.transposed)
    let length = along.norm > 0 ? gradient.norm * gradient.norm / (along.norm * along.norm) : 0
    let moved = missed - Float(length) * along
    lossLeft =
      missed.norm > 0 ? (moved.norm / missed.norm) * (moved.norm / missed.norm) : 1
    adapter = try LoRAAdapter(
      loraA: fresh.loraA, loraB: Float(-length * size) * gradient, scaling: fresh.scaling)
    updateRank = try SingularValueDecomposition(adapter.loraB).rank
  }

  var rank: Int { adapter.rank }
  var count: ParameterCountResult {
    ParameterCountResult(
      rows: weights.matrix.rows, columns: weights.matrix.columns, rank: rank)
  }

  /// Whether the adapter is small, of low rank, and has learned something.
  private var isSmall: Bool { count.factors(rank) < count.full }

  var named: [String: Value] {
    let learns = lossLeft < 1 && updateRank <= rank
    return [
      "name": .code(weights.name), "rows": .integer(count.rows), "columns": .integer(count.columns),
      "rank": .integer(rank), "full": .integer(count.full),
      "trained": .integer(count.factors(rank)),
      "share": .percentage(count.share, decimals: 1),
      "times": .number(Double(count.full) / Double(count.factors(rank)), decimals: 1),
      "break_even": .number(count.breakEven, decimals: 0),
      "update_rank": .integer(updateRank), "examples": .integer(Self.examples),
      "loss_fell": .percentage(1 - lossLeft, decimals: 0), "saves": .flag(isSmall),
      "kilobytes": .number(Double(count.factors(rank)) * 2 / 1000, decimals: 1),
      "full_kilobytes": .number(Double(count.full) * 2 / 1000, decimals: 1),
      "verdict": .words(
        learns && isSmall
          ? Phrase(es: "se cumple", en: "holds")
          : learns
            ? Phrase(es: "se cumple, con un límite", en: "holds, with a limit")
            : Phrase(es: "aquí no se cumple", en: "does not hold here")),
    ]
  }

  /// The ranks that are listed: powers of two up to the shorter side, and that of the adapter.
  var ranks: [Int] {
    let most = min(count.rows, count.columns)
    return Array(
      Set([1, 4, 16, 64, 256, rank].filter { $0 <= most })
    ).sorted()
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "ranks", title: Phrase(es: "lo que se entrena", en: "what is trained"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase(es: "números", en: "numbers"),
          Phrase(es: "parte", en: "share"),
        ],
        rows: ranks.map { rank in
          [
            .init(.integer(rank)), .init(.integer(count.factors(rank))),
            .init(
              .percentage(Double(count.factors(rank)) / Double(count.full), decimals: 1)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        La matriz congelada de \(count.rows)×\(count.columns) como mapa de calor y, a la misma \
        escala, la tira B a su izquierda y la tira A encima, de \(rank) números de ancho. Se \
        entrenan \(words.integer(count.factors(rank))) números en lugar de \
        \(words.integer(count.full)): el \(words.percentage(count.share, 1)).
        """,
      en: """
        The frozen \(count.rows)×\(count.columns) matrix as a heat map and, on the same scale, the \
        strip B on its left and the strip A above it, \(rank) numbers wide. \
        \(words.integer(count.factors(rank))) numbers are trained instead of \
        \(words.integer(count.full)): \(words.percentage(count.share, 1)).
        """)
  }
}

/// Draws the weight with both strips beside it, and a table of ranks.
struct RealAdapterDrawing {
  let result: RealAdapterResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let compact = canvas.isCompact
    let small = canvas.style(.small)
    let base = canvas.style(compact ? .small : .base, bold: true)
    let count = result.count
    var table = TableChart(
      head: [
        words.say(es: "rango", en: "rank"), words.say(es: "números", en: "numbers"),
        words.say(es: "parte", en: "share"),
      ],
      rows: result.ranks.map { rank in
        [
          words.integer(rank), words.integer(count.factors(rank)),
          words.percentage(Double(count.factors(rank)) / Double(count.full), 1),
        ]
      }, alignments: [.right, .right, .right])
    if let own = result.ranks.firstIndex(of: result.rank) {
      table.boldRows = [own]
      table.rowColors = [own: canvas.theme.color(.update)]
    }
    let style = compact ? small : canvas.style(.base)
    let tableWidth = table.minimumWidth(style, on: canvas) + canvas.em(compact ? 0 : 2)
    let between = canvas.em(compact ? 1 : 3)
    let apart = canvas.em(0.5)
    let nameHeight = canvas.lineHeight(base)
    let nameWidth = canvas.width("B", base) + canvas.em(0.4)

    // One length for a row and for a column, so that the strips are as thin as they are.
    let rows = Double(count.rows)
    let columns = Double(count.columns)
    let rank = Double(result.rank)
    let room = Size(
      width: frame.width - tableWidth - between - apart - nameWidth,
      height: frame.height - apart - 2 * nameHeight)
    let longest = max(rows, columns)
    // A very long matrix is stretched to a readable shape.
    let stretchX = max(1, longest / columns / 6)
    let stretchY = max(1, longest / rows / 6)
    let cell = min(
      room.width / ((columns + rank) * stretchX), room.height / ((rows + rank) * stretchY),
      canvas.em(3) / min(stretchX, stretchY))
    let (cellX, cellY) = (cell * stretchX, cell * stretchY)
    let used = nameWidth + rank * cellX + apart + columns * cellX + between + tableWidth
    let height = nameHeight * 2 + rank * cellY + apart + rows * cellY
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let top = frame.minY + max(0, (frame.height - height) / 2)
    let weightFrame = Rectangle(
      x: left + nameWidth + rank * cellX + apart, y: top + nameHeight + rank * cellY + apart,
      width: columns * cellX, height: rows * cellY)
    let stripA = Rectangle(
      x: weightFrame.x, y: top + nameHeight, width: weightFrame.width, height: rank * cellY)
    let stripB = Rectangle(
      x: left + nameWidth, y: weightFrame.y, width: rank * cellX, height: weightFrame.height)
    for (matrix, place) in [
      (result.weights.matrix, weightFrame), (result.adapter.loraA, stripA),
      (result.adapter.loraB, stripB),
    ] {
      canvas.heatMap(matrix, limit: Self.limit(of: matrix), in: place)
    }
    canvas.text(
      "A", at: Point(stripA.midX, stripA.minY - canvas.em(0.3)), base,
      color: canvas.theme.color(.loraA), anchor: .middle, vertical: .bottom)
    canvas.text(
      "B", at: Point(stripB.minX - canvas.em(0.4), stripB.midY), base,
      color: canvas.theme.color(.loraB), anchor: .end, vertical: .middle)
    canvas.frozenName(
      "W₀ \(count.rows)×\(count.columns)",
      at: Point(
        canvas.kept(
          weightFrame.midX,
          width: canvas.width("W₀ \(count.rows)×\(count.columns)", base) + base.size),
        weightFrame.maxY + canvas.em(0.3)), base, anchor: .middle)
    let tableHeight = table.height(style)
    let tableFrame = Rectangle(
      x: weightFrame.maxX + between, y: max(frame.minY, weightFrame.midY - tableHeight / 2),
      width: tableWidth, height: tableHeight)
    table.draw(in: tableFrame, style, on: &canvas)
  }

  /// Three standard deviations, so that a few large numbers do not pale the rest.
  private static func limit(of matrix: Matrix) -> Double {
    let largest = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0)
    let deviation = Statistics.standardDeviation(matrix.values)
    return ColorScale.roundLimit(deviation > 0 ? min(largest, 3 * deviation) : largest)
  }
}
