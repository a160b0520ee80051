internal import Charts
internal import Datasets
internal import Drawing
internal import Experiments

/// A way of teaching divisions to the base model, before the learning rate is chosen.
struct ExamSetting: Hashable, Sendable {
  var method: ExamFineTuning.Method
  var rank = 8
  var targets: [String] = []
  var oldShare = 0.0

  static let full = ExamSetting(method: .full)
  static let lora8 = ExamSetting(method: .lora)
  static let lora2 = ExamSetting(method: .lora, rank: 2)
  static let lora1 = ExamSetting(method: .lora, rank: 1)
  static let qlora8 = ExamSetting(method: .qlora)
  /// Those that are compared with a learning rate chosen for each.
  static let compared = [full, lora8, lora2, lora1, qlora8]

  func name(_ words: Words) -> String {
    switch method {
    case .full: words.say(es: "completo", en: "full")
    case .lora: "LoRA r = \(rank)"
    case .qlora: "QLoRA r = \(rank)"
    }
  }

  var role: Role {
    switch method {
    case .full: .original
    case .lora: .update
    case .qlora: .quantized
    }
  }

  var shape: ScatterChart.Shape {
    switch (method, rank) {
    case (.full, _): .circle
    case (.qlora, _): .square
    case (.lora, 1): .downTriangle
    case (.lora, 2): .diamond
    case (.lora, _): .triangle
    }
  }

  /// The rates that are tried: those of adapters are larger.
  var rates: [Double] {
    method.isAdapter ? [0.001, 0.003, 0.01, 0.03] : [0.0003, 0.001, 0.003, 0.01]
  }
}

/// The trainings on the exam that a lesson shows: settings, rates and seeds.
struct ExamRuns: Sendable {
  static let parameters = [
    Parameter(
      "divisions", Phrase(es: "divisiones para aprender", en: "divisions to learn from"),
      default: 128, range: 16...400),
    Parameter("steps", Phrase(es: "pasos", en: "steps"), default: 500, range: 30...2000),
  ]

  let divisions: Int
  let steps: Int
  let seeds: [UInt64]
  let isQuick: Bool

  init(_ demonstration: some Demonstration, _ input: DemonstrationInput) throws {
    divisions = try demonstration.whole("divisions", in: input)
    let steps = try demonstration.whole("steps", in: input)
    isQuick = input.isQuick
    self.steps = isQuick ? max(steps * 3 / 10, 10) : steps
    seeds = input.trainingSeeds()
  }

  func experiment(_ setting: ExamSetting, rate: Double, seed: UInt64) -> ExamFineTuning {
    ExamFineTuning(
      setting.method, rank: setting.rank, targets: setting.targets, learningRate: rate,
      steps: steps, divisions: divisions, oldShare: setting.oldShare, seed: seed)
  }

  func experiments(_ setting: ExamSetting, rate: Double) -> [ExamFineTuning] {
    seeds.map { experiment(setting, rate: rate, seed: $0) }
  }

  /// All rates of some settings.
  func grid(_ settings: [ExamSetting]) -> [ExamFineTuning] {
    settings.flatMap { setting in
      setting.rates.flatMap { experiments(setting, rate: $0) }
    }
  }
}

/// What came out of one training on the exam.
struct ExamOutcome: Sendable {
  typealias Measure = ExamFineTuning.Measure

  let record: ExperimentRecord

  init(_ experiment: ExamFineTuning, _ input: DemonstrationInput) throws {
    record = try input.record(of: experiment)
    // What is missing is found here, so that nothing below can fail.
    for measure in Measure.allCases {
      guard try !record.list(measure.rawValue).isEmpty else {
        throw ExperimentError.missing(name: measure.rawValue)
      }
    }
  }

  func list(_ measure: Measure) -> [Double] { record.numbers[measure.rawValue] ?? [] }
  func last(_ measure: Measure) -> Double { list(measure).last ?? 0 }

  /// The examination at which the divisions to choose with were answered best before the loss rose: the one
  /// of the smallest loss on them, the earliest where several are as small.
  var bestIndex: Int {
    let losses = list(.choosingLoss)
    return losses.indices.min { losses[$0] < losses[$1] } ?? 0
  }
  func best(_ measure: Measure) -> Double {
    let list = list(measure)
    return bestIndex < list.count ? list[bestIndex] : list.last ?? 0
  }

  /// What the trained model writes after a prompt.
  func answer(to prompt: String) -> String {
    let tokens = record.numbers[ExamFineTuning.answerName(prompt)] ?? []
    return CharacterTokenizer.exam.text(of: tokens.map { Int($0) })
  }
  var prompts: [String] {
    let prefix = ExamFineTuning.answerName("")
    return record.numbers.keys.filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }.sorted()
  }
}

/// The seeds of one setting and rate.
struct ExamGroup: Sendable {
  typealias Measure = ExamFineTuning.Measure

  let setting: ExamSetting
  let rate: Double
  let outcomes: [ExamOutcome]

  init(_ setting: ExamSetting, rate: Double, _ runs: ExamRuns, _ input: DemonstrationInput) throws {
    self.setting = setting
    self.rate = rate
    outcomes = try runs.experiments(setting, rate: rate).map { try ExamOutcome($0, input) }
  }

  func ends(_ measure: Measure) -> Spread { Spread(outcomes.map { $0.last(measure) }) }
  func bests(_ measure: Measure) -> Spread { Spread(outcomes.map { $0.best(measure) }) }
  func curves(_ measure: Measure) -> [[Double]] { outcomes.map { $0.list(measure) } }
  var steps: [Double] { outcomes.first?.list(.steps) ?? [] }
  /// What rates are chosen by: the characters of held-out divisions that are not reported.
  var merit: Double { ends(.choosingCharacters).median }
}

/// A setting with all its rates, and the one that was chosen.
struct ExamChoice: Sendable {
  let groups: [ExamGroup]

  init(_ setting: ExamSetting, _ runs: ExamRuns, _ input: DemonstrationInput) throws {
    groups = try setting.rates.map { try ExamGroup(setting, rate: $0, runs, input) }
  }

  var setting: ExamSetting { groups[0].setting }

  /// The differences in merit that count as none: about two of the characters of the hundred divisions.
  static let tie = 0.005

  /// The group of the greatest merit; of those as good, the one with the smallest rate, which changes least.
  var chosen: ExamGroup {
    let most = groups.map(\.merit).max() ?? 0
    return groups.first { $0.merit >= most - Self.tie } ?? groups[0]
  }
}
