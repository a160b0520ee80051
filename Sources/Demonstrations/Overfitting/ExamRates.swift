internal import Charts
internal import Drawing
public import Experiments

/// The learning rate of each method, chosen on held-out divisions that are not reported.
public struct ExamRates: TrainedDemonstration {
  public let id = "exam-rates"
  public let parameters = ExamRuns.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try ExamRuns(self, input).grid(ExamSetting.compared)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let runs = try ExamRuns(self, input)
    let result = ExamRatesResult(
      runs: runs, choices: try ExamSetting.compared.map { try ExamChoice($0, runs, input) })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Cada método necesita su propia tasa de aprendizaje",
            en: "Each method needs a learning rate of its own")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// All settings with all their rates.
struct ExamRatesResult: Sendable {
  let runs: ExamRuns
  let choices: [ExamChoice]

  static let keys = ["full", "lora_8", "lora_2", "lora_1", "qlora"]

  private func isAtTheEdge(_ choice: ExamChoice) -> Bool {
    choice.chosen.rate == choice.groups[choice.groups.count - 1].rate
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "seeds": .integer(runs.seeds.count), "divisions": .integer(runs.divisions),
      "choosing": .integer(ExamFineTuning.choosingDivisions),
      "reporting": .integer(ExamFineTuning.reportedDivisions),
      "tie": .percentage(ExamChoice.tie, decimals: 1),
      "rates": .integer(choices[0].groups.count),
      "trainings": .integer(choices.reduce(0) { $0 + $1.groups.count * runs.seeds.count }),
      "ratio": .number(choices[1].chosen.rate / choices[0].chosen.rate, decimals: 0),
      "lora_is_larger": .flag(choices[1].chosen.rate > choices[0].chosen.rate),
      "full_at_edge": .flag(isAtTheEdge(choices[0])),
      "lora_at_edge": .flag(isAtTheEdge(choices[1])),
    ]
    for (key, choice) in zip(Self.keys, choices) {
      values["\(key)_rate"] = .significant(choice.chosen.rate, digits: 1)
      values["\(key)_merit"] = .percentage(choice.chosen.merit, decimals: 0)
    }
    // What would be said with the rate of full fine-tuning for all.
    let same = choices[1].groups.first { $0.rate == choices[0].chosen.rate }
    values["same_rate"] = .flag(same != nil)
    values["same_merit"] = .percentage(same?.merit ?? 0, decimals: 0)
    return values
  }

  var tables: [DataTable] {
    let rates = Set(choices.flatMap { $0.groups.map(\.rate) }).sorted()
    return [
      DataTable(
        id: "rates",
        title: Phrase(
          es: "caracteres acertados, por tasa", en: "characters right, by rate"),
        columns: [Phrase("")]
          + rates.map { rate in
            let text = { Words($0).numbers.significant(rate, digits: 1) }
            return Phrase(es: text(.spanish), en: text(.english))
          },
        rows: choices.map { choice in
          [
            .init(
              .words(
                Phrase(
                  es: choice.setting.name(Words(.spanish)),
                  en: choice.setting.name(Words(.english)))))
          ]
            + rates.map { rate in
              guard let group = choice.groups.first(where: { $0.rate == rate }) else {
                return .init(.code(""))
              }
              return .init(
                .percentage(group.merit, decimals: 1),
                shade: rate == choice.chosen.rate ? .role(choice.setting.role) : .none)
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = choices.map {
      "\($0.setting.name(words)): \(words.numbers.significant($0.chosen.rate, digits: 1))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Caracteres acertados en divisiones apartadas según la tasa de aprendizaje, una línea por \
        método. Tasas elegidas: \(list).
        """,
      en: """
        Characters right in held-out divisions against the learning rate, a line a method. Chosen \
        rates: \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame = canvas.drawSeedNote(runs.seeds.count, isQuick: runs.isQuick, in: whole)
    let shown = canvas.isCompact ? [choices[0], choices[1], choices[4]] : choices
    let series = shown.map { choice in
      BandChart.Series(
        name: choice.setting.method.isAdapter ? choice.setting.name(words) : "",
        role: choice.setting.role, x: choice.groups.map(\.rate),
        runs: runs.seeds.indices.map { seed in
          choice.groups.map { $0.outcomes[seed].last(.choosingCharacters) }
        }, dashes: Self.dashes(choice.setting))
    }
    let rates = shown.flatMap { $0.groups.map(\.rate) }
    let (low, high) = (rates.min() ?? 1e-4, rates.max() ?? 1)
    let values = series.flatMap { $0.runs.joined() }
    let top = min((((values.max() ?? 1) + 0.02) * 10).rounded(.up) / 10, 1)
    let bottom = max(((values.min() ?? 0) * 10).rounded(.down) / 10, 0)
    let domain = min(bottom, top - 0.1)...top
    let plotTicks = Ticks.linear(domain, count: canvas.isCompact ? 3 : 5)
    SeedSides(
      heading: words.say(
        es: "caracteres acertados en divisiones nuevas",
        en: "characters right in new divisions"),
      series: series,
      across: .init(
        kind: .logarithmic, domain: low...high,
        ticks: Set(rates).sorted().map { ($0, words.numbers.significant($0, digits: 1)) },
        title: words.say(es: "tasa de aprendizaje", en: "learning rate")),
      up: .init(
        domain: domain, ticks: plotTicks.map { ($0, words.percentage($0, 0)) }),
      labels: [
        (
          Point(shown[0].groups[0].rate, shown[0].groups[1].merit), shown[0].setting.name(words),
          shown[0].setting.role
        )
      ],
      dots: shown.map { choice in
        (Point(choice.chosen.rate, choice.chosen.merit), choice.setting.role)
      }
    ).draw(in: frame, on: &canvas)
  }

  /// Dashes tell the ranks apart, whose colour is one.
  static func dashes(_ setting: ExamSetting) -> [Double]? {
    switch (setting.method, setting.rank) {
    case (.full, _): nil
    case (.qlora, _): [6, 1.5, 1.2, 1.5]
    case (.lora, 1): [1.2, 1.8]
    case (.lora, 2): [4, 2]
    case (.lora, _): []
    }
  }
}
