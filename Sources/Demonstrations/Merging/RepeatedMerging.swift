internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Merging and unmerging in bfloat16, again and again: the same update, or a new one each time.
public struct RepeatedMerging: Demonstration {
  public let id = "repeated-merging"
  public let parameters = [
    Parameter.rank(8), Parameter.share(0.2),
    Parameter(
      "cycles", Phrase(es: "ciclos de fusionar y separar", en: "cycles of merging and unmerging"),
      default: 40, range: 2...200),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToAdapt(in: input)
    let (rank, cycles) = (try whole("rank", in: input), try whole("cycles", in: input))
    let share = try value(of: "share", in: input)
    var generator = RandomGenerator(seed: input.seed)
    let adapters = try (0..<cycles).map { _ in
      try LoRAAdapter.drawn(for: weights.matrix, rank: rank, share: share, using: &generator)
    }
    let result = RepeatedMergingResult(
      count: weights.matrix.count, cycles: cycles,
      spread: Statistics.standardDeviation(weights.matrix.values),
      same: try MergeDrift(
        of: weights.matrix, updates: repeatElement(adapters[0].deltaWeight, count: cycles)),
      // One update at a time: all of them together would take the room of many weights.
      others: try MergeDrift(of: weights.matrix, updates: adapters.lazy.map(\.deltaWeight)))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.grows && result.stays
            ? words.say(
              es: "El mismo cambio daña una vez; otro cada vez, siempre",
              en: "The same update harms once; a new one, every time")
            : words.say(
              es: "Fusionar y separar en 16 bits deja huella",
              en: "Merging and unmerging in 16 bits leaves traces")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The share of weights that changed and the largest change, after every cycle.
struct RepeatedMergingResult: Sendable {
  let count: Int
  let cycles: Int
  /// The standard deviation of the weights, to compare changes with.
  let spread: Double
  let same: MergeDrift
  let others: MergeDrift

  /// Whether nothing changes any more after the first two cycles with the same update.
  var stays: Bool {
    same.changed.dropFirst(2).allSatisfy { $0 == same.changed[1] }
      && same.largest.dropFirst(2).allSatisfy { $0 == same.largest[1] }
  }
  /// Whether new updates change ever more weights.
  var grows: Bool { (others.changed.last ?? 0) > 1.2 * (others.changed.first ?? 0) }

  var named: [String: Value] {
    [
      "count": .integer(count), "cycles": .integer(cycles),
      "first": .percentage(same.changed[0], decimals: 0),
      "same_last": .percentage(same.changed.last ?? 0, decimals: 0),
      "others_last": .percentage(others.changed.last ?? 0, decimals: 0),
      "same_largest": .significant(same.largest.last ?? 0, digits: 2),
      "others_largest": .significant(others.largest.last ?? 0, digits: 2),
      "growth": .significant(
        (same.largest.last ?? 0) > 0
          ? (others.largest.last ?? 0) / (same.largest.last ?? 1) : 0, digits: 2),
      "spread": .significant(spread, digits: 2),
      "stays": .flag(stays), "grows": .flag(grows),
    ]
  }

  var tables: [DataTable] {
    let shown = [1, 2, 3, 5, 10, 20, 40, 80, 160, 200].filter { $0 <= cycles }
    return [
      DataTable(
        id: "drift", title: Phrase(es: "pesos distintos", en: "weights that differ"),
        columns: [
          Phrase(es: "ciclos", en: "cycles"), Phrase(es: "mismo cambio", en: "same update"),
          Phrase(es: "mayor diferencia", en: "largest difference"),
          Phrase(es: "cambio nuevo", en: "new update"),
          Phrase(es: "mayor diferencia", en: "largest difference"),
        ],
        rows: shown.map { cycle in
          [
            .init(.integer(cycle)), .init(.percentage(same.changed[cycle - 1], decimals: 1)),
            .init(.significant(same.largest[cycle - 1], digits: 2)),
            .init(.percentage(others.changed[cycle - 1], decimals: 1)),
            .init(.significant(others.largest[cycle - 1], digits: 2)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        Dos gráficas según el número de ciclos, hasta \(cycles): la parte de los pesos que ya no son \
        los originales y la mayor diferencia. Con el mismo cambio cada vez, la línea está en \
        \(value("first")) tras el primer ciclo y en \(value("same_last")) al final; con un cambio \
        nuevo cada vez, acaba en \(value("others_last")), y la mayor diferencia es \
        \(value("others_largest")) en lugar de \(value("same_largest")).
        """,
      en: """
        Two charts against the number of cycles, up to \(cycles): the share of weights that are no \
        longer the original ones, and the largest difference. With the same update each time, the \
        line is at \(value("first")) after the first cycle and at \(value("same_last")) in the end; \
        with a new update each time it ends at \(value("others_last")), and the largest difference \
        is \(value("others_largest")) instead of \(value("same_largest")).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let panels = canvas.isCompact ? [frame] : frame.columns([0.56, 0.44], gap: canvas.em(2))
    func series(_ values: (MergeDrift) -> [Double]) -> [LineChart.Series] {
      let named: [(String, Role, MergeDrift)] = [
        (words.say(es: "cambio nuevo", en: "new update"), .error, others),
        (words.say(es: "mismo cambio", en: "same update"), .merged, same),
      ]
      return named.map { name, role, drift in
        LineChart.Series(
          name: name, role: role,
          points: values(drift).enumerated().map { Point(Double($0.offset + 1), $0.element) })
      }
    }
    let across = PlotFrame.Side(
      domain: 1...Double(cycles),
      ticks: Axis.roundTicks(
        1...Double(cycles), length: panels.last?.width ?? 1, spacing: 6 * small.size, words: words),
      title: words.say(es: "ciclos", en: "cycles"))
    let most = max((same.changed + others.changed).max() ?? 0, 1e-9)
    // A scale up to all weights, unless so few change that nothing would be seen.
    let top = most > 0.4 ? 1 : ColorScale.roundLimit(most * 1.05)
    let shares = Axis.roundTicks(
      0...top * 100, length: frame.height, spacing: 4 * small.size, words: words)
    LinePanel(
      heading: words.say(es: "pesos que cambian", en: "weights that change"),
      series: series(\.changed), across: across,
      up: PlotFrame.Side(
        domain: 0...top,
        ticks: shares.map { ($0.value / 100, $0.label + words.say(es: " %", en: "%")) })
    ).draw(in: panels[0], on: &canvas)
    guard panels.count > 1 else { return }
    let largest = (same.largest + others.largest).max() ?? 0
    let limit = largest > 0 ? largest * 1.08 : 1
    LinePanel(
      heading: words.say(es: "mayor diferencia", en: "largest difference"),
      series: series(\.largest), across: across,
      up: PlotFrame.Side(
        domain: 0...limit,
        ticks: Axis.roundTicks(
          0...limit, length: frame.height, spacing: 4 * small.size, words: words)),
      isNamed: false
    ).draw(in: panels[1], on: &canvas)
  }
}
