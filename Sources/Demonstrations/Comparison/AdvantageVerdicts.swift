internal import Charts
internal import Drawing
public import Experiments
internal import Training

/// Each advantage that is claimed for LoRA and QLoRA with the number that was measured, and its verdict.
public struct AdvantageVerdicts: TrainedDemonstration {
  public let id = "advantage-verdicts"
  public let parameters = [
    Parameter.params, ToyFootprint.rankParameter, ToyFootprint.batchParameter,
  ]

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    MethodTrainings.experiments(.many, for: input) + MethodTrainings.experiments(.few, for: input)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let (rank, batch) = (try whole("rank", in: input), try whole("batch", in: input))
    let many = try MethodTrainings(.many, input)
    let result = try AdvantageVerdictsResult(
      footprints: MemoryModel.Method.allCases.map {
        try ToyFootprint($0, rank: rank, batch: batch)
      },
      large: MemoryModel.Method.allCases.map { method in
        var model = try memoryModel(method, in: input)
        // The rank of a large model is not that of the toy.
        (model.rank, model.checkpointing) = (64, true)
        try model.check()
        return model
      }, curves: LearningCurvesResult(many),
      scores: MethodScoresResult(many: many, few: MethodTrainings(.few, input)), rank: rank)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Ventaja por ventaja: \(result.count(.holds)) de \(result.parts.count) sin límite",
            en: "One by one: \(result.count(.holds)) of \(result.parts.count) without a limit")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          result.draw(on: &canvas, in: frame, note: input.quickNote(canvas.words))
        }))
  }
}

/// The verdicts, in the order of the article.
struct AdvantageVerdictsResult: Sendable {

  struct Part: Sendable {
    /// The name of its values in prose.
    let id: String
    let claim: String
    let advantage: Phrase
    let number: Value
    let measure: Phrase
    let outcome: ClaimOutcome
    /// The step of this lesson, or the lesson, that shows it.
    let place: String
  }

  let parts: [Part]

  /// A share of this or less saves enough to speak of it without more.
  static let enough = 0.8
  /// How much the loss may rise again for overfitting to count as avoided.
  static let hardlyRises = 1.1

