public import Experiments
public import LinearAlgebra

/// What a demonstration finds on input that nobody had to choose.
public struct DemonstrationExample: Sendable {
  public var input: DemonstrationInput
  public var observation: Observation

  /// The weights that the demonstration was given, where it needs some.
  public var weights: Matrix? { input.weights?.matrix }

  /// The same weights as the text of a CSV file.
  public var weightsText: String? { weights.map(Self.text) }

  /// The change of the weights as such a text, where the demonstration needs one.
  public var changeText: String? { input.change.map { Self.text($0.matrix) } }

  private static func text(_ matrix: Matrix) -> String {
    (0..<matrix.rows).map { row in
      (0..<matrix.columns).map { "\(matrix[row, $0])" }.joined(separator: ", ") + "\n"
    }.joined()
  }
}

extension NamedWeights {
  /// Normal numbers of two decimals, the same every time.
  static func example(_ name: String, rows: Int, columns: Int, seed: UInt64 = 7) -> NamedWeights {
    var generator = RandomGenerator(seed: seed)
    var matrix = Matrix.randomNormal(rows: rows, columns: columns, using: &generator)
    // Zero is added so that none is written as −0.
    matrix.values = matrix.values.map { ($0 * 100).rounded() / 100 + 0 }
    return NamedWeights(name: name, matrix: matrix)
  }
}

extension Demonstration {
  /// The demonstration on an example: without weights where it needs none, else on the first of a few
  /// matrices of normal numbers that suits it.
  ///
  /// The numbers have two decimals, so that a file of them is the same matrix; they are the same every
  /// time.
  ///
  /// - Parameters:
  ///   - settings: The parameters that have another value than their default.
  ///   - records: Gives what trainings measured.
  /// - Returns: The input that suited, and what was found on it.
  /// - Throws: what `observe(_:)` throws where no matrix suits, or the settings do not.
  public func example(
    settings: [String: Double] = [:], records: RecordsProvider = { _ in [:] }
  ) throws -> DemonstrationExample {
    var input = exampleInput ?? DemonstrationInput()
    input.settings = settings
    if let trained = self as? any TrainedDemonstration {
      input.records = try records(trained.experiments(for: input))
    }
    var refusal: any Error
    do {
      return DemonstrationExample(input: input, observation: try observe(input))
    } catch let error as DemonstrationError where error.concernsWeights {
      refusal = error
    }
    for (rows, columns) in [(8, 8), (16, 16), (3, 4), (1, 64), (64, 64)] {
      input.weights = .example("weights", rows: rows, columns: columns)
      do {
        return DemonstrationExample(input: input, observation: try observe(input))
      } catch let error as DemonstrationError where error.concernsWeights {
        refusal = error
      }
    }
    throw refusal
  }
}

extension DemonstrationError {
  /// Whether other weights would put the failure right.
  var concernsWeights: Bool {
    switch self {
    case .needsWeights, .unsuitableWeights: true
    case .outOfRange, .notWhole: false
    }
  }
}
