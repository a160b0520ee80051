internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// How much of the leading directions of its change an adapter shares with full fine-tuning.
public struct UpdateOverlap: TrainedDemonstration {
  public let id = "update-overlap"
  public let parameters = RankStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    GeometryStudy.experiments(try RankStudy(self, input))
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try UpdateOverlapResult(GeometryStudy(RankStudy(self, input), input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "¿Cambian LoRA y el ajuste completo lo mismo?",
            en: "Do LoRA and full fine-tuning change the same?")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The shared part by the number of leading directions.
struct UpdateOverlapResult: Sendable {
  struct Line: Sendable {
    /// Nothing for full fine-tuning on other divisions.
    let rank: Int?
    /// By count of directions, the values of all seeds.
    let points: [(count: Int, values: [Double])]
  }

  let study: RankStudy
  let lines: [Line]
  let chance: [(count: Int, value: Double)]

  init(_ geometry: GeometryStudy) throws {
    study = geometry.study
    let counts = ExamUpdateGeometry.overlapCounts
    let all = try geometry.seeds(.overlaps)
    let ranks: [Int?] = GeometryStudy.ranks.map { $0 } + [nil]
    let byChance = try geometry.seeds(.chance)
    guard all.count == ranks.count * counts.count, byChance.count == counts.count else {
      throw ExperimentError.missing(name: ExamUpdateGeometry.Measure.overlaps.rawValue)
    }
    lines = ranks.enumerated().map { index, rank in
      Line(
        rank: rank,
        points: counts.indices.compactMap { place in
          guard counts[place] <= rank ?? Int.max else { return nil }
          return (counts[place], all[index * counts.count + place])
        })
    }
    chance = zip(counts, byChance).map { ($0, Statistics.median($1)) }
  }

  /// The median of a line for a count of directions.
  private func shared(_ rank: Int?, _ count: Int) -> Double {
    let line = lines.first { $0.rank == rank }
    return Statistics.median(line?.points.first { $0.count == count }?.values ?? [0])
  }
  private static let count = 8
  private var byChance: Double { chance.first { $0.count == Self.count }?.value ?? 0 }

  var named: [String: Value] {
    let (adapter, other) = (shared(8, Self.count), shared(nil, Self.count))
    return study.named.merging([
      "count": .integer(Self.count),
      "shared_8": .percentage(adapter, decimals: 0),
      "shared_32": .percentage(shared(32, Self.count), decimals: 0),
      "shared_other": .percentage(other, decimals: 0),
      "first_8": .percentage(shared(8, 1), decimals: 0),
      "first_other": .percentage(shared(nil, 1), decimals: 0),
      "chance": .percentage(byChance, decimals: 0),
      "over_chance": .number(adapter / max(byChance, 1e-9), decimals: 1),
      "above_chance": .flag(adapter > 1.5 * byChance),
      "below_other": .flag(adapter < 0.9 * other),
      "more_with_rank": .flag(shared(32, Self.count) > adapter),
    ]) { $1 }
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "overlaps",
        title: Phrase(es: "parte compartida con el completo", en: "part shared with full"),
        columns: [Phrase(es: "direcciones", en: "directions")]
          + GeometryStudy.ranks.map { Phrase("r = \($0)") }
          + [
            Phrase(es: "otro completo", en: "another full"), Phrase(es: "azar", en: "chance"),
          ],
        rows: chance.map { count, value in
          [.init(.integer(count))]
            + lines.map { line in
              line.points.first { $0.count == count }.map {
                .init(.percentage(Statistics.median($0.values), decimals: 0))
              } ?? .init(.code("–"))
            } + [.init(.percentage(value, decimals: 0))]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func share(_ value: Double) -> String { words.percentage(value, 0) }
    return words.say(
      es: """
        Líneas con la parte de las primeras direcciones que cada cambio comparte con el ajuste \
        completo, según cuántas se miran. Con \(Self.count): LoRA de rango 8, \
        \(share(shared(8, Self.count))); de rango 32, \(share(shared(32, Self.count))); otro ajuste \
        completo, \(share(shared(nil, Self.count))); al azar, \(share(byChance)).
        """,
      en: """
        Lines of the part of the leading directions that each change shares with full fine-tuning, by \
        how many are compared. With \(Self.count): LoRA of rank 8, \(share(shared(8, Self.count))); of \
        rank 32, \(share(shared(32, Self.count))); another full fine-tuning, \
        \(share(shared(nil, Self.count))); by chance, \(share(byChance)).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let body = canvas.drawStudyNote(study.note(words), in: frame)
    let looks: [(role: Role, dashes: [Double])] = [
      (.loraA, [1.5, 2]), (.update, []), (.loraB, [6, 2, 1.5, 2]), (.original, [6, 2.5]),
    ]
    let counts = ExamUpdateGeometry.overlapCounts
    BandPanel(
      heading: words.say(
        es: "parte compartida con el completo", en: "part shared with full fine-tuning"),
      series: zip(lines, looks).map { line, look in
        BandPanel.Series(
          name: line.rank.map { "r = \($0)" }
            ?? words.say(es: "otro completo", en: "another full"),
          role: look.role, points: line.points.map { (Double($0.count), $0.values) },
          dashes: look.dashes)
      } + [
        BandPanel.Series(
          name: words.say(es: "azar", en: "chance"), role: .frozen,
          points: chance.map { (Double($0.count), [$0.value]) })
      ],
      across: .ranks(
        counts, title: words.say(es: "primeras direcciones", en: "leading directions")),
      up: PlotFrame.Side(
        domain: 0...1, ticks: [0, 0.5, 1].map { ($0, words.percentage($0, 0)) })
    ).draw(in: body, on: &canvas)
  }
}