  init(
    footprints: [ToyFootprint], large: [MemoryModel], curves: LearningCurvesResult,
    scores: MethodScoresResult, rank: Int
  ) throws {
    let (full, lora, qlora) = (footprints[0], footprints[1], footprints[2])
    func share(_ one: Double, _ other: Double) -> Double { one / max(other, 1) }
    let trained = share(Double(lora.trained), Double(full.trained))
    let operations = share(Double(lora.arithmetic.total), Double(full.arithmetic.total))
    let added = share(Double(qlora.arithmetic.total), Double(lora.arithmetic.total))
    let toy = share(Double(lora.total), Double(full.total))
    let toyFour = share(Double(qlora.total), Double(lora.total))
    let big = share(large[1].total, large[0].total)
    let bigFour = share(large[2].total, large[1].total)
    func adapters(_ targets: MemoryModel.Targets) -> Int {
      MemoryModel(
        ModelShape("", of: MemoryMeasured.base), method: .lora, rank: rank, targets: targets
      ).adapterCount
    }
    let left = share(Double(adapters(.queryValue)), Double(adapters(.all)))
    let rises = MemoryModel.Method.allCases.map { scores.row($0).fewRise }
    // Whoever has learned fewer by heart overfits less without being better for it.
    let crams = !scores.loraLearnsLess
    let losses = curves.courses.map(\.finalLoss)
    let losing = losses[1].median > 0 ? losses[2].median / losses[1].median - 1 : 0
    parts = [
      Part(
        id: "parameters", claim: "c6",
        advantage: Phrase(es: "LoRA: menos parámetros", en: "LoRA: fewer parameters"),
        number: .percentage(trained, decimals: 0),
        measure: Phrase(es: "de los números se entrenan", en: "of the numbers are trained"),
        outcome: ClaimOutcome(trained <= Self.enough, limited: trained < 1), place: "memory"),
      Part(
        id: "overfitting", claim: "c6",
        advantage: Phrase(es: "LoRA: menos sobreajuste", en: "LoRA: less overfitting"),
        number: .number(rises[1].median, decimals: 1),
        measure: Phrase(
          es: "veces sube la pérdida (completo: \(Self.text(rises[0].median, .spanish)))",
          en: "times the loss rises (full: \(Self.text(rises[0].median, .english)))"),
        outcome: ClaimOutcome(
          rises[1].isBelow(rises[0]) && crams, limited: rises[1].median < rises[0].least),
        place: "scores"),
      Part(
        id: "speed", claim: "c6",
        advantage: Phrase(es: "LoRA: más rápido", en: "LoRA: faster"),
        number: .percentage(operations, decimals: 0),
        measure: Phrase(es: "de las cuentas de un paso", en: "of the arithmetic of a step"),
        outcome: ClaimOutcome(
          operations <= Self.enough && !curves.fullLeads, limited: operations < 1),
        place: "arithmetic"),
      Part(
        id: "memory", claim: "c6",
        advantage: Phrase(es: "LoRA: menos memoria", en: "LoRA: less memory"),
        number: .percentage(big, decimals: 0),
        measure: Phrase(
          es: "en el grande; aquí, \(Self.share(toy, .spanish))",
          en: "in the large one; here \(Self.share(toy, .english))"),
        outcome: ClaimOutcome(
          big <= Self.enough && toy <= Self.enough, limited: big <= Self.enough || toy < 1),
        place: "size"),
      Part(
        id: "parts", claim: "c6",
        advantage: Phrase(es: "LoRA: deja partes fuera", en: "LoRA: leaves parts out"),
        number: .percentage(left, decimals: 0),
        measure: Phrase(
          es: "del adaptador con solo q y v", en: "of the adapter with q and v alone"),
        // It can be done; what it costs is measured in the lesson on rank.
        outcome: ClaimOutcome(false, limited: left < 1), place: "rank"),
      Part(
        id: "four_memory", claim: "c11",
        advantage: Phrase(es: "QLoRA: menos que LoRA", en: "QLoRA: less than LoRA"),
        number: .percentage(bigFour, decimals: 0),
        measure: Phrase(
          es: "en el grande; aquí, \(Self.share(toyFour, .spanish))",
          en: "in the large one; here \(Self.share(toyFour, .english))"),
        outcome: ClaimOutcome(
          bigFour <= Self.enough && toyFour <= Self.enough,
          limited: bigFour <= Self.enough || toyFour < 1), place: "size"),
      Part(
        id: "four_overfitting", claim: "c11",
        advantage: Phrase(es: "QLoRA: evita el sobreajuste", en: "QLoRA: avoids overfitting"),
        number: .number(rises[2].median, decimals: 1),
        measure: Phrase(es: "veces sube la pérdida", en: "times the loss rises"),
        outcome: ClaimOutcome(
          rises[2].greatest <= Self.hardlyRises, limited: rises[2].isBelow(rises[0])),
        place: "scores"),
      Part(
        id: "precision", claim: "c11",
        advantage: Phrase(es: "QLoRA: conserva la precisión", en: "QLoRA: keeps precision"),
        number: .percentage(losing, decimals: 1),
        measure: Phrase(
          es: "de diferencia de pérdida con LoRA", en: "of difference in loss to LoRA"),
        outcome: ClaimOutcome(curves.together, limited: losing < 0.2), place: "curves"),
      Part(
        id: "four_speed", claim: "c11",
        advantage: Phrase(es: "QLoRA: rápida y ligera", en: "QLoRA: fast and light"),
        number: .percentage(added - 1, decimals: added < 1.01 ? 2 : 1),
        measure: Phrase(es: "más cuentas que LoRA", en: "more arithmetic than LoRA"),
        outcome: ClaimOutcome(
          added < 1 && bigFour <= Self.enough, limited: added < 1 || bigFour <= Self.enough),
        place: "arithmetic"),
    ]
  }

  private static func text(_ value: Double, _ language: Language) -> String {
    Words(language).number(value, 1)
  }
  private static func share(_ value: Double, _ language: Language) -> String {
    Words(language).percentage(value, 0)
  }

