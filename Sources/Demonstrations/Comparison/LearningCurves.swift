internal import Charts
internal import Drawing
public import Experiments
internal import Training

/// How the three methods learn the same task, step by step: the loss on divisions that nobody has
/// practised, and how many of them come out right.
public struct LearningCurves: TrainedDemonstration {
  public let id = "learning-curves"
  public let parameters: [Parameter] = []

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    MethodTrainings.experiments(.many, for: input)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = try LearningCurvesResult(MethodTrainings(.many, input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.together
            ? words.say(
              es: "LoRA y QLoRA aprenden casi a la par", en: "LoRA and QLoRA learn nearly alike")
            : words.say(
              es: "Tres maneras de aprender las mismas divisiones",
              en: "Three ways of learning the same divisions")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          result.draw(on: &canvas, in: frame, note: input.quickNote(canvas.words))
        }))
  }
}

/// Losses and scores at every examination.
struct LearningCurvesResult: Sendable {
  struct Course: Sendable {
    let method: MemoryModel.Method
    let loss: [[Double]]
    let score: [[Double]]

    var finalLoss: Spread { Spread(loss.last ?? []) }
    var finalScore: Spread { Spread(score.last ?? []) }
  }

  let steps: [Double]
  let courses: [Course]
  let seeds: Int

  init(_ trainings: MethodTrainings) throws {
    steps = try trainings.steps()
    seeds = trainings.seedCount
    courses = try MemoryModel.Method.allCases.map { method in
      Course(
        method: method, loss: try trainings.course(.heldOutLoss, method),
        score: try trainings.course(.heldOutScore, method))
    }
  }

  private func course(_ method: MemoryModel.Method) -> Course {
    courses.first { $0.method == method } ?? courses[0]
  }
  /// Whether the difference between LoRA and QLoRA is smaller than that between seeds.
  var together: Bool {
    let (lora, qlora) = (course(.lora).finalLoss, course(.qlora).finalLoss)
    return !lora.isBelow(qlora) && !qlora.isBelow(lora)
  }
  /// Whether full fine-tuning ends below LoRA with every seed.
  var fullLeads: Bool { course(.full).finalLoss.isBelow(course(.lora).finalLoss) }

  var named: [String: Value] {
    var values: [String: Value] = [
      "seeds": .integer(seeds), "rank": .integer(MethodTrainings.rank),
      "steps": .integer(Int(steps.last ?? 0)), "together": .flag(together),
      "full_leads": .flag(fullLeads),
      "start_loss": .number(
        course(.full).loss.first.map { Spread($0).median } ?? 0, decimals: 1),
    ]
    for (name, method) in zip(["full", "lora", "qlora"], MemoryModel.Method.allCases) {
      let course = course(method)
      values["\(name)_loss"] = .number(course.finalLoss.median, decimals: 2)
      values["\(name)_loss_least"] = .number(course.finalLoss.least, decimals: 2)
      values["\(name)_loss_most"] = .number(course.finalLoss.greatest, decimals: 2)
      values["\(name)_score"] = .percentage(course.finalScore.median, decimals: 0)
    }
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "curves",
        title: Phrase(es: "mediana de la pérdida y aciertos", en: "median loss and right answers"),
        columns: [Phrase(es: "paso", en: "step")]
          + courses.flatMap { course in
            [
              Phrase(
                es: "\(course.method.name.spanish), pérdida",
                en: "\(course.method.name.english), loss"),
              Phrase(
                es: "\(course.method.name.spanish), aciertos",
                en: "\(course.method.name.english), right"),
            ]
          },
        rows: steps.indices.map { index in
          [.init(.integer(Int(steps[index])))]
            + courses.flatMap { course -> [DataTable.Cell] in
              [
                .init(.number(Spread(course.loss[index]).median, decimals: 3)),
                .init(.percentage(Spread(course.score[index]).median, decimals: 1)),
              ]
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = courses.map { course in
      let (loss, score) = (
        words.number(course.finalLoss.median, 2), words.percentage(course.finalScore.median, 0)
      )
      return words.say(
        es: "\(course.method.name(words)) acaba en \(loss), con \(score) de aciertos",
        en: "\(course.method.name(words)) ends at \(loss), with \(score) right")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Dos paneles según los pasos, con una banda de \(seeds) semillas por método: la pérdida en \
        divisiones no practicadas, que baja, y los aciertos, que suben. \(list).
        """,
      en: """
        Two panels against the steps, with a band of \(seeds) seeds for each method: the loss on \
        divisions that were not practised, which falls, and the right answers, which rise. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle, note: String) {
    let words = canvas.words
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 0.8 : 1.6))
    let last = steps.last ?? 1
    let across = PlotFrame.Side(
      domain: 0...max(last, 1),
      ticks: Axis.roundTicks(
        0...max(last, 1), length: panels[0].width, spacing: 7 * canvas.style(.small).size,
        words: words), title: words.say(es: "pasos", en: "steps"))
    func series(_ values: (Course) -> [[Double]]) -> [SeedPanel.Series] {
      courses.map { course in
        .init(
          name: course.method.name(words), role: course.method.role, places: steps,
          values: values(course), dashes: course.method.dashes)
      }
    }
    let losses = courses.flatMap { $0.loss.flatMap { $0 } }
    let (low, high) = (losses.min() ?? 0.1, losses.max() ?? 1)
    let floor = [0.05, 0.1, 0.2, 0.5].last { $0 <= low } ?? max(low, 1e-6)
    let ceiling = max([5.0, 10, 20, 50].first { $0 >= high } ?? high, floor * 2)
    SeedPanel(
      heading: words.say(es: "pérdida", en: "loss"), series: series(\.loss), across: across,
      up: .init(
        kind: .logarithmic, domain: floor...ceiling,
        ticks: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20].filter {
          (floor...ceiling).contains($0)
        }.map { ($0, words.number($0, $0 < 0.1 ? 2 : $0 < 1 ? 1 : 0)) })
    ).draw(in: panels[0], on: &canvas)
    let most = courses.flatMap { $0.score.flatMap { $0 } }.max() ?? 0
    let top = min(max((most * 10).rounded(.up) / 10, 0.1), 1)
    SeedPanel(
      heading: words.say(es: "aciertos", en: "right answers"), series: series(\.score),
      across: across,
      up: .init(
        domain: 0...top,
        ticks: Ticks.linear(0...top, count: 4).map { ($0, words.percentage($0, 0)) })
    ).draw(in: panels[1], on: &canvas)
    canvas.drawQuickNote(note, in: frame)
  }
}
