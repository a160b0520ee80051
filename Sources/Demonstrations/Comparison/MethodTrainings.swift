internal import Drawing
internal import Experiments
internal import LinearAlgebra
internal import Training

/// The same divisions taught to the course's base model by the three methods, seed by seed.
struct MethodTrainings: Sendable {
  /// How much there is to learn from.
  enum Task: Sendable {
    /// Thousands of divisions, most of those that there are.
    case many
    /// As few as a class would cram before an exam.
    case few
  }

  let task: Task
  /// The records of each method, one a seed.
  let records: [MemoryModel.Method: [ExperimentRecord]]

  static let rank = 8

  private static func experiment(
    _ method: MemoryModel.Method, _ task: Task, seed: UInt64, isQuick: Bool
  ) -> ExamFineTuning {
    // The rate with which each method did best, on other divisions than those that are reported.
    let kind: ExamFineTuning.Method =
      switch method {
      case .full: .full
      case .lora: .lora
      case .qlora: .qlora
      }
    let steps =
      switch task {
      case .many: isQuick ? 200 : 1500
      case .few: isQuick ? 100 : 300
      }
    return ExamFineTuning(
      kind, rank: rank, learningRate: method == .full ? 0.003 : 0.005, steps: steps,
      batch: task == .many ? 32 : 16, divisions: task == .many ? 7000 : 128,
      largestDividend: task == .many ? 999 : 99, seed: seed)
  }

  static func experiments(_ task: Task, for input: DemonstrationInput) -> [any Experiment] {
    MemoryModel.Method.allCases.flatMap { method in
      input.trainingSeeds().map {
        experiment(method, task, seed: $0, isQuick: input.isQuick)
      }
    }
  }

  init(_ task: Task, _ input: DemonstrationInput) throws {
    self.task = task
    records = Dictionary(
      uniqueKeysWithValues: try MemoryModel.Method.allCases.map { method in
        (
          method,
          try input.trainingSeeds().map { seed in
            try input.record(
              of: Self.experiment(method, task, seed: seed, isQuick: input.isQuick))
          }
        )
      })
  }

  /// The lists of a measure, one a seed.
  func lists(
    _ measure: ExamFineTuning.Measure, _ method: MemoryModel.Method
  ) throws -> [[Double]] {
    try (records[method] ?? []).map { record in
      let list = try record.list(measure.rawValue)
      guard !list.isEmpty else { throw ExperimentError.missing(name: measure.rawValue) }
      return list
    }
  }

  /// What every seed ends with.
  func final(
    _ measure: ExamFineTuning.Measure, _ method: MemoryModel.Method
  ) throws -> Spread {
    Spread(try lists(measure, method).map { $0[$0.count - 1] })
  }

  /// The mean of the lists that were made at the end, such as the three old subjects.
  func mean(
    _ measure: ExamFineTuning.Measure, _ method: MemoryModel.Method
  ) throws -> Spread {
    Spread(try lists(measure, method).map { Statistics.mean($0) })
  }

  /// By how much the loss on held-out divisions has risen since it was lowest, as a factor.
  func rise(_ method: MemoryModel.Method) throws -> Spread {
    Spread(
      try lists(.heldOutLoss, method).map { list in
        let least = list.min() ?? 0
        return least > 0 ? list[list.count - 1] / least : 1
      })
  }

  /// The steps at which the models were examined.
  func steps() throws -> [Double] { try lists(.steps, .full)[0] }
  /// What was measured at each of these steps, all seeds together.
  func course(
    _ measure: ExamFineTuning.Measure, _ method: MemoryModel.Method
  ) throws -> [[Double]] {
    let lists = try lists(measure, method)
    let count = lists.map(\.count).min() ?? 0
    return (0..<count).map { index in lists.map { $0[index] } }
  }

  var seedCount: Int { records[.full]?.count ?? 0 }
}

extension MemoryModel.Method {
  /// Dashes that tell the lines of the methods apart where colours cannot.
  var dashes: [Double] {
    switch self {
    case .full: []
    case .lora: [4, 2]
    case .qlora: [1.4, 1.6]
    }
  }
}
