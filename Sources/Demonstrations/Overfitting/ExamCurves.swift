internal import Charts
internal import Drawing
public import Experiments

/// Three marks while the divisions are learned: divisions seen, new divisions, and the old subjects.
public struct ExamCurves: TrainedDemonstration {
  public let id = "exam-curves"
  public let parameters = ExamRuns.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try ExamRuns(self, input).grid(ExamReportCard.settings)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let runs = try ExamRuns(self, input)
    let result = ExamCurvesResult(
      runs: runs,
      groups: try ExamReportCard.settings.map { try ExamChoice($0, runs, input).chosen })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.forgetsBeforeItLearns
            ? words.say(
              es: "Olvida antes de aprender", en: "It forgets before it learns")
            : words.say(
              es: "Lo que se aprende y lo que se olvida", en: "What is learned and what is lost")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The curves of full fine-tuning and of LoRA.
struct ExamCurvesResult: Sendable {
  typealias Measure = ExamFineTuning.Measure

  let runs: ExamRuns
  let groups: [ExamGroup]

  /// The first examination at which a median is beyond a half.
  private func firstStep(_ group: ExamGroup, _ measure: Measure, above: Bool) -> Double? {
    let lists = group.curves(measure)
    for (index, step) in group.steps.enumerated() {
      let median = Spread(lists.map { $0[index] }).median
      if above ? median > 0.5 : median < 0.5 { return step }
    }
    return nil
  }
  func learned(_ group: ExamGroup) -> Double? { firstStep(group, .ownScore, above: true) }
  func forgotten(_ group: ExamGroup) -> Double? { firstStep(group, .oldScore, above: false) }
  var forgetsBeforeItLearns: Bool {
    groups.allSatisfy { group in
      guard let forgotten = forgotten(group) else { return false }
      return forgotten < learned(group) ?? .infinity
    }
  }
  /// The loss on held-out divisions rises again, by a tenth at least in every seed.
  func lossRises(_ group: ExamGroup) -> Bool {
    group.outcomes.allSatisfy {
      $0.last(.heldOutLoss) > 1.1 * ($0.list(.heldOutLoss).min() ?? 0)
    }
  }
  var named: [String: Value] {
    var values: [String: Value] = [
      "divisions": .integer(runs.divisions), "steps": .integer(runs.steps),
      "seeds": .integer(runs.seeds.count), "forgets_first": .flag(forgetsBeforeItLearns),
      "base_new": .percentage(
        groups[0].outcomes.first?.list(.heldOutCharacters).first ?? 0, decimals: 0),
    ]
    for (key, group) in zip(["full", "lora"], groups) {
      values["\(key)_seen"] = .percentage(group.ends(.ownScore).median, decimals: 0)
      values["\(key)_new"] = .percentage(group.ends(.heldOutScore).median, decimals: 0)
      values["\(key)_characters"] = .percentage(
        group.ends(.heldOutCharacters).median, decimals: 0)
      values["\(key)_old"] = .percentage(group.ends(.oldScore).median, decimals: 0)
      values["\(key)_forgotten_at"] = .integer(Int(forgotten(group) ?? 0))
      values["\(key)_learned_at"] = .integer(Int(learned(group) ?? 0))
      values["\(key)_forgets"] = .flag(forgotten(group) != nil)
      values["\(key)_learns"] = .flag(learned(group) != nil)
      values["\(key)_loss_rises"] = .flag(lossRises(group))
      values["\(key)_loss_best"] = .number(group.bests(.heldOutLoss).median, decimals: 2)
      values["\(key)_loss_end"] = .number(group.ends(.heldOutLoss).median, decimals: 2)
    }
    values["loss_rises"] = .flag(groups.allSatisfy(lossRises))
    let gap = SeenGap(full: groups[0], lora: groups[1])
    values["full_gap"] = .percentage(gap.full.median, decimals: 0)
    values["lora_gap"] = .percentage(gap.lora.median, decimals: 0)
    values["equal_level"] = .percentage(gap.level, decimals: 0)
    values["full_gap_equal"] = .percentage(gap.fullAtLevel.median, decimals: 0)
    values["lora_gap_equal"] = .percentage(gap.loraAtLevel.median, decimals: 0)
    values["lora_overfits_less"] = .flag(gap.outcome == .holds)
    values["lora_overfits_alike"] = .flag(gap.outcome == .doesNotHold)
    values["lora_gap_limited"] = .flag(gap.outcome == .holdsWithLimit)
    return values
  }

  var tables: [DataTable] {
    zip(["full", "lora"], groups).map { key, group in
      DataTable(
        id: "curves-\(key)",
        title: Phrase(
          es: "notas, \(group.setting.name(Words(.spanish)))",
          en: "marks, \(group.setting.name(Words(.english)))"),
        columns: [
          Phrase(es: "paso", en: "step"), Phrase(es: "vistas", en: "seen"),
          Phrase(es: "nuevas", en: "new"), Phrase(es: "materias viejas", en: "old subjects"),
          Phrase(es: "pérdida, nuevas", en: "loss, new"),
        ],
        rows: group.steps.indices.map { index in
          [.init(.integer(Int(group.steps[index])))]
            + [Measure.ownScore, .heldOutScore, .oldScore].map { measure in
              .init(
                .percentage(
                  Spread(group.curves(measure).map { $0[index] }).median, decimals: 1))
            }
            + [
              .init(
                .number(
                  Spread(group.curves(.heldOutLoss).map { $0[index] }).median, decimals: 2))
            ]
        })
    }
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = groups.map { group in
      let marks = [Measure.ownScore, .heldOutScore, .oldScore].map {
        words.percentage(group.ends($0).median, 0)
      }
      return words.say(
        es: "\(group.setting.name(words)) acaba en \(marks[0]), \(marks[1]) y \(marks[2])",
        en: "\(group.setting.name(words)) ends at \(marks[0]), \(marks[1]) and \(marks[2])")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Dos gráficas con tres curvas durante \(runs.steps) pasos: la nota en las divisiones vistas, \
        en las nuevas y en las materias viejas. \(list).
        """,
      en: """
        Two graphs of three curves over \(runs.steps) steps: the mark on the divisions seen, on new \
        ones and on the old subjects. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame = canvas.drawSeedNote(runs.seeds.count, isQuick: runs.isQuick, in: whole)
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1 : 2))
    let names = [
      words.say(es: "vistas", en: "seen"), words.say(es: "nuevas", en: "new"),
      words.say(es: "viejas", en: "old"),
    ]
    var up = SeedSides.shares(words)
    if canvas.isCompact {
      up.ticks = up.ticks.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    }
    for (panel, group) in zip(panels, groups) {
      let last = max(group.steps.last ?? 1, 1)
      SeedSides(
        heading: group.setting.name(words), headingRole: group.setting.role,
        series: zip(
          zip(names, [Role.merged, .error, .frozen]),
          [Measure.ownScore, .heldOutScore, .oldScore]
        ).map { label, measure in
          .init(
            name: label.0, role: label.1, x: group.steps, runs: group.curves(measure),
            dashes: measure == .oldScore ? [1.2, 1.8] : nil)
        },
        across: .init(
          domain: 0...last,
          ticks: Axis.roundTicks(
            0...last, length: panel.width, spacing: 6 * canvas.style(.small).size, words: words),
          title: words.say(es: "pasos", en: "steps")),
        up: up
      ).draw(in: panel, on: &canvas)
    }
  }
}
