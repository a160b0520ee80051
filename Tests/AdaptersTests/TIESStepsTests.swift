import Adapters
import LinearAlgebra
import Testing

@Suite("TIES step by step") struct TIESStepsTests {
  private static func row(_ values: [Float]) -> Matrix {
    Matrix(rows: 1, columns: values.count, values: values)
  }
  private let entries = [
    row([4, -1, 3, 0.5]), row([-1.5, 2, 5, -0.25]), row([-3, -6, 1, 0.125]),
  ]

  @Test("pruning keeps the largest, the sum elects the sign, and what agrees is averaged")
  func byHand() throws {
    let steps = try TIESSteps(entries, weights: [1, 1, 1], density: 0.5)
    #expect(steps.pruned.map(\.values) == [[4, 0, 3, 0], [0, 2, 5, 0], [-3, -6, 0, 0]])
    #expect(steps.signs.values == [1, -1, 1, 1])
    #expect(steps.merged.values == [4, -6, 4, 0])
  }

  @Test("by frequency, the sign that most have wins")
  func frequency() throws {
    let steps = try TIESSteps(entries, weights: [1, 2, 1], density: 1, electing: .frequency)
    #expect(steps.signs.values == [-1, -1, 1, 1])
    // Weights come in after pruning, and the divisor is the number that agree.
    #expect(steps.merged.values == [-3, -3.5, 14.0 / 3, 0.3125])
  }

  @Test("the steps are those of the combination, on each factor")
  func combination() throws {
    var generator = RandomGenerator(seed: 9)
    let adapters = try (0..<3).map { _ in
      try LoRAAdapter(
        loraA: .randomNormal(rows: 2, columns: 5, using: &generator),
        loraB: .randomNormal(rows: 4, columns: 2, using: &generator), scaling: 1)
    }
    let combined = try LoRAAdapter.combined(
      adapters, weights: [1, 1, 1], by: .ties(density: 0.6, sign: .total, exact: false))
    func merged(_ matrices: [Matrix]) throws -> Matrix {
      try TIESSteps(matrices, weights: [1, 1, 1], density: 0.6).merged
    }
    #expect(combined.loraA == (try merged(adapters.map(\.loraA))))
    #expect(combined.loraB == (try merged(adapters.map(\.loraB))))
  }

  @Test("what DARE keeps is divided by the share that is kept")
  func dropped() throws {
    let mask = Self.row([1, 0, 1, 0])
    #expect(
      try DareMasks.dropped(entries[0], keeping: mask, density: 0.25).values == [16, 0, 12, 0])
    #expect(throws: AdapterError.masksDoNotFit) {
      try DareMasks.dropped(entries[0], keeping: Self.row([1]), density: 0.25)
    }
    #expect(throws: AdapterError.densityOutOfRange(2)) {
      try DareMasks.dropped(entries[0], keeping: mask, density: 2)
    }
  }

  @Test("what does not suit is refused")
  func refused() {
    #expect(throws: AdapterError.noAdapters) { try TIESSteps([], weights: [], density: 0.5) }
    #expect(throws: AdapterError.weightsDoNotFit(adapters: 3, weights: 1)) {
      try TIESSteps(entries, weights: [1], density: 0.5)
    }
    #expect(throws: AdapterError.densityOutOfRange(0)) {
      try TIESSteps(entries, weights: [1, 1, 1], density: 0)
    }
    #expect(throws: AdapterError.self) {
      try TIESSteps([entries[0], Self.row([1, 2])], weights: [1, 1], density: 0.5)
    }
    #expect(throws: AdapterError.self) {
      try TIESSteps(entries, weights: [1, .nan, 1], density: 0.5)
    }
  }
}
