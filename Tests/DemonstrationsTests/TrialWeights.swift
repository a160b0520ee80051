import Demonstrations
import LinearAlgebra
import Testing

/// Weights that demonstrations are tried on, with a name for the reports of tests.
struct TrialWeights: Sendable, CustomTestStringConvertible {
  let name: String
  let matrix: Matrix

  var testDescription: String { name }
  var named: NamedWeights { NamedWeights(name: name, matrix: matrix) }

  /// Shapes and values that are not those of the lesson.
  static let awkward: [TrialWeights] = [
    normal(1, 2), normal(3, 4), normal(12, 1), normal(1, 64), normal(5, 7), normal(16, 16),
    normal(40, 3), normal(2, 300), normal(8, 8, scale: 1e-6), normal(3, 4, scale: 3e-4),
    normal(3, 4, scale: 1e-6),
    normal(8, 8, scale: 1e4), normal(3, 4, scale: 12345), constant(0, 1, 1),
    constant(0.25, 4, 4), constant(-0.125, 3, 4), constant(0, 4, 16), constant(0, 3, 4),
    TrialWeights(
      name: "one outlier",
      matrix: {
        var matrix = normal(8, 16, scale: 0.02).matrix
        matrix[3, 5] = 250
        return matrix
      }()),
    TrialWeights(
      name: "negative only",
      matrix: Matrix(
        rows: 6, columns: 8, values: normal(6, 8).matrix.values.map { -$0.magnitude - 0.01 })),
    TrialWeights(
      name: "ends of the range",
      matrix: Matrix(
        rows: 2, columns: 4, values: [3e38, -3e38, 0x1p-140, 0, 1, -1, 2e38, 0x1p-149])),
  ]

  static func normal(_ rows: Int, _ columns: Int, scale: Double = 0.05) -> TrialWeights {
    var generator = RandomGenerator(seed: UInt64(rows * 1000 + columns))
    return TrialWeights(
      name: "\(rows)×\(columns) of about \(scale)",
      matrix: .randomNormal(
        rows: rows, columns: columns, standardDeviation: scale, using: &generator))
  }

  private static func constant(_ value: Float, _ rows: Int, _ columns: Int) -> TrialWeights {
    TrialWeights(
      name: "\(rows)×\(columns), all \(value)",
      matrix: Matrix(
        rows: rows, columns: columns, values: Array(repeating: value, count: rows * columns)))
  }
}
