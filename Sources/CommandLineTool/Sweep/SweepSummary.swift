internal import Course
internal import Demonstrations
internal import Drawing
internal import Experiments
internal import Interchange
internal import LinearAlgebra

/// All results of a sweep together.
struct SweepSummary {
  let plan: SweepPlan
  let shown: String
  let results: [SweepResult]
  let missing: [SweepPlan.Cell]

  /// The results of one rank and one rate.
  struct Group {
    let rank: Int?
    let rate: Double
    let results: [SweepResult]
    /// The scores of the seeds, rising.
    let scores: [Double]
    let median: Double
  }

  /// Reads all results.
  ///
  /// - Throws: `ToolError.failure` for one that is broken, or that was made with other settings.
  init(_ plan: SweepPlan, folder: String, shown: String) throws(ToolError) {
    self.plan = plan
    self.shown = shown
    var (results, missing) = ([SweepResult](), [SweepPlan.Cell]())
    for cell in plan.cells {
      if let result = try SweepResult(cell, of: plan, folder: folder, shown: shown) {
        results.append(result)
      } else {
        missing.append(cell)
      }
    }
    (self.results, self.missing) = (results, missing)
  }

  /// The groups that have results, by rank and rate.
  var groups: [Group] {
    var groups: [Group] = []
    for rank in plan.rankChoices {
      for rate in plan.rates {
        let own = results.filter { $0.cell.rank == rank && $0.cell.rate == rate }
        let scores = own.compactMap(\.score).sorted()
        guard !scores.isEmpty else { continue }
        groups.append(
          Group(
            rank: rank, rate: rate, results: own, scores: scores,
            median: Statistics.median(scores)))
      }
    }
    return groups
  }

  /// The best rate of each rank: the one with the highest median, of several the lowest.
  var best: [Group] {
    var best: [Group] = []
    for group in groups {
      if let last = best.last, last.rank == group.rank {
        if group.median > last.median { best[best.count - 1] = group }
      } else {
        best.append(group)
      }
    }
    return best
  }

  // MARK: Texts

  func lines(_ words: Words) -> [String] {
    var lines = best.isEmpty ? [] : table(words)
    if best.isEmpty, !results.isEmpty {
      lines.append(
        words.say(
          es: "Aquí no hay respuestas que contar; las pérdidas están en summary.csv",
          en: "There are no answers to count here; the losses are in summary.csv"))
    }
    let stopped = results.count { $0.stop != nil }
    if stopped > 0 {
      lines += [
        "",
        words.say(
          es: "\(words.integer(stopped)) se pararon antes de tiempo: su pérdida dejó de ser finita",
          en: "\(words.integer(stopped)) stopped early: their loss was no longer finite"),
      ]
    }
    guard !missing.isEmpty else { return lines }
    if !lines.isEmpty { lines.append("") }
    let count = words.integer(missing.count)
    lines.append(
      words.say(
        es: missing.count == 1 ? "Falta 1 resultado:" : "Faltan \(count) resultados:",
        en: missing.count == 1 ? "1 result is missing:" : "\(count) results are missing:"))
    lines += missing.prefix(Self.listed).map { "  \($0.name)" }
    if missing.count > Self.listed { lines.append("  …") }
    let maker = words.say(es: "Los hace: ", en: "What makes them: ")
    lines.append(maker + (CommandText.proposal(plan.command(out: shown)) ?? ""))
    return lines
  }

  /// The names of missing cells that are shown.
  private static let listed = 5

  private func table(_ words: Words) -> [String] {
    var head = [
      words.say(es: "mejor tasa", en: "best rate"), words.say(es: "mediana", en: "median"),
      words.say(es: "mín.", en: "min"), words.say(es: "máx.", en: "max"),
      words.say(es: "semillas", en: "seeds"),
      words.say(es: "números entrenados", en: "trained numbers"),
    ]
    if !plan.ranks.isEmpty { head.insert(words.say(es: "rango", en: "rank"), at: 0) }
    let rows = best.map { group -> [Value?] in
      var row: [Value?] = [
        .significant(group.rate, digits: 3), .percentage(group.median, decimals: 1),
        .percentage(group.scores.first ?? 0, decimals: 1),
        .percentage(group.scores.last ?? 0, decimals: 1), .integer(group.scores.count),
        .integer(group.results.first?.trainedParameters ?? 0),
      ]
      if let rank = group.rank { row.insert(.integer(rank), at: 0) }
      return row
    }
    return ColumnText(words: words, head: head, rows: rows).lines
  }

  var csv: String {
    let groups = results.first?.scores.map(\.group) ?? []
    func cell(_ text: String) -> String {
      text.contains { ",\"\n\r".contains($0) }
        ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    var rows: [[String]] = [["rank", "rate", "seed", "score"]]
    rows[0] += groups.map { cell("score of \($0)") }
    rows[0] += ["first_loss", "last_loss", "trained_parameters", "memory_bytes", "stopped"]
    for result in results {
      let rank: String = result.cell.rank.map { String($0) } ?? ""
      var row: [String] = [
        rank, "\(result.cell.rate)", "\(result.cell.seed)", text(result.score),
      ]
      for group in groups { row.append(text(result.scores.first { $0.group == group }?.share)) }
      row += [text(result.firstLoss), text(result.lastLoss)]
      row += ["\(result.trainedParameters)", "\(result.memoryBytes)", cell(result.stop ?? "")]
      rows.append(row)
    }
    return rows.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  var json: JSONNode {
    .object([
      ("settings", .object(plan.settings)), ("best", .array(best.map(Self.json))),
      ("groups", .array(groups.map(Self.json))), ("results", .array(results.map(Self.json))),
      ("missing", .array(missing.map { .string($0.name) })),
    ])
  }

  private static func json(_ rank: Int?) -> JSONNode {
    if let rank { .integer(rank) } else { JSONNode(.null) }
  }

  private static func json(_ group: Group) -> JSONNode {
    .object([
      ("rank", json(group.rank)), ("rate", .number(group.rate)),
      ("median", .optional(group.median)), ("scores", .array(group.scores.map(JSONNode.number))),
      ("trainedParameters", .integer(group.results.first?.trainedParameters ?? 0)),
    ])
  }

  private static func json(_ result: SweepResult) -> JSONNode {
    .object([
      ("rank", json(result.cell.rank)), ("rate", .number(result.cell.rate)),
      ("seed", .integer(result.cell.seed)), ("score", .optional(result.score)),
      ("scores", ScoreText.json(result.scores)), ("firstLoss", .optional(result.firstLoss)),
      ("lastLoss", .optional(result.lastLoss)), ("parameters", .integer(result.parameters)),
      ("trainedParameters", .integer(result.trainedParameters)),
      ("memoryBytes", .integer(result.memoryBytes)),
      ("stopped", result.stop.map(JSONNode.string) ?? JSONNode(.null)),
    ])
  }

  /// The scores as lines; nothing where there are none yet.
  var curves: SweepCurves? {
    let groups = groups
    guard !groups.isEmpty else { return nil }
    let isByRank = plan.ranks.count > 1
    let points = groups.map { group in
      SweepCurves.Group(
        place: isByRank ? Double(group.rank ?? 0) : group.rate,
        line: isByRank ? group.rate : Double(group.rank ?? 0), scores: group.scores)
    }
    return SweepCurves(groups: points, isByRank: isByRank, hasRanks: !plan.ranks.isEmpty)
  }
}
