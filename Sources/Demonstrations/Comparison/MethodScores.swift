internal import Charts
internal import Drawing
public import Experiments
internal import Training

/// What every seed of the three methods ends with: the new subject, and what is left of the old ones.
public struct MethodScores: TrainedDemonstration {
  public let id = "method-scores"
  public let parameters: [Parameter] = []

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    MethodTrainings.experiments(.many, for: input) + MethodTrainings.experiments(.few, for: input)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try MethodScoresResult(
      many: MethodTrainings(.many, input), few: MethodTrainings(.few, input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Las notas, semilla a semilla", en: "The marks, seed by seed")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          result.draw(on: &canvas, in: frame, note: input.quickNote(canvas.words))
        }))
  }
}

/// Scores of every seed.
struct MethodScoresResult: Sendable {
  struct Row: Sendable {
    let method: MemoryModel.Method
    /// Divisions that nobody has practised, after many.
    let new: Spread
    /// The mean of the three old subjects, after many.
    let old: Spread
    /// Of the few divisions those that were practised, and others.
    let fewOwn: Spread
    let fewNew: Spread
    /// By how much the loss on other divisions has risen since its lowest.
    let fewRise: Spread
  }

  let rows: [Row]
  let seeds: Int

  init(many: MethodTrainings, few: MethodTrainings) throws {
    seeds = many.seedCount
    rows = try MemoryModel.Method.allCases.map { method in
      Row(
        method: method, new: try many.final(.heldOutScore, method),
        old: try many.mean(.oldAfter, method), fewOwn: try few.final(.ownScore, method),
        fewNew: try few.final(.heldOutScore, method), fewRise: try few.rise(method))
    }
  }

  /// LoRA's median of what is learned by heart is below that of any full fine-tuning.
  var loraLearnsLess: Bool { row(.lora).fewOwn.median < row(.full).fewOwn.least }

  func row(_ method: MemoryModel.Method) -> Row {
    rows.first { $0.method == method } ?? rows[0]
  }

  /// Whether the seeds of two methods lie among each other.
  static func overlap(_ one: Spread, _ other: Spread) -> Bool {
    !one.isBelow(other) && !other.isBelow(one)
  }

  var named: [String: Value] {
    let (full, lora, qlora) = (row(.full), row(.lora), row(.qlora))
    var values: [String: Value] = [
      "seeds": .integer(seeds),
      "lora_as_qlora": .flag(Self.overlap(lora.new, qlora.new)),
      "full_leads": .flag(lora.new.isBelow(full.new)),
      "all_forget": .flag(rows.allSatisfy { $0.old.median < 0.5 }),
      "all_cram": .flag(rows.allSatisfy { $0.fewOwn.median - $0.fewNew.median > 0.5 }),
      "rises_overlap": .flag(
        Self.overlap(full.fewRise, lora.fewRise) && Self.overlap(full.fewRise, qlora.fewRise)),
      "lora_rises_less": .flag(lora.fewRise.isBelow(full.fewRise)),
      "learns_less": .flag(loraLearnsLess),
    ]
    for (name, row) in zip(["full", "lora", "qlora"], rows) {
      values["\(name)_new"] = .percentage(row.new.median, decimals: 1)
      values["\(name)_least"] = .percentage(row.new.least, decimals: 1)
      values["\(name)_most"] = .percentage(row.new.greatest, decimals: 1)
      values["\(name)_old"] = .percentage(row.old.median, decimals: 1)
      values["\(name)_few_own"] = .percentage(row.fewOwn.median, decimals: 0)
      values["\(name)_few_new"] = .percentage(row.fewNew.median, decimals: 1)
      values["\(name)_rise"] = .number(row.fewRise.median, decimals: 1)
    }
    return values
  }

  /// What is drawn: a heading, the values of a row, and the role of the numbers.
  private static let columns: [(name: Phrase, short: Phrase, value: @Sendable (Row) -> Spread)] =
    [
      (
        Phrase(es: "muchas divisiones: otras", en: "many divisions: others"),
        Phrase(es: "nuevas", en: "new"), { $0.new }
      ),
      (
        Phrase(es: "lo que sabía", en: "what it knew"), Phrase(es: "antiguas", en: "old"),
        { $0.old }
      ),
      (
        Phrase(es: "pocas divisiones: esas", en: "few divisions: those"),
        Phrase(es: "pocas", en: "few"), { $0.fewOwn }
      ),
      (
        Phrase(es: "pocas divisiones: otras", en: "few divisions: others"),
        Phrase(es: "otras", en: "others"), { $0.fewNew }
      ),
    ]