  func count(_ outcome: ClaimOutcome, of claim: String? = nil) -> Int {
    parts.count { $0.outcome == outcome && (claim == nil || $0.claim == claim) }
  }
  /// A claim of several parts holds if all do, with a limit if some do, and else not.
  func verdict(_ claim: String) -> Phrase {
    let all = parts.filter { $0.claim == claim }
    return ClaimOutcome(
      all.allSatisfy { $0.outcome == .holds }, limited: all.contains { $0.outcome != .doesNotHold }
    ).phrase
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "advantages": .integer(parts.count), "holds": .integer(count(.holds)),
      "limited": .integer(count(.holdsWithLimit)), "fails": .integer(count(.doesNotHold)),
      "enough": .percentage(Self.enough, decimals: 0),
      "hardly_rises": .percentage(Self.hardlyRises - 1, decimals: 0),
    ]
    for part in parts {
      values[part.id] = part.number
      values["\(part.id)_measure"] = .words(part.measure)
      values["\(part.id)_verdict"] = .words(part.outcome.phrase)
      values["\(part.id)_holds"] = .flag(part.outcome == .holds)
      values["\(part.id)_fails"] = .flag(part.outcome == .doesNotHold)
    }
    for claim in ["c6", "c11"] {
      let all = parts.filter { $0.claim == claim }
      values["verdict_\(claim)"] = .words(verdict(claim))
      values["claim_number_\(claim)"] = .integer(count(.holds, of: claim))
      values["claim_measure_\(claim)"] = .words(
        Phrase(
          es: "de \(all.count) ventajas se cumplen sin límite",
          en: "of \(all.count) advantages hold without a limit"))
    }
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "advantages", title: Phrase(es: "ventajas", en: "advantages"),
        columns: [
          Phrase(es: "ventaja", en: "advantage"), Phrase(es: "número", en: "number"),
          Phrase(es: "qué cuenta", en: "what it counts"), Phrase(es: "veredicto", en: "verdict"),
          Phrase(es: "dónde", en: "where"),
        ],
        rows: parts.map { part in
          [
            .init(.words(part.advantage)), .init(part.number), .init(.words(part.measure)),
            .init(.words(part.outcome.phrase)), .init(.code(part.place)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = parts.map { part in
      "\(part.advantage(words)), \(part.number.formatted(words)) \(part.measure(words)): "
        + part.outcome.phrase(words)
    }.joined(separator: "; ")
    return words.say(
      es: "Tabla con las ventajas, lo medido y el veredicto de cada una. \(list).",
      en: "A table with the advantages, what was measured and the verdict on each. \(list).")
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle, note: String) {
    let words = canvas.words
    func table(measured: Bool, short: Bool) -> TableChart {
      var table = TableChart(
        head: [
          words.say(es: "ventaja", en: "advantage"), words.say(es: "medido", en: "measured"),
          words.say(es: "veredicto", en: "verdict"),
        ],
        rows: parts.map { part in
          let number = part.number.formatted(words)
          return [
            part.advantage(words), measured ? "\(number) \(part.measure(words))" : number,
            (short ? part.outcome.short : part.outcome.phrase)(words),
          ]
        }, alignments: [.left, measured ? .left : .right, .left])
      for (index, part) in parts.enumerated() {
        switch part.outcome {
        case .holds: table.boldRows.insert(index)
        case .holdsWithLimit: break
        case .doesNotHold: table.rowColors[index] = canvas.theme.color(.error)
        }
      }
      return table
    }
    let sizes: [Canvas.TextSize] = canvas.isCompact ? [.small] : [.base, .small]
    let shapes = sizes.flatMap { size in
      [(true, false), (true, true), (false, false), (false, true)].map {
        (style: canvas.style(size), table: table(measured: $0.0, short: $0.1), measured: $0.0)
      }
    }
    let fitting =
      shapes.first {
        ($0.measured || canvas.isCompact)
          && $0.table.minimumWidth($0.style, on: canvas) <= frame.width
          && $0.table.height($0.style) <= frame.height
      } ?? shapes[shapes.count - 1]
    let height = fitting.table.height(fitting.style)
    let small = canvas.style(.small)
    fitting.table.draw(
      in: frame.inset(top: max(0, (frame.height - height) / 2)), fitting.style, on: &canvas)
    guard height + canvas.lineHeight(small) * 3 < frame.height else { return }
    canvas.drawQuickNote(note, in: frame)
  }
}

extension ClaimOutcome {
  /// As short as it gets, for narrow tables.
  var short: Phrase {
    switch self {
    case .holds: Phrase(es: "sí", en: "yes")
    case .holdsWithLimit: Phrase(es: "con límite", en: "limited")
    case .doesNotHold: Phrase("no")
    }
  }
}
