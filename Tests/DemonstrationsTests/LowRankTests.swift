import Adapters
import LinearAlgebra
import Testing

@testable import Demonstrations

@Suite("Low rank")
struct LowRankTests {
  @Test("twelve numbers fill the thirty-six cells, and the pointed cell is their product")
  func outerProduct() throws {
    let observation = try OuterProduct().observe(DemonstrationInput())
    #expect(try observation.number("numbers") == 12)
    #expect(try observation.number("cells") == 36)
    #expect(try observation.number("touched") == 11)
    let product = try observation.number("a") * observation.number("b")
    #expect(abs(try observation.number("product") - product) < 1e-6)
    let cells = try #require(observation.tables.first).rows.flatMap { $0 }
    #expect(cells.count == 36)
  }

  @Test("an outer product of any seed has rank one", arguments: [0, 1, 7, 2026] as [UInt64])
  func rankOne(seed: UInt64) throws {
    var generator = RandomGenerator(seed: seed)
    let result = OuterProductResult(
      column: (0..<6).map { _ in Float(generator.nextNormal()) },
      row: (0..<6).map { _ in Float(generator.nextNormal()) }, pointed: (1, 2))
    #expect(try SingularValueDecomposition(result.product).rank == 1)
  }

  @Test("the sheets and the rest add up to the matrix", arguments: 1...4)
  func sheets(count: Int) throws {
    let matrix = try LessonWeights.six().matrix
    let result = RankOneSheetsResult(
      matrix: matrix, svd: try SingularValueDecomposition(matrix), count: count)
    #expect(result.sheets.count == count)
    var sum = result.rest
    for sheet in result.sheets {
      // A sheet is a difference of Float32 matrices, so that rounding leaves more than one value.
      #expect(try SingularValueDecomposition(sheet).error(rank: 1) < 1e-6 * matrix.norm)
      sum = sum + sheet
    }
    #expect((sum - matrix).norm < 1e-5 * matrix.norm)
    let held = 1 - (result.rest.norm / matrix.norm) * (result.rest.norm / matrix.norm)
    #expect(abs(result.energy - held) < 1e-5)
  }

  @Test("the error measured is the root of the squares left out", arguments: 1...6)
  func approximation(rank: Int) throws {
    let observation = try LowRankApproximation().observe(
      DemonstrationInput(settings: ["rank": Double(rank)], weights: try LessonWeights.six()))
    #expect(observation.values["agrees"] == .flag(true))
    let (error, tail) = try (observation.number("error"), observation.number("tail"))
    #expect(abs(error - tail) <= 1e-5 * (try observation.number("norm")))
    #expect(observation.values["saves"] == .flag(rank * 12 < 36))
  }

  @Test(
    "the factors of 384×384 at rank 8 take 6144 numbers, and nothing is saved from 192 on",
    arguments: [(8, 6144, true), (191, 146_688, true), (192, 147_456, false)])
  func counts(rank: Int, factors: Int, saves: Bool) throws {
    let observation = try ParameterCount().observe(
      DemonstrationInput(settings: ["rank": Double(rank)]))
    #expect(try observation.number("full") == 147_456)
    #expect(try observation.number("factors") == Double(factors))
    #expect(try observation.number("break_even") == 192)
    #expect(observation.values["saves"] == .flag(saves))
    #expect(try observation.number("toy_factors") == observation.number("toy_full"))
  }

  @Test("a real weight matrix is not of low rank, and an update is")
  func realSpectrum() throws {
    let observation = try SpectrumComparison().observe(
      DemonstrationInput(
        settings: ["rank": 8], weights: try LessonWeights.sample(LessonWeights.query)))
    #expect(observation.values["is_low_rank"] == .flag(false))
    #expect(try observation.text("verdict") == "does not hold here")
    #expect(try observation.number("ninety") > 96)
    #expect(try observation.number("ninety_update") <= 8)
    #expect(try observation.number("ninety") < observation.number("ninety_random"))
  }

  @Test("a product of thin factors is said to be of low rank")
  func lowRankSpectrum() throws {
    var generator = RandomGenerator(seed: 3)
    let product = try LoRAAdapter(
      loraA: .randomNormal(rows: 2, columns: 64, using: &generator),
      loraB: .randomNormal(rows: 64, columns: 2, using: &generator), scaling: 1
    ).deltaWeight
    let observation = try SpectrumComparison().observe(
      DemonstrationInput(weights: NamedWeights(name: "product", matrix: product)))
    #expect(observation.values["is_low_rank"] == .flag(true))
    #expect(try observation.text("verdict") == "holds")
    #expect(try observation.number("ninety") <= 2)
  }
}
