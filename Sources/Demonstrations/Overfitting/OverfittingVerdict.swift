internal import Charts
internal import Drawing
public import Experiments

/// What of the article's sentences on overfitting and forgetting holds, from the measurements of the lesson.
public struct OverfittingVerdict: TrainedDemonstration {
  public let id = "overfitting-verdict"
  public let parameters =
    ExamRuns.parameters + KnownRankRuns.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try KnownRankRuns(self, input).experiments + ExamRuns(self, input).grid(ExamSetting.compared)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let runs = try ExamRuns(self, input)
    let choices = try ExamSetting.compared.map { try ExamChoice($0, runs, input) }
    let result = OverfittingVerdictResult(
      runs: runs,
      gap: KnownRankGapResult(outcome: try KnownRankOutcome(KnownRankRuns(self, input), input)),
      card: ExamReportCardResult(runs: runs, groups: [choices[0].chosen, choices[1].chosen]),
      map: ExamMapResult(runs: runs, choices: choices),
      removal: AdapterRemovalResult(
        runs: runs, groups: [choices[0].chosen, choices[1].chosen, choices[4].chosen]))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Qué se cumple de lo que se dice", en: "What holds of what is said")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Statements with what was measured, and their verdicts.
struct OverfittingVerdictResult: Sendable {
  let runs: ExamRuns
  let gap: KnownRankGapResult
  let card: ExamReportCardResult
  let map: ExamMapResult
  let removal: AdapterRemovalResult

  var full: ExamGroup { card.groups[0] }
  var lora: ExamGroup { card.groups[1] }

  var seenGap: SeenGap { SeenGap(full: full, lora: lora) }

  /// Full fine-tuning crams and forgets: both in every seed, one of them, none.
  var article: ClaimOutcome {
    let (crams, forgets) = (card.crams(full), card.forgets(full))
    return crams && forgets ? .holds : crams || forgets ? .holdsWithLimit : .doesNotHold
  }
  /// With a limit where the adapter got stuck in some seed.
  var knownRank: ClaimOutcome {
    guard gap.isOverfitted, gap.adapterWins else { return .doesNotHold }
    return gap.stuckSeeds.isEmpty ? .holds : .holdsWithLimit
  }
  var examOverfitting: ClaimOutcome { seenGap.outcome }
  /// LoRA keeps more of the old subjects, each at its own rate, in every seed against every seed.
  var forgetting: ClaimOutcome { ClaimOutcome(full.ends(.oldScore).isBelow(lora.ends(.oldScore))) }
  /// At no more cost in the new subject: its points on the map are seldom beaten.
  var equalLearning: ClaimOutcome { ClaimOutcome(map.loraIsBetter) }
  var restoring: ClaimOutcome { ClaimOutcome(removal.adaptersRestore) }
  /// «Less overfitting»: with data of low rank, and in the exam.
  var lessOverfitting: ClaimOutcome {
    switch (knownRank, examOverfitting) {
    case (.holds, .holds): .holds
    case (.doesNotHold, .doesNotHold): .doesNotHold
    default: .holdsWithLimit
    }
  }

