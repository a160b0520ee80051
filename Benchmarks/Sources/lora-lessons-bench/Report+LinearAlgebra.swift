import LinearAlgebra

extension Report {
  /// Times the singular value decomposition of a matrix as large as a real weight, with its vectors.
  mutating func addLinearAlgebra(runs: Int) throws {
    var generator = RandomGenerator(seed: 7)
    let matrix = Matrix.randomNormal(rows: 384, columns: 384, using: &generator)
    seconds.append(
      ("svd-384", try medianSeconds(runs: runs) { _ = try SingularValueDecomposition(matrix) }))
  }
}
