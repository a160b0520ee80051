import Adapters
import Drawing
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

  @Test("the sheets and the rest add up to the matrix", arguments: 1...3)
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

  @Test("paging from sheet to sheet moves no panel: what both pictures draw stands in one place")
  func sheetPlaces() throws {
    let titles = try (1...3).map { count in
      let observation = try RankOneSheets().observe(
        DemonstrationInput(
          settings: ["sheets": Double(count)], weights: try LessonWeights.six()))
      return observation.figure().texts.filter {
        ["W", "sum", "rest", "σ", "σ₁", "suma", "resto"].contains($0.string)
      }
    }
    #expect(titles[0].count == 5)
    #expect(titles[1] == titles[0])
    #expect(titles[2] == titles[0])
  }

  @Test("the shares of the sheets are those of the squared singular values")
  func shares() throws {
    let observation = try RankOneSheets().observe(
      DemonstrationInput(settings: ["sheets": 2], weights: try LessonWeights.six()))
    let (first, size, norm) = try (
      observation.number("first"), observation.number("size"), observation.number("norm")
    )
    let share = (first * first + size * size) / (norm * norm)
    #expect(abs(try observation.number("energy") - 100 * share) < 0.5)
    #expect(observation.values["exact"] == .flag(false))
  }

  @Test(
    "no matrix of a rank is closer than the decomposition, whatever the columns",
    arguments: [1, 2, 3, 5], [7, 8] as [UInt64])
  func noBetter(rank: Int, seed: UInt64) throws {
    let matrix = try LessonWeights.six().matrix
    let result = try NoBetterRankResult(matrix: matrix, rank: rank, tries: 100, seed: seed)
    #expect(result.isBest)
    #expect(result.best < result.closest)
    #expect(result.best <= result.ownColumns)
    #expect(result.errors.allSatisfy { $0 > 0 && $0 <= 1 + 1e-6 })
    // A better fit than chance shows that own columns are really the matrix's.
    #expect(result.ownColumns < Statistics.median(result.errors))
  }

  @Test(
    "gradient descent on n examples changes a layer by a matrix of rank n",
    arguments: [1, 2, 5, 12, 31])
  func updateRank(examples: Int) throws {
    var generator = RandomGenerator(seed: 5)
    let result = try UpdateRankResult(
      name: "w", weight: .randomNormal(rows: 16, columns: 12, using: &generator),
      examples: examples, steps: 300, seed: 3)
    #expect(result.rank == min(examples, 12))
    #expect(result.wanted.rank == 12)
    #expect(result.loss < 1)
    // AdamW scales each entry apart, so that its change leaves the rows of the examples.
    let filled = try #require(result.named["adam_rank"]?.numeric)
    #expect(filled >= Double(result.rank))
    if examples == 5 { #expect(filled == 12) }
    #expect(result.named["is_low_rank"] == .flag(examples < 12))
  }

  @Test("as many examples as the layer has inputs bring the change to the one that is wanted")
  func wholeTask() throws {
    var generator = RandomGenerator(seed: 5)
    let result = try UpdateRankResult(
      name: "w", weight: .randomNormal(rows: 4, columns: 4, using: &generator), examples: 64,
      steps: 1000, seed: 3)
    for (found, asked) in zip(result.change.values, result.wanted.values) {
      #expect(abs(found - asked) < 1e-4 * result.wanted.values[0])
    }
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
    #expect(try observation.number("equal") == 192)
    #expect(try observation.number("below") == 191)
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
