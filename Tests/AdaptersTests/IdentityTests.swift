import Adapters
import LinearAlgebra
import Testing

/// A kind of adapter for the table of identities.
enum AdapterKind: String, CaseIterable, Sendable {
  case plain, rankStabilized, dora

  func make(_ weight: Matrix, rank: Int, seed: UInt64) throws -> LoRAAdapter {
    var generator = RandomGenerator(seed: seed)
    let scaling = try LoRAConfiguration(
      rank: rank, alpha: 6, isRankStabilized: self == .rankStabilized
    ).scaling
    let adapter = try LoRAAdapter(
      loraA: .randomNormal(
        rows: rank, columns: weight.columns, standardDeviation: 0.3, using: &generator),
      loraB: .randomNormal(
        rows: weight.rows, columns: rank, standardDeviation: 0.3, using: &generator),
      scaling: scaling)
    return self == .dora ? try adapter.withMagnitude(of: weight) : adapter
  }
}

@Suite("Identities of adapters") struct IdentityTests {
  private let weight: Matrix
  private let input: Matrix

  init() {
    var generator = RandomGenerator(seed: 2)
    weight = .randomNormal(rows: 12, columns: 9, using: &generator)
    input = .randomNormal(rows: 5, columns: 9, using: &generator)
  }

  @Test(
    "the output beside the weight is that of the merged weight", arguments: AdapterKind.allCases)
  func merging(kind: AdapterKind) throws {
    let adapter = try kind.make(weight, rank: 3, seed: 4)
    let merged = try adapter.merged(into: weight)
    expectClose(
      try adapter.output(of: input, weight: weight),
      input.multiplied(by: merged.weight.transposed), "output")
    // One addition and one subtraction in single precision.
    expectClose(merged.unmerged(), weight, "base", tolerance: 1e-6)
  }

  static let methods: [CombinationMethod] = [
    .linear, .cat, .svd(rank: nil), .ties(density: 0.5, sign: .total, exact: false),
    .ties(density: 0.5, sign: .frequency, exact: true), .magnitudePrune(density: 0.5),
    .dare(density: 0.5, masks: halves, electing: false),
    .dare(density: 0.5, masks: halves, electing: true),
  ]

  /// Masks in the shape of an adapter of rank 3, which keep every other entry.
  private static let halves: DareMasks = {
    func mask(_ rows: Int, _ columns: Int) -> Matrix {
      Matrix(
        rows: rows, columns: columns, values: (0..<rows * columns).map { Float(($0 + 1) % 2) })
    }
    return DareMasks(loraA: [mask(3, 9)], loraB: [mask(12, 3)])
  }()

  @Test("one adapter with weight 1 is itself", arguments: AdapterKind.allCases, methods)
  func single(kind: AdapterKind, method: CombinationMethod) throws {
    let adapter = try kind.make(weight, rank: 3, seed: 4)
    #expect(try LoRAAdapter.combined([adapter], weights: [1], by: method) == adapter)
  }

  @Test(
    "cat and svd of the full rank are the exact sum, and linear is not",
    arguments: [AdapterKind.plain, .rankStabilized])
  func exactSum(kind: AdapterKind) throws {
    let adapters = try [(2, 7), (3, 8)].map { try kind.make(weight, rank: $0, seed: $1) }
    let weights = [0.7, -0.4]
    let sum =
      Float(weights[0]) * adapters[0].deltaWeight + Float(weights[1]) * adapters[1].deltaWeight
    for method in [CombinationMethod.cat, .svd(rank: 5)] {
      let combined = try LoRAAdapter.combined(adapters, weights: weights, by: method)
      #expect(combined.rank == 5)
      expectClose(combined.deltaWeight, sum, "\(method)")
    }
    let equal = try [(3, 7), (3, 8)].map { try kind.make(weight, rank: $0, seed: $1) }
    let exact = Float(0.7) * equal[0].deltaWeight + Float(0.3) * equal[1].deltaWeight
    let linear = try LoRAAdapter.combined(equal, weights: [0.7, 0.3], by: .linear)
    #expect((linear.deltaWeight - exact).norm > 0.3 * exact.norm)
  }

  @Test(
    "a fresh adapter changes nothing, and its first gradient of A is exactly zero",
    arguments: [LoRAAdapter.RandomStart.kaiming, .gaussian])
  func fresh(start: LoRAAdapter.RandomStart) throws {
    var generator = RandomGenerator(seed: 1)
    let fresh = try LoRAAdapter.start(
      start, for: weight, LoRAConfiguration(rank: 4, alpha: 8), using: &generator)
    #expect(fresh.adapter.deltaWeight.values.allSatisfy { $0 == 0 })
    let upstream = Matrix.randomNormal(rows: 5, columns: 12, using: &generator)
    let gradients = try fresh.adapter.gradients(upstream: upstream, input: input, weight: weight)
    #expect(gradients.loraA.values.allSatisfy { $0 == 0 })
    #expect(gradients.loraB.norm > 0)
    let bound = start == .kaiming ? 1 / Float(9).squareRoot() : .infinity
    #expect(fresh.adapter.loraA.values.allSatisfy { abs($0) <= bound })
  }

