public import Drawing
public import Experiments
public import LinearAlgebra

/// A computation that a lesson shows: a pure function from its input to what it found.
///
/// It reads no file, prints nothing and knows no clock: the same input gives the same observation.
public protocol Demonstration: Sendable {
  /// The name by which lesson files call it: lower-case words and hyphens.
  var id: String { get }
  /// What a lesson or a reader may set.
  var parameters: [Parameter] { get }
  /// Input that suits where matrices of normal numbers do not; its files have two decimals.
  var exampleInput: DemonstrationInput? { get }
  /// Computes.
  ///
  /// - Throws: `DemonstrationError` where the input does not suit.
  func observe(_ input: DemonstrationInput) throws -> Observation
}

extension Demonstration {
  public var exampleInput: DemonstrationInput? { nil }
}

/// A demonstration that shows what training did.
///
/// It trains nothing itself: it names the experiments that it needs, and whoever asks it gives it their
/// records, from a file or by training.
public protocol TrainedDemonstration: Demonstration {
  /// The experiments whose records ``Demonstration/observe(_:)`` asks the input for; fewer or shorter
  /// ones where the input is quick.
  ///
  /// - Throws: `DemonstrationError` where the input does not suit.
  func experiments(for input: DemonstrationInput) throws -> [any Experiment]
}

/// A number that a lesson or a reader may set.
public struct Parameter: Sendable, Equatable {
  public var name: String
  public var summary: Phrase
  public var defaultValue: Double
  public var range: ClosedRange<Double>
  public var isWhole: Bool

  public init(
    _ name: String, _ summary: Phrase, default defaultValue: Double, range: ClosedRange<Double>,
    isWhole: Bool = true
  ) {
    self.name = name
    self.summary = summary
    self.defaultValue = defaultValue
    self.range = range
    self.isWhole = isWhole
  }
}

extension Parameter {
  /// How many weights share an absmax, where a lesson may choose it as users of NF4 may.
  static let blockSize = Parameter(
    "block", Phrase(es: "pesos por bloque", en: "weights in a block"), default: 64,
    range: 32...4096)
}

/// Weights with the name under which a picture shows them.
public struct NamedWeights: Sendable, Equatable {
  /// A short name, such as a tensor's.
  public var name: String
  public var matrix: Matrix

  public init(name: String, matrix: Matrix) {
    self.name = name
    self.matrix = matrix
  }
}

/// What a demonstration computes from.
public struct DemonstrationInput: Sendable {
  /// The values that were set; a parameter without one has its default.
  public var settings: [String: Double]
  public var seed: UInt64
  /// The weights to work on: those of the lesson, or those of the reader.
  public var weights: NamedWeights?
  /// What a training changed in these weights, where the lesson has it.
  public var change: NamedWeights?
  /// Whether a smaller training is to do, which the picture then says.
  public var isQuick: Bool
  /// What experiments measured, by their keys.
  public var records: [String: ExperimentRecord]

  public init(
    settings: [String: Double] = [:], seed: UInt64 = 7, weights: NamedWeights? = nil,
    change: NamedWeights? = nil, isQuick: Bool = false, records: [String: ExperimentRecord] = [:]
  ) {
    self.settings = settings
    self.seed = seed
    self.weights = weights
    self.change = change
    self.isQuick = isQuick
    self.records = records
  }

  /// What an experiment measured.
  ///
  /// - Throws: `ExperimentError.noRecord`.
  public func record(of experiment: some Experiment) throws(ExperimentError) -> ExperimentRecord {
    guard let record = records[experiment.key] else { throw .noRecord(key: experiment.key) }
    return record
  }
}

extension Demonstration {
  /// The value of a parameter, checked against its range.
  ///
  /// - Throws: `DemonstrationError.outOfRange` or `.notWhole`.
  public func value(of name: String, in input: DemonstrationInput) throws -> Double {
    guard let parameter = parameters.first(where: { $0.name == name }) else {
      preconditionFailure("The demonstration \(id) declares no parameter \(name).")
    }
    let value = input.settings[name] ?? parameter.defaultValue
    guard parameter.range.contains(value) else {
      throw DemonstrationError.outOfRange(
        demonstration: id, parameter: name, value: value, range: parameter.range)
    }
    guard !parameter.isWhole || value == value.rounded() else {
      throw DemonstrationError.notWhole(demonstration: id, parameter: name, value: value)
    }
    return value
  }

  /// The value of a whole-number parameter.
  ///
  /// - Throws: `DemonstrationError.outOfRange` or `.notWhole`.
  public func whole(_ name: String, in input: DemonstrationInput) throws -> Int {
    Int(try value(of: name, in: input))
  }

  /// The weights of the input.
  ///
  /// - Throws: `DemonstrationError.needsWeights` where there are none, or fewer than a count.
  public func weights(in input: DemonstrationInput, atLeast count: Int = 1) throws -> NamedWeights {
    guard let weights = input.weights, weights.matrix.count >= count else {
      throw DemonstrationError.needsWeights(
        demonstration: id, atLeast: count, found: input.weights?.matrix.count ?? 0)
    }
    return weights
  }

  /// The weights of the input, for a picture that writes their values.
  ///
  /// - Throws: `DemonstrationError.needsWeights`, or `.unsuitableWeights` where the largest magnitude
  ///   has too many digits for a picture.
  public func weightsToWrite(
    in input: DemonstrationInput, atLeast count: Int = 1
  ) throws -> NamedWeights {
    let weights = try weights(in: input, atLeast: count)
    let largest = weights.matrix.values.reduce(0) { max($0, $1.magnitude) }
    guard largest == 0 || (1e-4...1e5).contains(largest) else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: """
          has \(largest) as its largest magnitude, and the picture writes numbers from 0.0001 to \
          100000; scale the weights first
          """)
    }
    return weights
  }
}
