import Adapters
import LinearAlgebra
import Testing

@Suite("Adapters that cannot be used") struct HostileInputTests {
  private let weight: Matrix

  init() {
    var generator = RandomGenerator(seed: 2)
    weight = .randomNormal(rows: 12, columns: 9, using: &generator)
  }

  /// Expects one sentence that contains a part, from an adapter and not from below it.
  private func says(
    _ part: String, location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    #expect(sourceLocation: location) {
      try body()
    } throws: {
      $0 is AdapterError && "\($0)".contains(part) && !"\($0)".contains("\n")
    }
  }

  @Test("what does not fit gets one sentence")
  func hostile() throws {
    var generator = RandomGenerator(seed: 1)
    says("at least 1") { _ = try LoRAConfiguration(rank: 0, alpha: 1) }
    says("positive") { _ = try LoRAConfiguration(rank: 1, alpha: .nan) }
    says("larger than the shorter side") {
      _ = try LoRAAdapter.pissa(weight, LoRAConfiguration(rank: 10, alpha: 1))
    }
    says("as many rows as B has columns") {
      _ = try LoRAAdapter(
        loraA: .zeros(rows: 2, columns: 9), loraB: .zeros(rows: 12, columns: 3), scaling: 1)
    }
    var bad = Matrix.zeros(rows: 12, columns: 2)
    bad[3, 1] = .nan
    says("B has a number that is not finite in row 3, column 1") {
      _ = try LoRAAdapter(loraA: .zeros(rows: 2, columns: 9), loraB: bad, scaling: 1)
    }
    let narrow = try LoRAAdapter(
      loraA: .zeros(rows: 2, columns: 8), loraB: .zeros(rows: 12, columns: 2), scaling: 1)
    says("the update is 12×8 and the weight 12×9") { _ = try narrow.merged(into: weight) }
    says("no adapters") { _ = try LoRAAdapter.combined([], weights: [], by: .cat) }
    let adapters = try [2, 3].map { try AdapterKind.plain.make(weight, rank: $0, seed: 1) }
    says("“linear” needs adapters of one shape and rank") {
      _ = try LoRAAdapter.combined(adapters, weights: [1, 1], by: .linear)
    }
    says("density") {
      _ = try LoRAAdapter.combined(
        [adapters[0], adapters[0]], weights: [1, 1], by: .magnitudePrune(density: 0))
    }
    let masks = DareMasks.random(for: [adapters[1], adapters[1]], density: 0.5, using: &generator)
    says("masks") {
      _ = try LoRAAdapter.combined(
        [adapters[0], adapters[0]], weights: [1, 1],
        by: .dare(density: 0.5, masks: masks, electing: false))
    }
  }

  @Test("weights of a combination that do not fit get one sentence")
  func weights() throws {
    let adapter = try AdapterKind.plain.make(weight, rank: 2, seed: 1)
    says("2 adapters needs as many weights, and not 1") {
      _ = try LoRAAdapter.combined([adapter, adapter], weights: [1], by: .cat)
    }
    says("has to be a finite number") {
      _ = try LoRAAdapter.combined([adapter, adapter], weights: [1, .nan], by: .linear)
    }
  }

  @Test("a DoRA adapter is refused by every combination that would lose its magnitude")
  func magnitude() throws {
    let plain = try AdapterKind.plain.make(weight, rank: 2, seed: 1)
    let dora = try AdapterKind.dora.make(weight, rank: 2, seed: 1)
    for method in IdentityTests.methods {
      says("adapter 2 is a DoRA adapter") {
        _ = try LoRAAdapter.combined([plain, dora], weights: [1, 1], by: method)
      }
      says("adapter 1 is a DoRA adapter") {
        _ = try LoRAAdapter.combined([dora], weights: [0.5], by: method)
      }
    }
  }

  @Test("masks of as many entries and another shape are refused")
  func masks() throws {
    let adapter = try AdapterKind.plain.make(weight, rank: 2, seed: 1)
    let turned = DareMasks(
      loraA: [.zeros(rows: 9, columns: 2)], loraB: [.zeros(rows: 12, columns: 2)])
    says("masks") {
      _ = try LoRAAdapter.combined(
        [adapter], weights: [0.5], by: .dare(density: 0.5, masks: turned, electing: false))
    }
  }

  @Test("a batch that does not go through the layer gets one sentence")
  func batches() throws {
    let adapter = try AdapterKind.plain.make(weight, rank: 2, seed: 1)
    let (narrow, fitting) = (Matrix.zeros(rows: 5, columns: 8), Matrix.zeros(rows: 5, columns: 9))
    says("the input is 5×8, and the layer needs 5×9") {
      _ = try adapter.output(of: narrow, weight: weight)
    }
    says("the bias is 11, and the layer needs 12") {
      _ = try adapter.output(of: fitting, weight: weight, bias: Array(repeating: 0, count: 11))
    }
    says("the input is 5×8, and the layer needs 5×9") {
      _ = try adapter.gradients(
        upstream: .zeros(rows: 5, columns: 12), input: narrow, weight: weight)
    }
    says("the gradient of the output is 4×12, and the layer needs 5×12") {
      _ = try adapter.gradients(
        upstream: .zeros(rows: 4, columns: 12), input: fitting, weight: weight)
    }
  }

  @Test(
    "a scaling and a magnitude that are not finite are refused", arguments: [Float.nan, .infinity])
  func numbers(number: Float) throws {
    let (loraA, loraB) = (Matrix.zeros(rows: 1, columns: 9), Matrix.zeros(rows: 3, columns: 1))
    says("the scaling is") {
      _ = try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: Double(number))
    }
    says("the magnitude has a number that is not finite in row 2") {
      _ = try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: 1, magnitude: [1, 1, number])
    }
    says("the magnitude has 2 numbers, and the weight 3 rows") {
      _ = try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: 1, magnitude: [1, 1])
    }
    says("at least 1") {
      _ = try LoRAAdapter(
        loraA: .zeros(rows: 0, columns: 9), loraB: .zeros(rows: 3, columns: 0), scaling: 1)
    }
  }

  @Test("a rank above the shorter side is refused by every start", arguments: [10, 1000])
  func rank(rank: Int) throws {
    let configuration = try LoRAConfiguration(rank: rank, alpha: 1)
    let part = "the rank \(rank) is larger than the shorter side of the 12×9 weight"
    var generator = RandomGenerator(seed: 1)
    says(part) {
      _ = try LoRAAdapter.start(for: weight, configuration, using: &generator)
    }
    says(part) { _ = try LoRAAdapter.olora(weight, configuration) }
    says(part) { _ = try LoRAAdapter.loftQ(weight, configuration, iterations: 1) }
    let adapter = try AdapterKind.plain.make(weight, rank: 2, seed: 1)
    says(part) {
      _ = try LoRAAdapter.combined([adapter], weights: [2], by: .svd(rank: rank))
    }
  }
}
