internal import Drawing
internal import Experiments
internal import LinearAlgebra

#if canImport(Glibc)
  internal import Glibc
#endif

/// The trainings that the lesson on ranks compares: how long they are, how often each is repeated, and which
/// learning rates it may choose from.
struct RankStudy: Sendable {
  static let parameters = [
    Parameter(
      "steps", Phrase(es: "pasos de cada entrenamiento", en: "steps of each training"),
      default: 150, range: 20...5000),
    Parameter(
      "seeds", Phrase(es: "repeticiones con otra semilla", en: "repetitions with another seed"),
      default: 5, range: 1...20),
  ]

  static let ranks = [1, 2, 4, 8, 16, 32]
  /// Of full fine-tuning; those of adapters depend on the rank.
  static let fullRates = [0.002, 0.004, 0.008]

  let steps: Int
  let seeds: [UInt64]
  let isQuick: Bool

  init(_ demonstration: some Demonstration, _ input: DemonstrationInput) throws {
    let (steps, seeds) = (
      try demonstration.whole("steps", in: input), try demonstration.whole("seeds", in: input)
    )
    isQuick = input.isQuick
    self.steps = isQuick ? max(steps / 3, 20) : steps
    self.seeds = input.trainingSeeds(seeds)
  }

  /// The steps of trainings of which there are many.
  var fewSteps: Int { max(steps / 2, 20) }

  /// Three rates around the one with which the first updates are of one length at every rank when alpha is twice
  /// the rank.
  static func rates(rank: Int) -> [Double] {
    [0.5, 1, 2].map { rounded($0 * 0.02 / Double(rank).squareRoot()) }
  }

  /// A rate with two digits, so that it can be typed.
  private static func rounded(_ rate: Double) -> Double {
    let scale = pow(10, 1 - floor(log10(rate)))
    return (rate * scale).rounded() / scale
  }

  static func adapters(rank: Int, targets: [String] = []) -> DivisionTraining.Tuning {
    .adapters(rank: rank, alpha: Double(2 * rank), targets: targets)
  }

  /// Trainings at some rates, with every seed.
  func trainings(
    _ tuning: DivisionTraining.Tuning, rates: [Double], steps: Int? = nil
  ) -> [DivisionTraining] {
    rates.flatMap { rate in
      seeds.map {
        DivisionTraining(tuning, learningRate: rate, steps: steps ?? self.steps, seed: $0)
      }
    }
  }

  /// What came out of these trainings.
  func outcome(
    _ tuning: DivisionTraining.Tuning, rates: [Double], steps: Int? = nil,
    in input: DemonstrationInput
  ) throws -> TuningOutcome {
    TuningOutcome(
      rates: try rates.map { rate in
        let records = try trainings(tuning, rates: [rate], steps: steps).map {
          try input.record(of: $0)
        }
        func all(_ measure: DivisionTraining.Measure) throws -> [Double] {
          try records.map { try $0.number(measure.rawValue) }
        }
        return TuningOutcome.Rate(
          rate: rate, choosing: try all(.choosingLoss), losses: try all(.heldOutLoss),
          scores: try all(.heldOutScore), norms: try all(.updateNorm),
          parameters: Int(
            try records.first?.number(DivisionTraining.Measure.trainedParameters.rawValue) ?? 0))
      })
  }

  /// What a picture says about the seeds.
  func note(_ words: Words) -> String {
    let count = seeds.count
    let seeds =
      count == 1
      ? words.say(es: "una semilla", en: "one seed")
      : words.say(
        es: "mediana y extremos de \(count) semillas", en: "median and range of \(count) seeds")
    return isQuick ? words.say(es: "versión rápida: ", en: "quick version: ") + seeds : seeds
  }

  /// The values that every step has.
  var named: [String: Value] {
    [
      "steps": .integer(steps), "seeds": .integer(seeds.count),
      "batch": .integer(trainings(.full, rates: [0.001]).first?.batch ?? 0),
    ]
  }
}

/// How a way of tuning does at several rates, with several seeds.
struct TuningOutcome: Sendable {
  struct Rate: Sendable {
    let rate: Double
    /// By seed: the loss to choose with, and what is reported.
    let choosing, losses, scores, norms: [Double]
    let parameters: Int

    var median: Double { Statistics.median(losses) }
  }

  let rates: [Rate]

  /// The rate whose median loss to choose with is the least.
  var best: Rate {
    rates.min { Statistics.median($0.choosing) < Statistics.median($1.choosing) } ?? rates[0]
  }
  /// Whether a rate further out might be better still.
  var isAtEdge: Bool {
    rates.count > 1 && (best.rate == rates[0].rate || best.rate == rates[rates.count - 1].rate)
  }
  var losses: [Double] { best.losses }
  var median: Double { best.median }
  var score: Double { Statistics.median(best.scores) }
  var parameters: Int { best.parameters }
  /// Whether the loss of every seed is below that of every one of the other.
  func isBelow(_ other: TuningOutcome) -> Bool {
    Spread(losses).isBelow(Spread(other.losses))
  }
}