  @Test(
    "the gradients are those of finite differences",
    arguments: [AdapterKind.plain, .rankStabilized])
  func finiteDifferences(kind: AdapterKind) throws {
    let adapter = try kind.make(weight, rank: 2, seed: 3)
    var generator = RandomGenerator(seed: 12)
    let upstream = Matrix.randomNormal(rows: 5, columns: 12, using: &generator)
    func loss(_ loraA: Matrix, _ loraB: Matrix) throws -> Double {
      let output = try LoRAAdapter(loraA: loraA, loraB: loraB, scaling: adapter.scaling)
        .output(of: input, weight: weight)
      return zip(output.values, upstream.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }
    let gradients = try adapter.gradients(upstream: upstream, input: input, weight: weight)
    let step: Float = 0x1p-6
    for index in adapter.loraA.values.indices {
      var (plus, minus) = (adapter.loraA, adapter.loraA)
      plus.values[index] += step
      minus.values[index] -= step
      let slope = (try loss(plus, adapter.loraB) - loss(minus, adapter.loraB)) / Double(2 * step)
      #expect(abs(slope - Double(gradients.loraA.values[index])) < 1e-3)
    }
    for index in adapter.loraB.values.indices {
      var (plus, minus) = (adapter.loraB, adapter.loraB)
      plus.values[index] += step
      minus.values[index] -= step
      let slope = (try loss(adapter.loraA, plus) - loss(adapter.loraA, minus)) / Double(2 * step)
      #expect(abs(slope - Double(gradients.loraB.values[index])) < 1e-3)
    }
  }

  @Test("PiSSA leaves the tail singular values, whatever the scaling", arguments: [1.0, 4.0, 12.0])
  func tail(alpha: Double) throws {
    let start = try LoRAAdapter.pissa(weight, LoRAConfiguration(rank: 4, alpha: alpha))
    let svd = try SingularValueDecomposition(weight)
    let residual = try SingularValueDecomposition(start.baseWeight)
    for (found, expected) in zip(residual.values, svd.values.dropFirst(4)) {
      #expect(abs(found - expected) < 1e-5)
    }
    #expect(abs(start.baseWeight.norm - svd.error(rank: 4)) < 1e-5)
    expectClose(start.baseWeight + start.adapter.deltaWeight, weight, "sum")
  }

  @Test(
    "every start with a part of the weight is the weight at first",
    arguments: [1.0, 4, 12], [false, true])
  func starts(alpha: Double, isRankStabilized: Bool) throws {
    let configuration = try LoRAConfiguration(
      rank: 4, alpha: alpha, isRankStabilized: isRankStabilized)
    for start in [
      try LoRAAdapter.pissa(weight, configuration), try LoRAAdapter.olora(weight, configuration),
    ] {
      #expect(start.adapter.scaling == configuration.scaling)
      #expect(
        try start.adapter.merged(into: start.baseWeight).weight.relativeError(to: weight) < 1e-6)
    }
  }

  @Test("a fresh adapter has the spread that its start names")
  func spread() throws {
    var generator = RandomGenerator(seed: 6)
    let wide = Matrix.zeros(rows: 16, columns: 900)
    let configuration = try LoRAConfiguration(rank: 16, alpha: 8)
    for (start, expected) in [
      (LoRAAdapter.RandomStart.gaussian, 1.0 / 16), (.kaiming, 1.0 / 30 / 3.0.squareRoot()),
    ] {
      let adapter = try LoRAAdapter.start(start, for: wide, configuration, using: &generator)
        .adapter
      let deviation = Statistics.standardDeviation(adapter.loraA.values)
      #expect(abs(deviation - expected) < 0.03 * expected)
    }
  }

  @Test("seeded masks keep their share, and the same seed keeps the same entries")
  func masks() throws {
    let wide = Matrix.zeros(rows: 400, columns: 300)
    let adapter = try AdapterKind.plain.make(wide, rank: 4, seed: 3)
    func draw(_ seed: UInt64) -> DareMasks {
      var generator = RandomGenerator(seed: seed)
      return .random(for: [adapter], density: 0.3, using: &generator)
    }
    #expect(draw(1) == draw(1))
    #expect(draw(1) != draw(2))
    #expect(abs(Statistics.mean(draw(1).loraA[0].values) - 0.3) < 0.05)
    #expect(draw(1).loraB[0].values.allSatisfy { $0 == 0 || $0 == 1 })
  }

  @Test("the norm of an update is found without the update", arguments: [1, 2, 5])
  func deltaNorm(rank: Int) throws {
    var generator = RandomGenerator(seed: 4)
    let adapter = try LoRAAdapter(
      loraA: .randomNormal(rows: rank, columns: 13, using: &generator),
      loraB: .randomNormal(rows: 9, columns: rank, using: &generator), scaling: -1.5)
    #expect(abs(adapter.deltaNorm - adapter.deltaWeight.norm) < 1e-5 * adapter.deltaNorm)
    let fresh = try LoRAAdapter(
      loraA: adapter.loraA, loraB: .zeros(rows: 9, columns: rank), scaling: 1)
    #expect(fresh.deltaNorm == 0)
  }

  @Test(
    "the best approximation from the factors is that of the sum itself", arguments: [1, 3, 5, 7])
  func factoredApproximation(rank: Int) throws {
    var generator = RandomGenerator(seed: 8)
    let adapters = try [2, 3].map { rank in
      try LoRAAdapter(
        loraA: .randomNormal(rows: rank, columns: 11, using: &generator),
        loraB: .randomNormal(rows: 9, columns: rank, using: &generator), scaling: 1.5)
    }
    let sum = adapters[0].deltaWeight - 2 * adapters[1].deltaWeight
    let combined = try LoRAAdapter.combined(adapters, weights: [1, -2], by: .svd(rank: rank))
    #expect(combined.rank == rank && combined.scaling == 1)
    let best = try SingularValueDecomposition(sum)
    #expect(
      (combined.deltaWeight - best.approximation(rank: rank)).norm < 1e-5 * sum.norm)
    // As PEFT splits it: the rows of A have length 1, and B has the singular values.
    for (length, value) in zip(combined.loraB.transposed.rowNorms, best.values) {
      #expect(abs(length - value) < 1e-5 * best.values[0])
    }
  }
}
