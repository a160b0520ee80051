extension Matrix {
  /// A matrix of independent normal numbers, drawn in row-major order.
  public static func randomNormal(
    rows: Int, columns: Int, mean: Double = 0, standardDeviation: Double = 1,
    using generator: inout RandomGenerator
  ) -> Matrix {
    let values = (0..<rows * columns).map { _ in
      Float(mean + standardDeviation * generator.nextNormal())
    }
    return Matrix(rows: rows, columns: columns, values: values)
  }

  /// A matrix of independent numbers uniform in a half-open range, drawn in row-major order.
  public static func randomUniform(
    rows: Int, columns: Int, in range: Range<Double> = 0..<1,
    using generator: inout RandomGenerator
  ) -> Matrix {
    let width = range.upperBound - range.lowerBound
    let values = (0..<rows * columns).map { _ in
      Float(range.lowerBound + width * generator.nextUniform())
    }
    return Matrix(rows: rows, columns: columns, values: values)
  }
}
