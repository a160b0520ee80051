internal import Charts
internal import Drawing
public import Experiments

/// What keeps the old subjects: stopping early, a smaller rank, fewer layers, some old exercises mixed in.
public struct ExamRemedies: TrainedDemonstration {
  public let id = "exam-remedies"
  public let parameters = ExamRuns.parameters

  /// The rates at which everything is compared, whatever was chosen elsewhere: one a method, so that a
  /// remedy is the only difference.
  static let fullRate = 0.003
  static let loraRate = 0.01
  static let oldShare = 0.25
  static let fewTargets = ["q_proj", "v_proj"]

  static let fullMixed = ExamSetting(method: .full, oldShare: oldShare)
  static let loraMixed = ExamSetting(method: .lora, oldShare: oldShare)
  static let loraFew = ExamSetting(method: .lora, targets: fewTargets)

  public init() {}

  static func rate(_ setting: ExamSetting) -> Double {
    setting.method.isAdapter ? loraRate : fullRate
  }

  static let settings = [
    ExamSetting.full, fullMixed, .lora8, .lora1, loraFew, loraMixed,
  ]

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    let runs = try ExamRuns(self, input)
    return Self.settings.flatMap { runs.experiments($0, rate: Self.rate($0)) }
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let runs = try ExamRuns(self, input)
    func group(_ setting: ExamSetting) throws -> ExamGroup {
      try ExamGroup(setting, rate: Self.rate(setting), runs, input)
    }
    let result = ExamRemediesResult(
      runs: runs, full: try group(.full), fullMixed: try group(Self.fullMixed),
      lora: try group(.lora8), loraSmall: try group(.lora1), loraFew: try group(Self.loraFew),
      loraMixed: try group(Self.loraMixed))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.mixingHelps
            ? words.say(
              es: "Lo que más ayuda es repasar lo viejo",
              en: "What helps most is going over the old")
            : words.say(es: "Qué evita olvidar", en: "What keeps the old")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// What each remedy leaves of the old subjects, and what it costs in the new one.
struct ExamRemediesResult: Sendable {
  let runs: ExamRuns
  let full, fullMixed, lora, loraSmall, loraFew, loraMixed: ExamGroup

  struct Row: Sendable {
    let key: String
    let name: Phrase
    let role: Role
    let old: Spread
    let new: Spread
    /// Whether it is one of those that the others are compared with.
    let isPlain: Bool
  }

  var rows: [Row] {
    func ends(_ key: String, _ name: Phrase, _ group: ExamGroup, isPlain: Bool = false) -> Row {
      Row(
        key: key, name: name, role: group.setting.role, old: group.ends(.oldScore),
        new: group.ends(.heldOutCharacters), isPlain: isPlain)
    }
    func stopped(_ key: String, _ group: ExamGroup) -> Row {
      Row(
        key: key, name: Phrase(es: "parar a tiempo", en: "stopping early"),
        role: group.setting.role,
        old: group.bests(.oldScore), new: group.bests(.heldOutCharacters), isPlain: false)
    }
    let mixed = Phrase(es: "repasar lo viejo", en: "old exercises mixed in")
    return [
      ends("full", Phrase(es: "completo", en: "full"), full, isPlain: true),
      stopped("full_stopped", full), ends("full_mixed", mixed, fullMixed),
      ends("lora", Phrase("LoRA r = \(lora.setting.rank)"), lora, isPlain: true),
      stopped("lora_stopped", lora),
      ends("lora_small", Phrase(es: "rango 1", en: "rank 1"), loraSmall),
      ends("lora_few", Phrase(es: "solo q y v", en: "q and v only"), loraFew),
      ends("lora_mixed", mixed, loraMixed),
    ]
  }

  private func row(_ key: String) -> Row { rows.first { $0.key == key } ?? rows[0] }
  /// Helps: more of the old subjects than without it, in every seed against every seed, and ten points more in
  /// the median.
  func helps(_ key: String) -> Bool {
    let plain = row(key.hasPrefix("full") ? "full" : "lora")
    let remedy = row(key)
    return plain.old.isBelow(remedy.old) && remedy.old.median > plain.old.median + 0.1
  }
  /// Costs: fewer characters of new divisions, in every seed against every seed.
  func costs(_ key: String) -> Bool {
    row(key).new.isBelow(row(key.hasPrefix("full") ? "full" : "lora").new)
  }
  var mixingHelps: Bool {
    let most = rows.map(\.old.median).max() ?? 0
    return helps("full_mixed") && helps("lora_mixed")
      && max(row("full_mixed").old.median, row("lora_mixed").old.median) == most
  }