  var tables: [DataTable] {
    [
      DataTable(
        id: "scores", title: Phrase(es: "aciertos", en: "right answers"),
        columns: [Phrase(es: "método", en: "method")] + Self.columns.map(\.name),
        rows: rows.map { row in
          [.init(.words(row.method.name))]
            + Self.columns.map { .init(.percentage($0.value(row).median, decimals: 1)) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = Self.columns.map { column in
      column.name(words) + ": "
        + rows.map {
          "\($0.method.name(words)) \(words.percentage(column.value($0).median, 1))"
        }.joined(separator: ", ")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Cuatro columnas de puntos, uno por semilla, con los aciertos de cada método, y una raya en la \
        mediana. \(list).
        """,
      en: """
        Four columns of dots, one for each seed, with the right answers of each method, and a stroke \
        at the median. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle, note: String) {
    let words = canvas.words
    let small = canvas.style(.small)
    let names = rows.map { $0.method.name(words) }
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let left = (names.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.8)
    let heads = Self.columns.map { canvas.isCompact ? $0.short(words) : $0.name(words) }
    let inner = frame.inset(left: left)
    let columns = inner.columns([1, 1, 1, 1], gap: canvas.em(canvas.isCompact ? 0.9 : 1.8))
    let wrapped = zip(heads, columns).map { canvas.wrapped($0, small, width: $1.width) }
    let head = Double(wrapped.map(\.count).max() ?? 1) * canvas.lineHeight(small) + canvas.em(0.4)
    let foot = canvas.lineHeight(small) + canvas.em(0.6)
    for (index, column) in columns.enumerated() {
      for (line, text) in wrapped[index].enumerated() {
        canvas.text(
          text,
          at: Point(column.minX, frame.minY + Double(line) * canvas.lineHeight(small)), small,
          color: canvas.theme.secondaryInk, vertical: .top)
      }
      let plot = column.inset(top: head, bottom: foot)
      // Each column has its own scale, in whole tenths.
      let most = rows.map { Self.columns[index].value($0).greatest }.max() ?? 0
      let top = min(max((most * 10).rounded(.up) / 10, 0.1), 1)
      let scale = Scale(domain: 0...top, from: plot.minX, to: plot.maxX)
      for tick in [0, top / 2, top] {
        let x = scale(tick)
        canvas.line(Point(x, plot.minY), Point(x, plot.maxY), canvas.faintStroke)
      }
      canvas.text(
        "0", at: Point(plot.minX, plot.maxY + canvas.em(0.35)), small,
        color: canvas.theme.secondaryInk, anchor: .start, vertical: .top)
      canvas.text(
        words.percentage(top, 0), at: Point(plot.maxX, plot.maxY + canvas.em(0.35)), small,
        color: canvas.theme.secondaryInk, anchor: .end, vertical: .top)
      let lines = plot.rows([1, 1, 1], gap: 0)
      for (row, line) in zip(rows, lines) {
        let summary = Self.columns[index].value(row)
        let color = canvas.theme.color(row.method.role)
        if index == 0 {
          canvas.text(
            row.method.name(words), at: Point(frame.minX, line.midY), bold, color: color,
            vertical: .middle)
        }
        let x = scale(summary.median)
        let half = min(line.height * 0.28, canvas.em(1.1))
        canvas.line(
          Point(x, line.midY - half), Point(x, line.midY + half),
          Stroke(color, width: canvas.preset.lineWidth * 1.4))
        for value in summary.values {
          canvas.dot(
            Point(scale(value), line.midY), radius: canvas.preset.lineWidth * 1.7, fill: color,
            stroke: Stroke(canvas.theme.background, width: canvas.preset.lineWidth * 0.4))
        }
        let label = words.percentage(summary.median, canvas.isCompact ? 0 : 1)
        let isRight = summary.greatest < 0.6 * top
        let place =
          isRight ? scale(summary.greatest) + canvas.em(0.6) : scale(summary.least) - canvas.em(0.6)
        canvas.text(
          label, at: Point(place, line.midY - half - canvas.em(0.15)), small, color: color,
          anchor: isRight ? .start : .end, vertical: .bottom)
      }
    }
    canvas.drawQuickNote(note, in: frame)
  }
}
