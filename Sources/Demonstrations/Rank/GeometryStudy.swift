internal import Drawing
internal import Experiments
internal import LinearAlgebra

/// The changes that full fine-tuning and adapters of some ranks make when they learn the same divisions.
struct GeometryStudy: Sendable {
  static let ranks = [2, 8, 32]
  static let fullRate = 0.004

  let study: RankStudy
  private let records: [ExperimentRecord]

  static func experiments(_ study: RankStudy) -> [ExamUpdateGeometry] {
    study.seeds.map {
      ExamUpdateGeometry(
        ranks: ranks, fullRate: fullRate, adapterRates: ranks.map { RankStudy.rates(rank: $0)[1] },
        steps: study.steps, seed: $0)
    }
  }

  init(_ study: RankStudy, _ input: DemonstrationInput) throws {
    self.study = study
    records = try Self.experiments(study).map { try input.record(of: $0) }
  }

  /// Full fine-tuning, then the ranks.
  static func runNames(_ words: Words) -> [String] {
    [words.say(es: "completo", en: "full")] + ranks.map { "r = \($0)" }
  }

  /// The values of all seeds for each entry of a list.
  func seeds(_ measure: ExamUpdateGeometry.Measure) throws -> [[Double]] {
    let lists = try records.map { try $0.list(measure.rawValue) }
    guard let first = lists.first, lists.allSatisfy({ $0.count == first.count }) else {
      throw ExperimentError.missing(name: measure.rawValue)
    }
    return first.indices.map { index in lists.map { $0[index] } }
  }

  /// A list of the first seed, cut into parts of one length.
  func parts(_ measure: ExamUpdateGeometry.Measure, count: Int) throws -> [[Double]] {
    guard let list = try records.first?.list(measure.rawValue), count > 0,
      list.count.isMultiple(of: count), !list.isEmpty
    else { throw ExperimentError.missing(name: measure.rawValue) }
    let length = list.count / count
    return (0..<count).map { Array(list[$0 * length..<($0 + 1) * length]) }
  }
}
