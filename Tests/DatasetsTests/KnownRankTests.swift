import Datasets
import LinearAlgebra
import Testing

@Suite("A change of known rank") struct KnownRankTests {
  @Test("The change has the rank that was asked for, and the length", arguments: [1, 2, 5, 16])
  func rank(rank: Int) throws {
    let task = try KnownRankRegression(rank: rank, relativeChange: 0.5).make(seed: 2)
    let values = try SingularValueDecomposition(task.change).values
    #expect(values.count { $0 > 1e-5 * values[0] } == rank)
    #expect(abs(task.change.norm / task.base.norm - 0.5) < 1e-6)
    #expect(task.train.count == 160)
    #expect(task.validation.count == 1000)
  }

  @Test("The validation numbers are exact, and the training numbers as noisy as was asked for")
  func noise() throws {
    let settings = KnownRankRegression(trainCount: 2000, noise: 0.1)
    let task = try settings.make(seed: 2)
    let weight = task.base + task.change
    let exact = zip(task.validation.y, task.validation.outputs(of: weight))
    #expect(exact.allSatisfy { abs(Double($0) - $1) < 1e-5 * max(1, abs($1)) })
    let noise = zip(task.train.y, task.train.outputs(of: weight)).map { Double($0) - $1 }
    let signal = Statistics.standardDeviation(task.train.outputs(of: task.change))
    #expect(abs(signal / task.change.norm - 1) < 0.1)
    #expect(abs(Statistics.standardDeviation(noise) / (0.1 * task.change.norm) - 1) < 0.08)
  }

  @Test("The error of the truth is 0, and that of no change 1")
  func relativeError() throws {
    let task = try KnownRankRegression().make(seed: 2)
    #expect(task.relativeError(of: task.change) == 0)
    #expect(task.relativeError(of: .zeros(rows: 16, columns: 16)) == 1)
    #expect(abs(task.relativeError(of: 0.5 * task.change) - 0.25) < 1e-12)
  }

  @Test(
    "With fewer examples than weights, the right rank finds the change and a full weight does not")
  func design() throws {
    let task = try KnownRankRegression().make(seed: 7)
    let full = task.train.shortest(base: task.base)
    // The shortest of all solutions fits the examples and misses the truth.
    let fitted = zip(task.train.y, task.train.outputs(of: task.base + full))
    #expect(fitted.allSatisfy { abs(Double($0) - $1) < 1e-3 })
    #expect(task.relativeError(of: full) > 0.2)
    let low = try task.train.lowRank(2, base: task.base, rounds: 60)
    #expect(task.relativeError(of: low) < 0.02)
  }

  @Test("Settings out of range are named")
  func settings() {
    #expect(
      message { try KnownRankRegression(rank: 17).make(seed: 1) }
        == "the rank is 17, and it has to be from 1 to the size, 16")
    #expect(
      message { try KnownRankRegression(size: 1).make(seed: 1) }
        == "the size is 1, and it has to be from 2 to 256")
    #expect(
      message { try KnownRankRegression(trainCount: 0).make(seed: 1) }
        == "the number of examples is 0, and it has to be from 1 to 100000")
    #expect(
      message { try KnownRankRegression(noise: -1).make(seed: 1) }
        == "the noise is -1.0, and it has to be from 0 to 100")
    #expect(
      message { try KnownRankRegression(relativeChange: .nan).make(seed: 1) }
        == "the relative change is nan, and it has to be above 0, up to 1000")
  }
}

extension BilinearExamples {
  /// What the base leaves to be explained.
  private func residuals(_ base: Matrix) -> [Double] {
    zip(y, outputs(of: base)).map { Double($0) - $1 }
  }

  /// A row for each example: every entry of one vector times every entry of the other.
  private func products(_ one: Matrix, _ other: Matrix) -> Matrix {
    let values = (0..<count).flatMap { example in
      one.row(example).flatMap { left in other.row(example).map { left * $0 } }
    }
    return Matrix(rows: count, columns: one.columns * other.columns, values: values)
  }

  /// The shortest change that fits the examples, without any rule about its rank.
  fileprivate func shortest(base: Matrix) -> Matrix {
    let equations = products(u, v)
    let weights = solve(equations.multiplied(by: equations.transposed), residuals(base))
    let solution = equations.transposed.multiplied(
      by: Matrix(rows: count, columns: 1, values: weights.map(Float.init)))
    return Matrix(rows: u.columns, columns: v.columns, values: solution.values)
  }

  /// A change of some rank, by solving for one factor and the other in turn.
  fileprivate func lowRank(_ rank: Int, base: Matrix, rounds: Int) throws -> Matrix {
    let target = residuals(base)
    // The mean of y · u vᵀ is the change itself, but for chance.
    let weighted = v.scalingRows(by: target.map { Float($0) / Float(count) })
    let start = try SingularValueDecomposition(u.transposed.multiplied(by: weighted))
    let size = u.columns
    var left = Matrix.zeros(rows: size, columns: rank)
    for row in 0..<size {
      for column in 0..<rank {
        left[row, column] = Float(start.left[row * start.values.count + column])
      }
    }
    var right = left
    for _ in 0..<rounds {
      right = factor(of: v, beside: u.multiplied(by: left), target)
      left = factor(of: u, beside: v.multiplied(by: right), target)
    }
    return left.multiplied(by: right.transposed)
  }

  private func factor(of free: Matrix, beside fixed: Matrix, _ target: [Double]) -> Matrix {
    let equations = products(free, fixed)
    let sums = (0..<equations.columns).map { column in
      zip(equations.column(column), target).reduce(0.0) { $0 + Double($1.0) * $1.1 }
    }
    let solution = solve(equations.transposed.multiplied(by: equations), sums)
    return Matrix(
      rows: free.columns, columns: fixed.columns, values: solution.map(Float.init))
  }

  /// The solution of a positive definite system, by elimination.
  private func solve(_ matrix: Matrix, _ target: [Double]) -> [Double] {
    let size = matrix.rows
    var rows = (0..<size).map { matrix.row($0).map(Double.init) + [target[$0]] }
    for pivot in 0..<size {
      for row in pivot + 1..<max(size, pivot + 1) {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot...size { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    var solution = Array(repeating: 0.0, count: size)
    for row in (0..<size).reversed() {
      let known = (row + 1..<max(size, row + 1)).reduce(0.0) { $0 + rows[row][$1] * solution[$1] }
      solution[row] = (rows[row][size] - known) / rows[row][row]
    }
    return solution
  }
}
