public import LinearAlgebra

/// Brings every column of a table to mean 0 and standard deviation 1, as it was in the training set.
///
/// It is a value to store beside a trained model, which reads only standardized numbers. A column whose
/// numbers are all the same becomes 0.
public struct Standardization: Equatable, Codable, Sendable {
  /// The mean of each column.
  public let means: [Double]
  /// The population standard deviation of each column; 1 where it was 0.
  public let deviations: [Double]

  /// Means and deviations as they were stored, as many of one as of the other.
  public init(means: [Double], deviations: [Double]) {
    precondition(means.count == deviations.count, "Every mean needs a deviation.")
    self.means = means
    self.deviations = deviations
  }

  /// Measures the columns of a matrix with at least one row.
  public init(of matrix: Matrix) {
    precondition(matrix.rows > 0, "A matrix without rows has no means.")
    var means: [Double] = []
    var deviations: [Double] = []
    for column in 0..<matrix.columns {
      let values = matrix.column(column)
      let deviation = Statistics.standardDeviation(values)
      // The mean of equal numbers is rounded too, and what is left is no deviation.
      let isConstant = values.allSatisfy { $0 == values[0] }
      means.append(isConstant ? Double(values[0]) : Statistics.mean(values))
      deviations.append(isConstant || deviation == 0 ? 1 : deviation)
    }
    self.means = means
    self.deviations = deviations
  }

  /// The numbers as the model reads them: `(x − mean) / deviation`.
  public func standardized(_ matrix: Matrix) -> Matrix {
    map(matrix) { (value, column) in (value - means[column]) / deviations[column] }
  }

  /// The numbers of the table again: `x · deviation + mean`.
  public func restored(_ matrix: Matrix) -> Matrix {
    map(matrix) { (value, column) in value * deviations[column] + means[column] }
  }

  /// Examples with standardized inputs; their targets stay as they are.
  public func standardized(_ examples: Examples) -> Examples {
    Examples(inputs: standardized(examples.inputs), targets: examples.targets)
  }

  private func map(_ matrix: Matrix, _ body: (Double, Int) -> Double) -> Matrix {
    precondition(
      matrix.columns == means.count,
      "\(matrix.columns) columns cannot be standardized as \(means.count).")
    var result = matrix
    for index in result.values.indices {
      result.values[index] = Float(body(Double(result.values[index]), index % matrix.columns))
    }
    return result
  }
}
