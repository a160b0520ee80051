internal import Charts
internal import Drawing
public import Experiments
internal import LinearAlgebra

/// The singular values of what full fine-tuning and adapters of some ranks change in a layer, beside those of its
/// weights.
public struct UpdateSpectra: TrainedDemonstration {
  public let id = "update-spectra"
  public let parameters = RankStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    GeometryStudy.experiments(try RankStudy(self, input))
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try UpdateSpectraResult(GeometryStudy(RankStudy(self, input), input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isConcentrated
            ? words.say(
              es: "Sin adaptador, el cambio ya cabe en pocas láminas",
              en: "Without an adapter, the change fits few sheets")
            : words.say(
              es: "Sin adaptador, el cambio usa muchas láminas",
              en: "Without an adapter, the change uses many sheets")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The spectra of a layer, and the ranks that hold nine tenths in all layers.
struct UpdateSpectraResult: Sendable {
  let study: RankStudy
  /// The weights, full fine-tuning, then the ranks, of the first seed.
  let spectra: [[Double]]
  /// By run, the values of all seeds: means over layers.
  let ninety, sizes: [[Double]]
  let weightNinety: Double

  init(_ geometry: GeometryStudy) throws {
    study = geometry.study
    spectra = try geometry.parts(.spectra, count: GeometryStudy.ranks.count + 2)
    ninety = try geometry.seeds(.ninety)
    sizes = try geometry.seeds(.relativeSize)
    guard ninety.count == GeometryStudy.ranks.count + 1, sizes.count == ninety.count else {
      throw ExperimentError.missing(name: ExamUpdateGeometry.Measure.ninety.rawValue)
    }
    weightNinety = Statistics.median(try geometry.seeds(.weightNinety).first ?? [])
  }

  private var side: Int { spectra[0].count }
  private var full: Double { Statistics.median(ninety[0]) }
  /// Whether the change takes clearly fewer sheets than the weights do.
  var isConcentrated: Bool { full <= 0.75 * weightNinety }

  var named: [String: Value] {
    var values = study.named
    for (rank, seeds) in zip(GeometryStudy.ranks, ninety.dropFirst()) {
      values["ninety_\(rank)"] = .number(Statistics.median(seeds), decimals: 1)
    }
    for (rank, seeds) in zip(GeometryStudy.ranks, sizes.dropFirst()) {
      values["size_\(rank)"] = .percentage(Statistics.median(seeds), decimals: 0)
    }
    let last = Statistics.median(ninety[ninety.count - 1])
    return values.merging([
      "layer": .code(ExamUpdateGeometry.shownLayer), "side": .integer(side),
      "ninety_full": .number(full, decimals: 1),
      "ninety_weight": .number(weightNinety, decimals: 1),
      "size_full": .percentage(Statistics.median(sizes[0]), decimals: 0),
      "highest": .integer(GeometryStudy.ranks[GeometryStudy.ranks.count - 1]),
      "is_concentrated": .flag(isConcentrated),
      "adapters_fewer": .flag(last < full),
      "adapters_larger": .flag(
        sizes.dropFirst().allSatisfy { ($0.min() ?? 0) > (sizes[0].max() ?? 0) }),
    ]) { $1 }
  }

  private func names(_ words: Words) -> [String] {
    [words.say(es: "pesos W", en: "weights W")] + GeometryStudy.runNames(words)
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "spectra",
        title: Phrase(
          es: "valores singulares, divididos por el mayor",
          en: "singular values, divided by the largest"),
        columns: [Phrase("n"), Phrase("W"), Phrase(es: "ΔW, completo", en: "ΔW, full")]
          + GeometryStudy.ranks.map { Phrase("ΔW, r = \($0)") },
        rows: (0..<min(side, 32)).map { index in
          [.init(.integer(index + 1))]
            + spectra.map { .init(.number($0[index] / max($0[0], 1e-30), decimals: 4)) }
        }),
      DataTable(
        id: "ninety",
        title: Phrase(
          es: "láminas que recogen nueve décimas partes", en: "sheets that hold nine tenths"),
        columns: [
          Phrase(es: "cambio", en: "change"), Phrase(es: "láminas", en: "sheets"),
          Phrase(es: "tamaño sobre W", en: "size over W"),
        ],
        rows: zip(
          [Phrase(es: "completo", en: "full")] + GeometryStudy.ranks.map { Phrase("r = \($0)") },
          zip(ninety, sizes)
        ).map { name, values in
          [
            .init(.words(name)), .init(.number(Statistics.median(values.0), decimals: 1)),
            .init(.percentage(Statistics.median(values.1), decimals: 0)),
          ]
        }),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = zip(GeometryStudy.runNames(words), ninety).map {
      "\($0): \(words.number(Statistics.median($1), 1))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Curvas con los \(side) valores singulares de una capa, divididos por el mayor: los de sus \
        pesos bajan despacio y los de los cambios, deprisa. Láminas que recogen nueve décimas partes, \
        de media en todas las capas: pesos, \(words.number(weightNinety, 1)); \(list).
        """,
      en: """
        Curves of the \(side) singular values of a layer, divided by the largest: those of its \
        weights fall slowly and those of the changes fast. Sheets that hold nine tenths, as a mean \
        over all layers: weights, \(words.number(weightNinety, 1)); \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let parts = canvas.isCompact ? [frame] : frame.columns([1.55, 1], gap: canvas.em(2.2))
    let strokes: [(role: Role, dashes: [Double])] = [
      (.frozen, []), (.original, [6, 2.5]), (.loraA, [1.5, 2]), (.update, []),
      (.loraB, [6, 2, 1.5, 2]),
    ]
    SpectrumCurves(
      curves: zip(zip(names(words), spectra), strokes).map { entry, stroke in
        SpectrumCurves.Curve(
          name: entry.0, role: stroke.role, dashes: stroke.dashes, values: entry.1)
      }
    ).draw(in: parts[0], on: &canvas)
    guard parts.count > 1 else { return }
    let head = canvas.style(.base, bold: true)
    canvas.text(
      words.say(es: "láminas para el 90 %", en: "sheets for 90%"),
      at: Point(parts[1].minX, parts[1].minY), head, vertical: .top)
    let bars = parts[1].inset(
      top: canvas.lineHeight(head) + canvas.em(0.5), bottom: canvas.lineHeight(small))
    let values = [weightNinety] + ninety.map { Statistics.median($0) }
    BarRows(
      rows: zip(zip(names(words), values), strokes).map { entry, stroke in
        BarRows.Row(
          name: entry.0, value: entry.1, label: words.number(entry.1, 1),
          fill: canvas.theme.color(stroke.role), isReference: stroke.role == .frozen)
      }, limit: values.max() ?? 1
    ).draw(in: bars, on: &canvas)
    canvas.text(
      study.isQuick
        ? study.note(words) : words.say(es: "media de las capas", en: "mean over layers"),
      at: Point(parts[1].maxX, parts[1].maxY), small, color: canvas.theme.secondaryInk,
      anchor: .end, vertical: .bottom)
  }
}
