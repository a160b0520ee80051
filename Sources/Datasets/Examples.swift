public import LinearAlgebra

/// Examples for a perceptron: a row of inputs each, and what should come out.
public struct Examples: Equatable, Sendable {
  /// The inputs, [examples, features].
  public let inputs: Matrix
  public let targets: Targets

  /// What should come out of a model.
  public enum Targets: Equatable, Sendable {
    /// The number of a class, counted from 0, for every example, and the names of the classes.
    case classes([Int], names: [String])
    /// Numbers, [examples, outputs].
    case numbers(Matrix)
  }

  /// Assembles examples; there are as many targets as rows.
  public init(inputs: Matrix, targets: Targets) {
    let count =
      switch targets {
      case .classes(let labels, _): labels.count
      case .numbers(let numbers): numbers.rows
      }
    precondition(count == inputs.rows, "\(inputs.rows) inputs need as many targets, not \(count).")
    self.inputs = inputs
    self.targets = targets
  }

  /// The number of examples.
  public var count: Int { inputs.rows }
  /// The number of inputs of each.
  public var features: Int { inputs.columns }

  /// The labels, where the targets are classes.
  public var labels: [Int]? {
    guard case .classes(let labels, _) = targets else { return nil }
    return labels
  }

  /// Some of the examples, in the order of their numbers.
  public subscript(indices: some Sequence<Int>) -> Examples {
    let indices = Array(indices)
    func rows(_ matrix: Matrix) -> Matrix {
      Matrix(
        rows: indices.count, columns: matrix.columns, values: indices.flatMap { matrix.row($0) })
    }
    let targets: Targets =
      switch targets {
      case .classes(let labels, let names): .classes(indices.map { labels[$0] }, names: names)
      case .numbers(let numbers): .numbers(rows(numbers))
      }
    return Examples(inputs: rows(inputs), targets: targets)
  }

  /// Sets some of the examples apart, chosen at random.
  ///
  /// - Parameters:
  ///   - share: The share to set apart, from 0 up to, but not including, 1.
  ///   - seed: The seed of the choice.
  /// - Returns: Both parts in the order of the examples; with a share above 0 and at least two
  ///   examples, neither is empty.
  /// - Throws: `setting`.
  public func split(validationShare share: Double, seed: UInt64) throws(DatasetError) -> DataSplit {
    let (train, validation) = try splitIndices(count, validationShare: share, seed: seed)
    return DataSplit(train: self[train], validation: self[validation])
  }
}

/// Sets some of the numbers from 0 up to a count apart; both parts are in order.
///
/// - Throws: `setting`.
func splitIndices(
  _ count: Int, validationShare share: Double, seed: UInt64
) throws(DatasetError) -> (train: [Int], validation: [Int]) {
  guard (0..<1).contains(share) else {
    throw .setting(
      name: "the share of the validation set", value: "\(share)",
      allowed: "from 0 up to, but not including, 1")
  }
  var held = Int((Double(count) * share).rounded())
  if share > 0, count > 1 { held = min(max(held, 1), count - 1) }
  var generator = RandomGenerator(seed: seed, stream: Stream.split)
  let order = generator.order(of: count)
  return (order[held...].sorted(), order[..<held].sorted())
}

/// Examples to learn from, and others to check with.
public struct DataSplit: Equatable, Sendable {
  public let train: Examples
  public let validation: Examples

  public init(train: Examples, validation: Examples) {
    self.train = train
    self.validation = validation
  }
}

/// The purposes of random numbers; each has its own sequence.
enum Stream {
  static let train: UInt64 = 1
  static let validation: UInt64 = 2
  static let split: UInt64 = 3
  static let weights: UInt64 = 4
  /// Followed by the number of the subject.
  static let exam: UInt64 = 16
  /// Followed by the number of the epoch.
  static let epochs: UInt64 = 1 << 32
}
