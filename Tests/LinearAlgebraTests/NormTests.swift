import LinearAlgebra
import Testing

@Suite("Norms of matrices") struct NormTests {
  @Test("norms of a diagonal matrix are those of its diagonal")
  func diagonal() throws {
    let matrix = Matrix(rows: 2, columns: 3, values: [3, 0, 0, 0, -4, 0])
    #expect(matrix.norm == 5)
    #expect(matrix.rowNorms == [3, 4])
    #expect(try abs(matrix.spectralNorm() - 4) < 1e-15)
    #expect(try Matrix.zeros(rows: 0, columns: 3).spectralNorm() == 0)
  }

  @Test("the spectral error of the best approximation is the first singular value left out")
  func truncation() throws {
    var generator = RandomGenerator(seed: 4)
    let matrix = Matrix.randomNormal(rows: 9, columns: 6, using: &generator)
    let svd = try SingularValueDecomposition(matrix)
    for rank in 0..<6 {
      let error = try (matrix - svd.approximation(rank: rank)).spectralNorm()
      #expect(abs(error - svd.values[rank]) < 1e-6)
    }
  }

  @Test("a relative error is 0 for equals, also for zeros, and infinite beside zero alone")
  func relative() {
    let matrix = Matrix(rows: 1, columns: 2, values: [3, 4])
    let zero = Matrix.zeros(rows: 1, columns: 2)
    #expect(matrix.relativeError(to: matrix) == 0)
    #expect((2 * matrix).relativeError(to: matrix) == 1)
    #expect(zero.relativeError(to: matrix) == 1)
    #expect(zero.relativeError(to: zero) == 0)
    #expect(matrix.relativeError(to: zero) == .infinity)
  }
}
