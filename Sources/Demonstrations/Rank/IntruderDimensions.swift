internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// How many of the leading directions of W + ΔW are like none of W, after full fine-tuning and with adapters.
public struct IntruderDimensions: TrainedDemonstration {
  public let id = "intruder-dimensions"
  public let parameters = RankStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    GeometryStudy.experiments(try RankStudy(self, input))
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try IntruderResult(GeometryStudy(RankStudy(self, input), input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.adaptersHaveMore
            ? words.say(
              es: "LoRA deja direcciones que W no tenía",
              en: "LoRA leaves directions that W did not have")
            : words.say(
              es: "Direcciones que W no tenía", en: "Directions that W did not have")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The counts of intruders.
struct IntruderResult: Sendable {
  let study: RankStudy
  /// By run, the counts of all seeds.
  let counts, sizes: [[Double]]
  let directions: Int

  init(_ geometry: GeometryStudy) throws {
    study = geometry.study
    counts = try geometry.seeds(.intruders)
    sizes = try geometry.seeds(.relativeSize)
    guard counts.count == GeometryStudy.ranks.count + 1, sizes.count == counts.count else {
      throw ExperimentError.missing(name: ExamUpdateGeometry.Measure.intruders.rawValue)
    }
    directions = Int(try geometry.seeds(.directions).first?.first ?? 0)
  }

  private var medians: [Double] { counts.map { Statistics.median($0) } }
  /// Whether every adapter has more of them than full fine-tuning, with every seed.
  var adaptersHaveMore: Bool {
    counts.dropFirst().allSatisfy { ($0.min() ?? 0) > (counts[0].max() ?? 0) }
  }

  var named: [String: Value] {
    var values = study.named
    for (rank, median) in zip(GeometryStudy.ranks, medians.dropFirst()) {
      values["intruders_\(rank)"] = .number(median, decimals: 0)
    }
    let adapters = medians.dropFirst()
    return values.merging([
      "intruders_full": .number(medians[0], decimals: 0), "directions": .integer(directions),
      "looked_at": .integer(ExamUpdateGeometry.lookedAt),
      "threshold": .number(ExamUpdateGeometry.threshold, decimals: 1),
      "size_full": .percentage(Statistics.median(sizes[0]), decimals: 0),
      "size_8": .percentage(Statistics.median(sizes[2]), decimals: 0),
      "adapters_more": .flag(adaptersHaveMore),
      "full_has_none": .flag(medians[0] == 0),
      "falls_with_rank": .flag(zip(adapters, adapters.dropFirst()).allSatisfy { $0 >= $1 }),
    ]) { $1 }
  }

  private func share(_ count: Double) -> Double { count / Double(max(directions, 1)) }

  var tables: [DataTable] {
    [
      DataTable(
        id: "intruders", title: Phrase(es: "direcciones intrusas", en: "intruder dimensions"),
        columns: [
          Phrase(es: "cambio", en: "change"), Phrase(es: "mediana", en: "median"),
          Phrase(es: "mínimo", en: "least"), Phrase(es: "máximo", en: "most"),
          Phrase(es: "de todas", en: "of all"),
        ],
        rows: zip(
          [Phrase(es: "completo", en: "full")] + GeometryStudy.ranks.map { Phrase("r = \($0)") },
          counts
        ).map { name, seeds in
          [
            .init(.words(name)), .init(.number(Statistics.median(seeds), decimals: 0)),
            .init(.number(seeds.min() ?? 0, decimals: 0)),
            .init(.number(seeds.max() ?? 0, decimals: 0)),
            .init(.percentage(share(Statistics.median(seeds)), decimals: 0)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = zip(GeometryStudy.runNames(words), medians).map {
      "\($0): \(words.number($1, 0))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Una fila por cada cambio con cuántas de las \(directions) direcciones principales de las capas \
        no se parecen a ninguna de las de antes, con \(study.seeds.count) semillas como puntos. \(list).
        """,
      en: """
        A row for each change with how many of the \(directions) leading directions of the layers are \
        like none from before, with \(study.seeds.count) seeds as dots. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let body = canvas.drawStudyNote(study.note(words), in: frame)
    RangeRows(
      rows: zip(GeometryStudy.runNames(words), zip(counts, sizes)).enumerated().map { index, row in
        RangeRows.Row(
          name: row.0,
          note: "‖ΔW‖/‖W‖ " + words.percentage(Statistics.median(row.1.1), 0),
          values: row.1.0, role: index == 0 ? .original : .update)
      },
      heading: words.say(
        es: "intrusas entre \(directions) direcciones",
        en: "intruders among \(directions) directions"), decimals: 0
    ).draw(in: body, on: &canvas)
  }
}