  private func stoppedAt(_ group: ExamGroup) -> Double {
    Spread(group.outcomes.map { $0.list(.steps)[min($0.bestIndex, $0.list(.steps).count - 1)] })
      .median
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "full_rate": .significant(ExamRemedies.fullRate, digits: 1),
      "lora_rate": .significant(ExamRemedies.loraRate, digits: 1),
      "old_share": .percentage(ExamRemedies.oldShare, decimals: 0),
      "seeds": .integer(runs.seeds.count), "steps": .integer(runs.steps),
      "full_stop": .integer(Int(stoppedAt(full))), "lora_stop": .integer(Int(stoppedAt(lora))),
      "small_numbers": .integer(
        Int(loraSmall.outcomes.first?.last(.trainedParameters) ?? 0)),
      "lora_numbers": .integer(Int(lora.outcomes.first?.last(.trainedParameters) ?? 0)),
      "few_numbers": .integer(Int(loraFew.outcomes.first?.last(.trainedParameters) ?? 0)),
      "mixing_helps": .flag(mixingHelps),
    ]
    for row in rows {
      values["\(row.key)_old"] = .percentage(row.old.median, decimals: 0)
      values["\(row.key)_new"] = .percentage(row.new.median, decimals: 0)
      if !row.isPlain {
        values["\(row.key)_helps"] = .flag(helps(row.key))
        values["\(row.key)_costs"] = .flag(costs(row.key))
      }
    }
    let (seen, mixedSeen) = (lora.ends(.ownScore), loraMixed.ends(.ownScore))
    values["lora_seen"] = .percentage(seen.median, decimals: 0)
    values["lora_mixed_seen"] = .percentage(mixedSeen.median, decimals: 0)
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "remedies", title: Phrase(es: "qué ayuda", en: "what helps"),
        columns: [
          Phrase(""), Phrase(es: "materias viejas", en: "old subjects"),
          Phrase(es: "mínimo", en: "least"), Phrase(es: "máximo", en: "greatest"),
          Phrase(es: "caracteres, divisiones nuevas", en: "characters, new divisions"),
        ],
        rows: rows.map { row in
          [
            .init(.words(row.name)), .init(.percentage(row.old.median, decimals: 1)),
            .init(.percentage(row.old.least, decimals: 1)),
            .init(.percentage(row.old.greatest, decimals: 1)),
            .init(.percentage(row.new.median, decimals: 1)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = rows.map {
      "\($0.name(words)): \(words.percentage($0.old.median, 0)), \(words.percentage($0.new.median, 0))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Barras en dos columnas: lo que queda de las materias viejas y los caracteres acertados en \
        divisiones nuevas. \(list).
        """,
      en: """
        Bars in two columns: what is left of the old subjects, and the characters right in new \
        divisions. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame = canvas.drawSeedNote(
      runs.seeds.count, isQuick: runs.isQuick, in: whole, ofMedians: true)
    let head = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let (top, body) = frame.cutTop(canvas.lineHeight(head), gap: canvas.em(0.2))
    let indent = canvas.em(0.7)
    let nameWidth =
      (rows.map {
        canvas.width($0.name(words), $0.isPlain ? bold : small) + ($0.isPlain ? 0 : indent)
      }.max() ?? 0) + canvas.em(0.8)
    let (left, plots) = body.cutLeft(nameWidth)
    let places = plots.columns([1, 1], gap: canvas.em(canvas.isCompact ? 0.8 : 2))
    let titles = [
      words.say(es: "materias viejas", en: "old subjects"),
      words.say(es: "divisiones nuevas", en: "new divisions"),
    ]
    let pitch = body.height / Double(rows.count)
    for (index, row) in rows.enumerated() {
      canvas.text(
        row.name(words),
        at: Point(
          left.minX + (row.isPlain ? 0 : indent), body.minY + (Double(index) + 0.5) * pitch),
        row.isPlain ? bold : small, color: canvas.theme.color(row.role), vertical: .middle)
    }
    for (place, (title, value)) in zip(
      places, zip(titles, [\Row.old.median, \Row.new.median]))
    {
      canvas.text(title, at: Point(place.minX, top.minY), head, vertical: .top)
      BarRows(
        rows: rows.map { row in
          .init(
            name: "", value: row[keyPath: value],
            label: words.percentage(row[keyPath: value], 0),
            fill: canvas.theme.color(row.role), isReference: row.isPlain)
        }, limit: 1
      ).draw(in: place.inset(left: -canvas.em(0.7)), on: &canvas)
    }
  }
}
