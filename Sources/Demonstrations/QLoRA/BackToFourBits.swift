internal import Charts
internal import Drawing
public import Experiments

/// What is left of a recovery when the adapter is merged back into four bits, and the verdict on the claim
/// that what quantizing loses may be recovered.
public struct BackToFourBits: TrainedDemonstration {
  public let id = "back-to-four-bits"
  public let parameters: [Parameter] = []

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    RecoveryRecords.experiments(for: input)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try BackToFourBitsResult(RecoveryRecords(input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.keepsInFourBits
            ? words.say(
              es: "Lo recuperado sobrevive a los 4 bits", en: "What was recovered survives 4 bits")
            : words.say(
              es: "Lo recuperado se vuelve a perder en 4 bits",
              en: "What was recovered is lost again in 4 bits")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          result.draw(on: &canvas, in: frame, note: input.quickNote(canvas.words))
        }))
  }
}

/// The recovered share at every rank, apart, and merged into four bits again.
struct BackToFourBitsResult: Sendable {
  struct Row: Sendable {
    let rank: Int
    let apart: Spread
    let merged: Spread
    let moved: Spread
    let right: Spread
    let mergedRight: Spread
  }

  let rows: [Row]
  let seeds: Int
  let across: PlotFrame.Side
  let best: Int
  let exactRight: Int
  let fourRight: Int
  let total: Int

  /// The share that has to be recovered to count as such, and the part of it that has to survive.
  static let enough = 0.5
  static let survives = 0.8

  init(_ records: RecoveryRecords) throws {
    rows = try records.ranks.map { rank in
      Row(
        rank: rank.rank, apart: try rank.recovered("trained"),
        merged: try rank.recovered("merged"), moved: try rank.recovered("moved"),
        right: try rank.seeds("trained.right"), mergedRight: try rank.seeds("merged.right"))
    }
    seeds = records.seedCount
    across = records.across
    best = records.best
    exactRight = Int(try records.first.number("exact.right"))
    fourRight = Int(try records.first.number("four.right"))
    total = Int(try records.first.number("total"))
  }

  private var top: Row { rows[best] }
  var recovers: Bool { top.apart.least >= Self.enough }
  var keepsInFourBits: Bool { top.merged.median >= Self.survives * top.apart.median }

  var verdict: Phrase {
    recovers
      ? keepsInFourBits
        ? ClaimOutcome.holds.phrase
        : ClaimOutcome.holdsWithLimit.phrase
      : ClaimOutcome.doesNotHold.phrase
  }

  var named: [String: Value] {
    let first = rows[0]
    return [
      "seeds": .integer(seeds), "low_rank": .integer(first.rank), "best_rank": .integer(top.rank),
      "low_recovered": .percentage(first.apart.median, decimals: 0),
      "recovered": .percentage(top.apart.median, decimals: 0),
      "recovered_least": .percentage(top.apart.least, decimals: 0),
      "recovered_most": .percentage(top.apart.greatest, decimals: 0),
      "left": .percentage(1 - top.apart.median, decimals: 0),
      "merged": .percentage(top.merged.median, decimals: 0),
      "merged_least": .percentage(top.merged.least, decimals: 0),
      "merged_most": .percentage(top.merged.greatest, decimals: 0),
      "kept": .percentage(
        top.apart.median > 0 ? top.merged.median / top.apart.median : 0, decimals: 0),
      "moved": .percentage(top.moved.median, decimals: 0),
      "exact_right": .integer(exactRight), "four_right": .integer(fourRight),
      "right": .integer(Int(top.right.median.rounded())),
      "merged_right": .integer(Int(top.mergedRight.median.rounded())), "total": .integer(total),
      "enough": .percentage(Self.enough, decimals: 0),
      "survives": .percentage(Self.survives, decimals: 0),
      "recovers": .flag(recovers), "keeps": .flag(keepsInFourBits),
      "moved_helps_little": .flag(top.moved.median < 0.5 * top.apart.median),
      "verdict": .words(verdict), "claim_number": .percentage(top.merged.median, decimals: 0),
      "claim_measure": .words(
        Phrase(
          es: "del error de 4 bits vuelve al fusionar en 4",
          en: "of the 4-bit error comes back, merged in 4")),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "recovered", title: Phrase(es: "parte recuperada", en: "share recovered"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase(es: "aparte o en 32 bits", en: "apart or in 32"),
          Phrase(es: "menor", en: "least"), Phrase(es: "mayor", en: "most"),
          Phrase(es: "de vuelta a 4 bits", en: "back in 4 bits"),
          Phrase(es: "menor", en: "least"), Phrase(es: "mayor", en: "most"),
        ],
        rows: rows.map { row in
          [.init(.integer(row.rank))]
            + [row.apart, row.merged].flatMap { [$0.median, $0.least, $0.greatest] }.map {
              .init(.percentage($0, decimals: 1))
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = rows.map { row in
      let (apart, merged) = (
        words.percentage(row.apart.median, 0), words.percentage(row.merged.median, 0)
      )
      return words.say(
        es: "rango \(row.rank), \(apart) y \(merged)",
        en: "rank \(row.rank), \(apart) and \(merged)")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Dos curvas según el rango, con una banda de \(seeds) semillas: la parte del error de las \
        salidas que el adaptador recupera mientras está aparte, y la que queda si se funde y se vuelve \
        a 4 bits. \(list).
        """,
      en: """
        Two curves against the rank, with a band of \(seeds) seeds: the share of the error of the \
        outputs that the adapter recovers while it is apart, and what is left if it is merged and \
        brought back to 4 bits. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle, note: String) {
    let words = canvas.words
    var across = across
    across.title = words.say(es: "rango del adaptador", en: "rank of the adapter")
    let places = rows.map { Double($0.rank) }
    let low = min(rows.map(\.merged.least).min() ?? 0, 0)
    // Tenths below zero, where merging has made things worse than no adapter.
    let floor = (low * 10).rounded(.down) / 10
    SeedPanel(
      heading: words.say(
        es: "parte recuperada del error de las salidas",
        en: "recovered share of the error of the outputs"),
      series: [
        .init(
          name: words.say(es: "aparte, o en 32 bits", en: "apart, or in 32 bits"), role: .update,
          places: places, values: rows.map(\.apart.values)),
        .init(
          name: words.say(es: "de vuelta a 4 bits", en: "back in 4 bits"), role: .quantized,
          places: places, values: rows.map(\.merged.values), dashes: [4, 2]),
      ], across: across,
      up: .init(
        domain: floor...1,
        ticks: Ticks.linear(floor...1, count: canvas.isCompact ? 3 : 5).map {
          ($0, words.percentage($0, 0))
        })
    ).draw(in: frame, on: &canvas)
    canvas.drawQuickNote(note, in: frame)
  }
}
