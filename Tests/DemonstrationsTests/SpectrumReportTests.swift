import Demonstrations
import LinearAlgebra
import Testing

@Suite("The report on a spectrum") struct SpectrumReportTests {
  /// A matrix of rank 3 with singular values 5, 2 and 1 and vectors along the axes.
  private func diagonal(rows: Int, columns: Int) -> NamedWeights {
    var matrix = Matrix.zeros(rows: rows, columns: columns)
    for (index, value) in [2, 5, 1].enumerated() { matrix[index, index] = Float(value) }
    return NamedWeights(name: "w", matrix: matrix)
  }

  @Test("ranks, errors and shares are those of the singular values", arguments: [(4, 9), (80, 70)])
  func numbers(rows: Int, columns: Int) throws {
    let report = try SpectrumReport(of: diagonal(rows: rows, columns: columns))
    #expect(report.exactRank == 3)
    #expect(report.values.count == min(rows, columns))
    #expect(abs(report.norm - Double(30).squareRoot()) < 1e-12)
    #expect(report.error(rank: 3) < 1e-12)
    #expect(abs(report.error(rank: 1) - Double(5).squareRoot()) < 1e-12)
    #expect(abs(report.energy(rank: 1) - 25.0 / 30) < 1e-12)
    #expect(report.rank(holding: 0.9) == 2 && report.rank(holding: 0.99) == 3)
    #expect(report.rank(holding: 0) == 0 && report.rank(holding: 0.83) == 1)
    #expect(report.numbers(rank: 2) == 2 * (rows + columns))
    let limit = report.largestSavingRank
    #expect(report.numbers(rank: limit) < rows * columns)
    #expect(report.numbers(rank: limit + 1) >= rows * columns)
  }

  @Test("listed ranks are in order, and those with a meaning are among them")
  func listed() throws {
    #expect(try SpectrumReport(of: diagonal(rows: 4, columns: 9)).listedRanks == [1, 2, 3, 4])
    let report = try SpectrumReport(of: diagonal(rows: 80, columns: 70), rank: 11)
    #expect(report.listedRanks == [1, 2, 3, 4, 8, 11, 16, 32, 37, 64, 70])
  }

  @Test(
    "the measured error of either split is that of the values left out",
    arguments: SpectrumReport.Split.allCases, [(30, 20), (90, 130)])
  func measured(split: SpectrumReport.Split, shape: (Int, Int)) throws {
    let weights = TrialWeights.normal(shape.0, shape.1).named
    let report = try SpectrumReport(of: weights, rank: 7, split: split)
    let kept = try #require(report.kept)
    #expect(abs(kept.measuredError - report.error(rank: 7)) < 1e-6 * report.norm)
    #expect(kept.factors.map(\.name) == (split == .ab ? ["A", "B"] : ["U", "S", "Vh"]))
    for factor in kept.factors { #expect(factor.shape.reduce(1, *) == factor.values.count) }
  }

  @Test("a rank that the matrix has not, and a matrix without numbers, are refused")
  func refused() {
    let weights = diagonal(rows: 4, columns: 9)
    for rank in [0, 5, -1] {
      #expect(throws: DemonstrationError.self) { try SpectrumReport(of: weights, rank: rank) }
    }
    let empty = NamedWeights(name: "w", matrix: .zeros(rows: 0, columns: 3))
    #expect(throws: DemonstrationError.self) { try SpectrumReport(of: empty) }
  }
}
