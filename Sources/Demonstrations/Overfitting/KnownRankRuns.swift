internal import Drawing
internal import Experiments

/// The trainings on a change of known rank that a lesson shows, one a seed.
struct KnownRankRuns: Sendable {
  typealias Model = KnownRankTraining.Model

  static let rank = Parameter(
    "rank", Phrase(es: "rango del cambio verdadero", en: "rank of the true change"), default: 2,
    range: 1...4)
  static let examples = Parameter(
    "examples", Phrase(es: "ejemplos", en: "examples"), default: 160, range: 40...400)

  static let parameters = [rank, examples]

  let experiments: [KnownRankTraining]

  /// The trainings of a demonstration with these parameters.
  init(_ demonstration: some Demonstration, _ input: DemonstrationInput) throws {
    self.init(
      examples: try demonstration.whole("examples", in: input),
      rank: try demonstration.whole("rank", in: input), input)
  }

  init(examples: Int, rank: Int, _ input: DemonstrationInput) {
    experiments = input.trainingSeeds().map {
      KnownRankTraining(
        rank: rank, examples: examples, steps: input.isQuick ? 300 : 800, seed: $0)
    }
  }

  var size: Int { experiments[0].size }
  var trueRank: Int { experiments[0].rank }
  var exampleCount: Int { experiments[0].examples }
  var models: [Model] { experiments[0].models }
  /// The numbers that describe a change of the true rank: k (2 size − k).
  var freedom: Int { trueRank * (2 * size - trueRank) }
}

/// What came out of them.
struct KnownRankOutcome: Sendable {
  typealias Model = KnownRankTraining.Model

  let runs: KnownRankRuns
  let records: [ExperimentRecord]
  let isQuick: Bool

  init(_ runs: KnownRankRuns, _ input: DemonstrationInput) throws {
    self.runs = runs
    records = try runs.experiments.map { try input.record(of: $0) }
    isQuick = input.isQuick
    // What is missing is found here, so that nothing below can fail.
    for record in records {
      _ = try record.list(Model.steps)
      _ = try record.list(Model.truth)
      for model in runs.models {
        for name in [model.trainingError, model.heldOutError, model.change] {
          guard try !record.list(name).isEmpty else { throw ExperimentError.missing(name: name) }
        }
      }
    }
  }

  var seedCount: Int { records.count }
  var steps: [Double] { records[0].numbers[Model.steps] ?? [] }

  func curves(_ name: String) -> [[Double]] { records.map { $0.numbers[name] ?? [] } }
  /// The last value of a list, of every seed.
  func ends(_ name: String) -> [Double] { curves(name).map { $0.last ?? 0 } }
  func heldOut(_ model: Model) -> [Double] { ends(model.heldOutError) }
  func training(_ model: Model) -> [Double] { ends(model.trainingError) }
  func median(_ name: String) -> Double { Spread(ends(name)).median }

  /// The medians of the singular values in a list.
  func values(_ name: String) -> [Double] {
    let lists = curves(name)
    return (lists.map(\.count).min().map { Array(0..<$0) } ?? []).map { index in
      Spread(lists.map { $0[index] }).median
    }
  }

  /// The rank whose adapter has the smallest held-out error, in the median.
  var bestRank: Int {
    let ranks = runs.models.compactMap { model -> Int? in
      if case .lora(let rank) = model { rank } else { nil }
    }
    return ranks.min {
      median(Model.lora(rank: $0).heldOutError) < median(Model.lora(rank: $1).heldOutError)
    } ?? 1
  }
}
