internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The output of weight and adapter side by side against that of the merged weight.
public struct TwoBranches: Demonstration {
  public let id = "two-branches"
  public let parameters =
    SmallLayer.parameters + [
      Parameter(
        "inputs", Phrase(es: "entradas que se prueban", en: "inputs that are tried"), default: 200,
        range: 1...1000)
    ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    var generator = RandomGenerator(seed: input.seed &+ 1)
    let result = try TwoBranchesResult(
      layer: smallLayer(in: input), count: whole("inputs", in: input), using: &generator)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isEqual
            ? words.say(
              es: "Dos ramas o una matriz: la misma salida",
              en: "Two branches or one matrix: the same output")
            : words.say(
              es: "Dos ramas y una matriz: aquí no dan lo mismo",
              en: "Two branches and one matrix: not the same here")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in TwoBranchesDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// The outputs of both ways, and how far apart they are.
struct TwoBranchesResult: Sendable {
  let layer: SmallLayer
  /// The number of inputs.
  let count: Int
  /// The two branches for the first input, [out].
  let base: [Float]
  let branch: [Float]
  /// The outputs of both ways, [inputs, out].
  let beside: Matrix
  let merged: Matrix

  init(
    layer: SmallLayer, count: Int, using generator: inout RandomGenerator
  ) throws {
    self.layer = layer
    self.count = count
    // One decimal each, so that the products can be checked by hand.
    let drawn = Matrix.randomNormal(
      rows: count, columns: layer.weight.columns, using: &generator)
    let inputs = Matrix(
      rows: drawn.rows, columns: drawn.columns,
      values: drawn.values.map { Float((Double($0) * 10).rounded() / 10) })
    let first = inputs[rows: 0..<1, columns: 0..<inputs.columns]
    base = first.multiplied(by: layer.weight.transposed).values
    let alone = try layer.adapter.output(
      of: first, weight: .zeros(rows: layer.weight.rows, columns: layer.weight.columns))
    branch = alone.values
    beside = try layer.adapter.output(of: inputs, weight: layer.weight)
    merged = inputs.multiplied(by: layer.merged.weight.transposed)
  }

  var largest: Double {
    zip(beside.values, merged.values).map { Double(($0 - $1).magnitude) }.max() ?? 0
  }
  /// Differences in units of the last place of the larger number.
  var steps: [Int] {
    zip(beside.values, merged.values).map { one, other in
      let unit = max(one.magnitude, other.magnitude).ulp
      return Int(min(((one - other) / unit).magnitude.rounded(), 1e6))
    }
  }
  /// The share of outputs that are 0, 1, 2, 3 or more last places apart.
  var shares: [Double] {
    var counts = Array(repeating: 0, count: 4)
    let all = steps
    for step in all { counts[min(step, 3)] += 1 }
    return counts.map { Double($0) / Double(max(all.count, 1)) }
  }
  var size: Double { Double(Statistics.absoluteMaximum(merged.values)?.value.magnitude ?? 0) }
  /// Whether nothing but rounding tells the outputs apart.
  var isEqual: Bool { largest <= 1e-5 * max(size, 1e-30) }

  var named: [String: Value] {
    let identical = steps.count { $0 == 0 }
    let relative = size > 0 ? largest / size : 0
    func first(_ values: [Float]) -> Value {
      .number(Double(values.first ?? 0), decimals: decimals)
    }
    return [
      "inputs": .integer(count), "outputs": .integer(merged.count),
      "largest": .significant(largest, digits: 2), "size": .significant(size, digits: 3),
      "relative": .significant(relative, digits: 2),
      "identical": .percentage(shares[0], decimals: 0),
      "identical_count": .integer(identical),
      "is_equal": .flag(isEqual), "differs": .flag(largest > 0),
      "base": first(base), "branch": first(branch), "sum": first(beside.values),
      "one": first(merged.values),
      "machine_step": .significant(Double(Float.ulpOfOne), digits: 2),
    ]
  }

  var decimals: Int { decimalsFor(Array(merged.values.prefix(merged.columns))) }

  var tables: [DataTable] {
    let columns = [
      Phrase("x W₀ᵀ"), Phrase("s·(x Aᵀ) Bᵀ"), Phrase(es: "suma", en: "sum"), Phrase("x Wᵀ"),
      Phrase(es: "diferencia", en: "difference"),
    ]
    let rows = (0..<min(merged.columns, 12)).map { index -> [DataTable.Cell] in
      let values = [base[index], branch[index], beside.values[index], merged.values[index]]
      let difference = Double(beside.values[index] - merged.values[index])
      return values.map { .init(.number(Double($0), decimals: decimals)) }
        + [.init(.significant(difference, digits: 2))]
    }
    return [
      DataTable(
        id: "outputs", title: Phrase(es: "la primera entrada", en: "the first input"),
        columns: columns, rows: rows)
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let most = words.numbers.significant(largest, digits: 2)
    return words.say(
      es: """
        A la izquierda, las salidas de una entrada por los dos caminos: la rama de W₀ más la del \
        adaptador, y la matriz fusionada; coinciden en todas las cifras escritas. A la derecha, \
        barras: el \(words.percentage(shares[0], 0)) de \(words.integer(merged.count)) salidas son \
        idénticas y las demás difieren en las últimas cifras. La mayor diferencia es \(most).
        """,
      en: """
        On the left, the outputs of one input both ways: the branch of W₀ plus that of the adapter, \
        and the merged matrix; they agree in every digit that is written. On the right, bars: \
        \(words.percentage(shares[0], 0)) of \(words.integer(merged.count)) outputs are identical \
        and the others differ in their last digits. The largest difference is \(most).
        """)
  }
}

/// Draws the outputs as columns of cells, and the differences as bars.
struct TwoBranchesDrawing {
  let result: TwoBranchesResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let parts = frame.columns(canvas.isCompact ? [0.6, 0.4] : [0.58, 0.42], gap: canvas.em(2))
    drawColumns(in: parts[0], on: &canvas)
    drawBars(in: parts[1], on: &canvas)
  }

  private func drawColumns(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let base = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small, bold: true)
    canvas.text(
      words.say(es: "una entrada", en: "one input"), at: Point(frame.minX, frame.minY), base,
      vertical: .top)
    let body = frame.inset(top: canvas.lineHeight(base) + canvas.em(0.4))
    let shown = min(result.merged.columns, 6)
    let columns: [(title: String, values: [Float], role: Role, sign: String)] = [
      ("W₀", result.base, .frozen, "+"), ("s·B·A", result.branch, .update, "="),
      (words.say(es: "suma", en: "sum"), result.beside.values, .original, "≈"),
      ("W", result.merged.values, .merged, ""),
    ]
    let largest = columns.flatMap { $0.values.prefix(shown) }.map(\.magnitude).max() ?? 1
    let limit = ColorScale.roundLimit(Double(largest))
    let charts = columns.map {
      MatrixChart(
        Matrix(rows: shown, columns: 1, values: Array($0.values.prefix(shown))), limit: limit,
        decimals: result.decimals, context: canvas.context)
    }
    let head = canvas.lineHeight(small) + canvas.em(0.2)
    let sign = canvas.em(1.5)
    let cell = Size(
      width: min((body.width - 3 * sign) / 4, canvas.em(6)),
      height: min((body.height - head) / Double(shown), canvas.em(3)))
    let gap = canvas.preset.cellGap
    var fitting = charts
    for index in fitting.indices { fitting[index].aspect = (cell.height - gap) / cell.width }
    let labels = MatrixChart.labelStyle(for: fitting, cellWidth: cell.width, on: canvas)
    let pitch = (body.width - cell.width) / 3
    let height = cell.height * Double(shown)
    let top = body.minY + head + max(0, (body.height - head - height) / 2)
    for (index, (column, chart)) in zip(columns, fitting).enumerated() {
      let x = body.minX + Double(index) * pitch
      canvas.text(
        column.title, at: Point(x + cell.width / 2, top - canvas.em(0.35)), small,
        color: canvas.theme.color(column.role), anchor: .middle, vertical: .bottom)
      chart.draw(at: Point(x, top), cellWidth: cell.width, gap: gap, labels: labels, on: &canvas)
      canvas.text(
        column.sign, at: Point(x + (cell.width + pitch) / 2, top + height / 2),
        canvas.style(.base, bold: true), color: canvas.theme.secondaryInk, anchor: .middle,
        vertical: .middle)
    }
  }

  private func drawBars(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let base = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    canvas.text(
      words.say(es: "pasos del último bit", en: "steps of the last bit"),
      at: Point(frame.minX, frame.minY), base, vertical: .top)
    let body = frame.inset(top: canvas.lineHeight(base) + canvas.em(0.4))
    let names = ["0", "1", "2", words.say(es: "3 o más", en: "3 or more")]
    let note =
      words.say(es: "mayor: ", en: "largest: ")
      + words.numbers.significant(result.largest, digits: 2)
    let (foot, plot) = body.cutBottom(canvas.lineHeight(small), gap: canvas.em(0.4))
    BarRows(
      rows: zip(names, result.shares).enumerated().map { index, entry in
        BarRows.Row(
          name: entry.0, value: entry.1, label: words.percentage(entry.1, 0),
          fill: canvas.theme.color(index == 0 ? .merged : .error))
      }, limit: max(result.shares.max() ?? 1, 1e-9)
    ).draw(in: plot, on: &canvas)
    canvas.text(
      note, at: Point(plot.minX, foot.minY), small, color: canvas.theme.color(.error),
      vertical: .top)
  }
}
