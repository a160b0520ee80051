internal import Charts
internal import Drawing
internal import Experiments

/// What adapters of every rank took back of what four bits lose in the course's base model, seed by seed.
struct RecoveryRecords: Sendable {
  /// The trained adapters of a rank, one record a seed, and LoftQ's without training.
  struct Rank: Sendable {
    let rank: Int
    let trained: [ExperimentRecord]
    /// LoftQ after one iteration and after ``RecoveryRecords/iterations``.
    let loftQ: [ExperimentRecord]

    /// A number of every seed.
    func seeds(_ name: String) throws -> Spread {
      Spread(try trained.map { try $0.number(name) })
    }
    /// The share of the error of four bits that is gone, for every seed.
    func recovered(_ name: String) throws -> Spread {
      Spread(
        try trained.map { record in
          let four = try record.number("four.error")
          return four > 0 ? 1 - (try record.number(name + ".error")) / four : 0
        })
    }
  }

  let ranks: [Rank]

  static let iterations = 5

  static func rankList(_ input: DemonstrationInput) -> [Int] {
    input.isQuick ? [1, 4, 16] : [1, 2, 4, 8, 16]
  }
  private static func steps(_ input: DemonstrationInput) -> Int { input.isQuick ? 150 : 500 }
  private static func trained(_ rank: Int, _ input: DemonstrationInput) -> [FourBitRecovery] {
    input.trainingSeeds().map {
      FourBitRecovery(rank: rank, start: .zero, steps: steps(input), seed: $0)
    }
  }
  private static func loftQ(_ rank: Int) -> [FourBitRecovery] {
    [1, iterations].map {
      FourBitRecovery(rank: rank, start: .loftQ(iterations: $0), steps: 0, seed: 0)
    }
  }

  static func experiments(for input: DemonstrationInput) -> [any Experiment] {
    rankList(input).flatMap { trained($0, input) + loftQ($0) }
  }

  init(_ input: DemonstrationInput) throws {
    ranks = try Self.rankList(input).map { rank in
      Rank(
        rank: rank, trained: try Self.trained(rank, input).map { try input.record(of: $0) },
        loftQ: try Self.loftQ(rank).map { try input.record(of: $0) })
    }
  }

  /// The first record, for what all of them have in common.
  var first: ExperimentRecord { ranks[0].trained[0] }
  /// The number of seeds.
  var seedCount: Int { ranks[0].trained.count }
  /// The rank whose adapters come closest to the exact base.
  var best: Int {
    let errors = ranks.map { (try? $0.seeds("trained.error").median) ?? .infinity }
    return errors.indices.min { errors[$0] < errors[$1] } ?? 0
  }

  /// The axis of ranks: each as far from the next as from the one before.
  var across: PlotFrame.Side {
    let places = ranks.map { Double($0.rank) }
    return PlotFrame.Side(
      kind: .logarithmic, domain: (places.first ?? 1)...max(places.last ?? 2, 2),
      ticks: ranks.map { (Double($0.rank), String($0.rank)) })
  }
}