  var rows:
    [(key: String, statement: Phrase, measured: @Sendable (Words) -> String, verdict: ClaimOutcome)]
  {
    @Sendable func shares(_ one: Double, _ other: Double, _ words: Words) -> String {
      "\(words.percentage(one, 0)) · \(words.percentage(other, 0))"
    }
    return [
      (
        "article", Phrase(es: "Empolla y olvida", en: "It crams and forgets"),
        { _ in "" }, article
      ),
      (
        "known_rank",
        Phrase(es: "LoRA sobreajusta menos: rango conocido", en: "LoRA overfits less: known rank"),
        {
          KnownRankGapResult.error(Spread(gap.outcome.heldOut(.full)).median).formatted($0) + " · "
            + KnownRankGapResult.error(Spread(gap.outcome.heldOut(gap.adapter)).median).formatted(
              $0)
        }, knownRank
      ),
      (
        "exam", Phrase(es: "LoRA sobreajusta menos: examen", en: "LoRA overfits less: exam"),
        { shares(seenGap.full.median, seenGap.lora.median, $0) }, examOverfitting
      ),
      (
        "forgetting", Phrase(es: "LoRA olvida menos", en: "LoRA forgets less"),
        { shares(full.ends(.oldScore).median, lora.ends(.oldScore).median, $0) }, forgetting
      ),
      (
        "equal", Phrase(es: "…a igual aprendizaje (superados)", en: "…at equal learning (beaten)"),
        { shares(map.fullBeaten, map.loraBeaten, $0) }, equalLearning
      ),
      (
        "restoring", Phrase(es: "Lo viejo se recupera quitándolo", en: "Taking it off restores"),
        { _ in "" }, restoring
      ),
    ]
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "seeds": .integer(runs.seeds.count), "divisions": .integer(runs.divisions),
      "article_verdict": .words(article.phrase), "article_holds": .flag(article == .holds),
      "less_verdict": .words(lessOverfitting.phrase),
      "less_holds": .flag(lessOverfitting == .holds),
      "less_limited": .flag(lessOverfitting == .holdsWithLimit),
      "known_new_full": KnownRankGapResult.error(Spread(gap.outcome.heldOut(.full)).median),
      "known_new_lora": KnownRankGapResult.error(Spread(gap.outcome.heldOut(gap.adapter)).median),
      "gap_full": .percentage(seenGap.full.median, decimals: 0),
      "gap_lora": .percentage(seenGap.lora.median, decimals: 0),
      "equal_level": .percentage(seenGap.level, decimals: 0),
      "gap_equal_full": .percentage(seenGap.fullAtLevel.median, decimals: 0),
      "gap_equal_lora": .percentage(seenGap.loraAtLevel.median, decimals: 0),
      "old_full": .percentage(full.ends(.oldScore).median, decimals: 0),
      "old_lora": .percentage(lora.ends(.oldScore).median, decimals: 0),
      "old_full_least": .percentage(full.ends(.oldScore).least, decimals: 0),
      "old_full_greatest": .percentage(full.ends(.oldScore).greatest, decimals: 0),
      "old_lora_least": .percentage(lora.ends(.oldScore).least, decimals: 0),
      "old_lora_greatest": .percentage(lora.ends(.oldScore).greatest, decimals: 0),
      "full_beaten": .percentage(map.fullBeaten, decimals: 0),
      "lora_beaten": .percentage(map.loraBeaten, decimals: 0),
    ]
    values["verdict_c2"] = .words(article.phrase)
    values["claim_number_c2"] = .percentage(full.ends(.oldScore).median, decimals: 0)
    values["claim_measure_c2"] = .words(
      Phrase(es: "de las materias viejas queda", en: "of the old subjects is left"))
    values["verdict_c6"] = .words(lessOverfitting.phrase)
    let knownFull = KnownRankGapResult.error(Spread(gap.outcome.heldOut(.full)).median)
    values["claim_number_c6"] = KnownRankGapResult.error(
      Spread(gap.outcome.heldOut(gap.adapter)).median)
    values["claim_measure_c6"] = .words(
      Phrase(
        es: "de error en lo nuevo, y \(knownFull.formatted(Words(.spanish))) el completo",
        en: "of error on the new, and \(knownFull.formatted(Words(.english))) in full"))
    for row in rows {
      values["\(row.key)_says"] = .words(row.verdict.phrase)
      values["\(row.key)_is_true"] = .flag(row.verdict == .holds)
    }
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "verdicts", title: Phrase(es: "veredictos", en: "verdicts"),
        columns: [
          Phrase(es: "lo que se dice", en: "what is said"),
          Phrase(es: "veredicto", en: "verdict"),
        ],
        rows: rows.map { [.init(.words($0.statement)), .init(.words($0.verdict.phrase))] })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = rows.map { "\($0.statement(words)): \($0.verdict.phrase(words))" }
      .joined(separator: "; ")
    return words.say(
      es: "Tabla con \(rows.count) afirmaciones y su veredicto. \(list).",
      en: "Table of \(rows.count) statements with their verdicts. \(list).")
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame =
      runs.isQuick
      ? canvas.drawSeedNote(runs.seeds.count, isQuick: true, in: whole) : whole
    let showsNumbers = !canvas.isCompact
    var table = TableChart(
      head: [""] + (showsNumbers ? [words.say(es: "completo · LoRA", en: "full · LoRA")] : [])
        + [words.say(es: "veredicto", en: "verdict")],
      rows: rows.map { row in
        [row.statement(words)] + (showsNumbers ? [row.measured(words)] : [])
          + [row.verdict.phrase(words)]
      }, alignments: showsNumbers ? [.left, .right, .left] : [.left, .left])
    for (index, row) in rows.enumerated() where row.verdict == .doesNotHold {
      table.rowColors[index] = canvas.theme.color(.error)
    }
    var style = canvas.style(.base)
    if table.minimumWidth(style, on: canvas) > frame.width
      || table.height(style) > frame.height
    {
      style = canvas.style(.small)
    }
    let spare = max(frame.height - table.height(style), 0)
    table.draw(in: frame.inset(top: spare / 3), style, on: &canvas)
  }
}
