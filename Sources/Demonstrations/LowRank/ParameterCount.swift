internal import Charts
internal import Drawing
internal import LinearAlgebra

/// How many numbers two factors take against the matrix, and the rank at which nothing is saved.
public struct ParameterCount: Demonstration {
  public let id = "parameter-count"
  public let parameters = [
    Parameter("rows", Phrase(es: "filas", en: "rows"), default: 384, range: 1...100_000),
    Parameter("columns", Phrase(es: "columnas", en: "columns"), default: 384, range: 1...100_000),
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 8, range: 1...100_000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = ParameterCountResult(
      rows: try input.weights?.matrix.rows ?? whole("rows", in: input),
      columns: try input.weights?.matrix.columns ?? whole("columns", in: input),
      rank: try whole("rank", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let share = words.percentage(result.share, result.share < 0.1 ? 1 : 0)
          return words.say(
            es: "Rango \(result.rank): el \(share) de los números",
            en: "Rank \(result.rank): \(share) of the numbers")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The counts of a shape.
struct ParameterCountResult: Sendable {
  let rows: Int
  let columns: Int
  let rank: Int

  var full: Int { rows * columns }
  func factors(_ rank: Int) -> Int { rank * (rows + columns) }
  var share: Double { Double(factors(rank)) / Double(full) }
  /// The rank at which two factors take as many numbers as the matrix.
  var breakEven: Double { Double(full) / Double(rows + columns) }

  private var breakEvenDecimals: Int {
    breakEven < 10 && breakEven != breakEven.rounded() ? 1 : 0
  }

  var named: [String: Value] {
    // The lowest rank that saves nothing.
    let equal = Int(breakEven.rounded(.up))
    return [
      "rows": .integer(rows), "columns": .integer(columns), "rank": .integer(rank),
      "full": .integer(full), "factors": .integer(factors(rank)),
      "share": .percentage(share, decimals: share < 0.1 ? 1 : 0),
      "break_even": .number(breakEven, decimals: breakEvenDecimals),
      "saves": .flag(Double(rank) < breakEven),
      "equal": .integer(equal), "equal_factors": .integer(factors(equal)),
      "below": .integer(equal - 1),
    ]
  }

  private var ranks: [Int] {
    let most = max(Int((breakEven * 1.25).rounded(.up)), rank, 2)
    return [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].filter { $0 < most } + [most]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "counts", title: Phrase(es: "números que se entrenan", en: "numbers that are trained"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase("r(d+k)"),
          Phrase(es: "parte de d·k", en: "share of d·k"),
        ],
        rows: ranks.dropFirst().map { rank in
          [
            .init(.integer(rank)), .init(.integer(factors(rank))),
            .init(.percentage(Double(factors(rank)) / Double(full), decimals: 1)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let crossing = words.number(breakEven, breakEven == breakEven.rounded() ? 0 : 1)
    return words.say(
      es: """
        Dos líneas según el rango: la horizontal son los \(words.integer(full)) números de la matriz \
        de \(rows)×\(columns) y la que sube, los de sus dos factores, r(d+k). Se cruzan en el rango \
        \(crossing); con rango \(rank) son \(words.integer(factors(rank))).
        """,
      en: """
        Two lines against the rank: the level one is the \(words.integer(full)) numbers of the \
        \(rows)×\(columns) matrix, and the rising one those of its two factors, r(d+k). They cross at \
        rank \(crossing); at rank \(rank) there are \(words.integer(factors(rank))).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let most = Double(ranks.last ?? 2)
    let top = Double(max(full, factors(ranks.last ?? 2))) * 1.08
    let names = ["d·k", "r(d+k)"]
    let right = LineChart.labelWidth(names, on: canvas)
    let ticks = Axis.roundTicks(
      0...top, length: frame.height, spacing: 4 * small.size, words: words
    ).map { (value: $0.value, label: $0.value == 0 ? "0" : words.label($0.value, 0)) }
    let probe = Axis(scale: Scale(domain: 0...top, from: 0, to: 1), ticks: ticks)
    let below = Axis(
      scale: probe.scale, ticks: ticks, title: words.say(es: "rango r", en: "rank r"))
    let plot = frame.inset(
      left: probe.width(on: canvas), top: canvas.lineHeight(small) + canvas.em(0.4), right: right,
      bottom: below.height(on: canvas))
    let xScale = Scale(domain: 0...most, from: plot.minX, to: plot.maxX)
    let yScale = Scale(domain: 0...top, from: plot.maxY, to: plot.minY)
    let unit = canvas.text(
      words.say(es: "números", en: "numbers"), at: Point(frame.minX, frame.minY), small,
      color: canvas.theme.secondaryInk, vertical: .top)
    Axis(scale: yScale, ticks: ticks).drawLeft(of: plot, on: &canvas)
    // A rank is a whole number.
    let rankTicks = Axis.roundTicks(
      0...most, length: plot.width, spacing: 5 * small.size, words: words
    ).filter { $0.value == $0.value.rounded() }.map { ($0.value, words.label($0.value, 0)) }
    Axis(scale: xScale, ticks: rankTicks, title: below.title).drawBelow(plot, on: &canvas)
    canvas.line(
      Point(xScale(breakEven), plot.minY), Point(xScale(breakEven), plot.maxY),
      Stroke(
        canvas.theme.rule, width: canvas.preset.axisWidth,
        dashes: [canvas.em(0.3), canvas.em(0.25)]))
    LineChart(
      series: [
        .init(
          name: names[0], role: .frozen,
          points: [Point(0, Double(full)), Point(most, Double(full))]),
        .init(
          name: names[1], role: .update,
          points: [Point(0, 0), Point(most, Double(factors(ranks.last ?? 2)))]),
      ], xScale: xScale, yScale: yScale
    ).draw(on: &canvas)
    let marked = Point(xScale(Double(rank)), yScale(Double(factors(rank))))
    canvas.dot(
      marked, radius: canvas.preset.lineWidth * 2.2, fill: canvas.theme.color(.update),
      stroke: Stroke(canvas.theme.background, width: canvas.preset.lineWidth * 0.5))
    let note = "r = \(words.number(breakEven, breakEvenDecimals))"
    let width = canvas.width(note, small)
    // Where the lines cross near the left edge, the note gives way to the name of the axis.
    let place = max(
      canvas.kept(xScale(breakEven), width: width), unit.maxX + canvas.em(0.6) + width / 2)
    canvas.text(
      note, at: Point(place, frame.minY), small, color: canvas.theme.secondaryInk, anchor: .middle,
      vertical: .top)
  }
}
