internal import Charts
internal import Drawing
public import Experiments

/// The marks of a model before and after it crammed divisions, subject by subject.
public struct ExamReportCard: TrainedDemonstration {
  public let id = "exam-report-card"
  public let parameters = ExamRuns.parameters

  static let settings = [ExamSetting.full, .lora8]

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try ExamRuns(self, input).grid(Self.settings)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let runs = try ExamRuns(self, input)
    let result = ExamReportCardResult(
      runs: runs,
      groups: try Self.settings.map { try ExamChoice($0, runs, input).chosen })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.forgets
            ? words.say(
              es: "Empolla las divisiones y olvida lo demás",
              en: "It crams the divisions and forgets the rest")
            : words.say(
              es: "Las notas antes y después de las divisiones",
              en: "The marks before and after the divisions")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Marks are medians over the seeds.
struct ExamReportCardResult: Sendable {
  typealias Measure = ExamFineTuning.Measure

  let runs: ExamRuns
  /// Full fine-tuning and LoRA, each at the rate that was chosen for it.
  let groups: [ExamGroup]

  static let subjects = [
    Phrase(es: "sumas", en: "additions"), Phrase(es: "restas", en: "subtractions"),
    Phrase(es: "tablas", en: "times tables"),
    Phrase(es: "divisiones vistas", en: "divisions seen"),
    Phrase(es: "divisiones nuevas", en: "new divisions"),
  ]

  private func median(_ lists: [[Double]], _ index: Int) -> Double {
    Spread(lists.map { index < $0.count ? $0[index] : 0 }).median
  }
  /// The marks before training; the base is the same for all.
  var before: [Double] {
    let group = groups[0]
    return (0..<3).map { median(group.curves(.oldBefore), $0) }
      + [.ownScore, .heldOutScore].map { median(group.curves($0), 0) }
  }
  func after(_ group: ExamGroup) -> [Double] {
    (0..<3).map { median(group.curves(.oldAfter), $0) }
      + [Measure.ownScore, .heldOutScore].map { group.ends($0).median }
  }
  private func old(_ marks: [Double]) -> Double { marks.prefix(3).reduce(0, +) / 3 }
  /// Forgotten: in every seed, less than half of the old exercises are left.
  func forgets(_ group: ExamGroup) -> Bool { group.ends(.oldScore).greatest < 0.5 }
  var forgets: Bool { forgets(groups[0]) }
  /// Crammed: in every seed more than nine in ten of the divisions seen, and less than half of new ones.
  func crams(_ group: ExamGroup) -> Bool {
    group.ends(.ownScore).least > 0.9 && group.ends(.heldOutScore).greatest < 0.5
  }

  private var prompts: [String] {
    let all = groups[0].outcomes.first?.prompts ?? []
    // One a subject, in the order of the signs.
    return ["+", "-", "*", "/"].compactMap { sign in all.first { $0.contains(sign) } }
  }
  private func answer(_ prompt: String, _ group: ExamGroup) -> String {
    let text = group.outcomes.first?.answer(to: prompt) ?? ""
    return text.isEmpty ? "–" : text
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "divisions": .integer(runs.divisions), "steps": .integer(runs.steps),
      "seeds": .integer(runs.seeds.count),
      "trained_full": .integer(Int(groups[0].outcomes.first?.last(.trainedParameters) ?? 0)),
      "trained_lora": .integer(Int(groups[1].outcomes.first?.last(.trainedParameters) ?? 0)),
      "rate_full": .significant(groups[0].rate, digits: 1),
      "rate_lora": .significant(groups[1].rate, digits: 1),
      "old_before": .percentage(old(before), decimals: 0),
      "forgets": .flag(forgets), "crams": .flag(crams(groups[0])),
      "lora_forgets": .flag(forgets(groups[1])), "lora_crams": .flag(crams(groups[1])),
    ]
    for (key, group) in zip(["full", "lora"], groups) {
      let marks = after(group)
      values["\(key)_old"] = .percentage(old(marks), decimals: 0)
      for (subject, mark) in zip(["add", "subtract", "multiply", "seen", "new"], marks) {
        values["\(key)_\(subject)"] = .percentage(mark, decimals: 0)
      }
    }
    for (subject, mark) in zip(["add", "subtract", "multiply", "seen", "new"], before) {
      values["before_\(subject)"] = .percentage(mark, decimals: 0)
    }
    for (name, prompt) in zip(["sum", "difference", "product", "quotient"], prompts) {
      values["\(name)_prompt"] = .code(prompt)
      values["\(name)_full"] = .code(answer(prompt, groups[0]))
      values["\(name)_lora"] = .code(answer(prompt, groups[1]))
    }
    return values
  }

