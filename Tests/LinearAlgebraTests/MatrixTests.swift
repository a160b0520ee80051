import LinearAlgebra
import Testing

@Suite("Matrices")
struct MatrixTests {
  private let matrix = Matrix(rows: 3, columns: 4, values: (0..<12).map(Float.init))

  @Test("A slice keeps the elements of its rows and columns")
  func slice() {
    #expect(
      matrix[rows: 1..<3, columns: 1..<3] == Matrix(rows: 2, columns: 2, values: [5, 6, 9, 10]))
    #expect(matrix[rows: 0..<3, columns: 0..<4] == matrix)
    #expect(matrix[rows: 1..<1, columns: 0..<4].count == 0)
    #expect(Array(matrix.row(1)) == [4, 5, 6, 7])
    #expect(matrix.column(3) == [3, 7, 11])
  }

  @Test("Normal random matrices have the mean and deviation asked for")
  func normal() {
    var generator = RandomGenerator(seed: 1)
    let matrix = Matrix.randomNormal(
      rows: 200, columns: 300, mean: 2, standardDeviation: 0.5, using: &generator)
    #expect(matrix.rows == 200)
    #expect(matrix.columns == 300)
    #expect(abs(Statistics.mean(matrix.values) - 2) < 0.01)
    #expect(abs(Statistics.standardDeviation(matrix.values) - 0.5) < 0.01)
  }

  @Test("Uniform random matrices fill their range")
  func uniform() {
    var generator = RandomGenerator(seed: 2)
    let matrix = Matrix.randomUniform(rows: 100, columns: 100, in: -3..<1, using: &generator)
    #expect(matrix.values.allSatisfy { $0 >= -3 && $0 <= 1 })
    #expect(abs(Statistics.mean(matrix.values) + 1) < 0.05)
    #expect(Statistics.quantile(matrix.values, 0.01) < -2.9)
  }

  @Test("The same seed gives the same matrix and another seed another one")
  func seeds() {
    func draw(_ seed: UInt64) -> Matrix {
      var generator = RandomGenerator(seed: seed)
      return .randomNormal(rows: 3, columns: 3, using: &generator)
    }
    #expect(draw(5) == draw(5))
    #expect(draw(5) != draw(6))
  }
}