  private var columns: [(name: Phrase, marks: [Double], role: Role)] {
    [
      (Phrase(es: "antes", en: "before"), before, .frozen),
      (Phrase(es: "ajuste completo", en: "full fine-tuning"), after(groups[0]), .original),
      (Phrase("LoRA r = \(groups[1].setting.rank)"), after(groups[1]), .update),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "marks", title: Phrase(es: "notas", en: "marks"),
        columns: [Phrase("")] + columns.map(\.name),
        rows: Self.subjects.enumerated().map { index, name in
          [.init(.words(name))]
            + columns.map { .init(.percentage($0.marks[index], decimals: 1)) }
        }),
      DataTable(
        id: "answers", title: Phrase(es: "respuestas", en: "answers"),
        columns: [Phrase("")] + columns.dropFirst().map(\.name),
        rows: prompts.map { prompt in
          [.init(.code(prompt))] + groups.map { .init(.code(answer(prompt, $0))) }
        }),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = columns.map { column in
      let marks = zip(Self.subjects, column.marks).map {
        "\($0(words)) \(words.percentage($1, 0))"
      }.joined(separator: ", ")
      return "\(column.name(words)): \(marks)"
    }.joined(separator: "; ")
    return words.say(
      es: "Barras con las notas de cinco materias en tres columnas. \(list).",
      en: "Bars with the marks of five subjects in three columns. \(list).")
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let note =
      runs.isQuick || !canvas.isCompact
      ? canvas.drawSeedNote(
        runs.seeds.count, isQuick: runs.isQuick, in: whole, ofMedians: true) : whole
    let head = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let (top, rest) = note.cutTop(canvas.lineHeight(head), gap: canvas.em(0.3))
    let showsAnswers = !canvas.isCompact && !prompts.isEmpty
    let (body, foot) =
      showsAnswers
      ? {
        let cut = rest.cutBottom(canvas.lineHeight(small) * 2.6, gap: canvas.em(0.6))
        return (cut.rest, cut.bottom)
      }() : (rest, rest)
    let names = Self.subjects.map { $0(words) }
    let nameWidth =
      (names.map { canvas.width($0, small) }.max() ?? 0) + canvas.em(canvas.isCompact ? 0.5 : 1)
    let (left, plots) = body.cutLeft(nameWidth)
    let gap = canvas.em(canvas.isCompact ? 0.6 : 1.4)
    let places = plots.columns([1, 1, 1], gap: gap)
    let pitch = body.height / 5
    for (index, name) in names.enumerated() {
      canvas.text(
        name, at: Point(left.minX, body.minY + (Double(index) + 0.5) * pitch), small,
        vertical: .middle)
    }
    for (place, column) in zip(places, columns) {
      let title =
        canvas.isCompact && column.role == .original
        ? words.say(es: "completo", en: "full") : column.name(words)
      canvas.text(
        title, at: Point(place.minX, top.minY), head, color: canvas.theme.color(column.role),
        vertical: .top)
      var bars = BarRows(
        rows: column.marks.map {
          .init(
            name: "", value: $0, label: words.percentage($0, 0),
            fill: canvas.theme.color(column.role))
        }, limit: 1)
      bars.widestLabel = words.percentage(1, 0)
      bars.draw(in: place.inset(left: -canvas.em(0.7)), on: &canvas)
    }
    guard showsAnswers else { return }
    let code = canvas.style(.small, typeface: .mono)
    let (first, _) = foot.cutTop(canvas.lineHeight(small), gap: 0)
    canvas.text(
      words.say(es: "lo que contesta", en: "what it answers"), at: Point(first.minX, first.minY),
      small, color: canvas.theme.secondaryInk, vertical: .top)
    for (row, group) in ([nil] + groups.map(Optional.some)).enumerated() {
      let place = places[row]
      let texts = prompts.map { prompt in group.map { answer(prompt, $0) } ?? prompt }
      // Two lines of two, under the column that they belong to.
      for line in 0..<2 {
        canvas.text(
          texts.dropFirst(2 * line).prefix(2).joined(separator: "  "),
          at: Point(place.minX, foot.minY + Double(line) * canvas.lineHeight(small)), code,
          color: canvas.theme.color(columns[row].role), vertical: .top)
      }
    }
  }
}
