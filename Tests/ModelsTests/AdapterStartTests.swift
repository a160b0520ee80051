import Adapters
import Autograd
import LinearAlgebra
import Models
import Quantization
import Testing

@Suite struct AdapterStartTests {
  /// The logits of a fixed input.
  static func logits(_ model: Transformer, trains: Bool = false) throws -> [Float] {
    let tokens = Indices(count: 12)
    tokens.set((0..<12).map { Int32($0 * 5 % 11) })
    var graph = Graph(randomness: Randomness(seed: 1))
    let (logits, _) = try model.outputs(
      of: tokens, batch: 2, length: 6, in: &graph, trains: trains)
    let plan = Plan(graph, keeping: [logits])
    plan.forward()
    return plan.values(of: logits)
  }

  static func difference(_ left: [Float], _ right: [Float]) -> Float {
    zip(left, right).map { abs($0 - $1) }.max() ?? .infinity
  }

  static func tuning(
    _ start: LoRATuning.Start, doRA: Bool = false, dropout: Double = 0
  ) throws -> LoRATuning {
    LoRATuning(
      try LoRAConfiguration(rank: 4, alpha: 4), start: start, usesDoRA: doRA, dropout: dropout)
  }

  @Test(
    arguments: [
      LoRATuning.Start.random(.kaiming), .random(.gaussian), .pissa, .olora,
    ], [false, true])
  func anAdapterStartsWhereTheModelIs(_ start: LoRATuning.Start, _ doRA: Bool) throws {
    let base = try Self.logits(TargetTests.model(.frozen))
    let adapted = try Self.logits(TargetTests.model(.lora(Self.tuning(start, doRA: doRA))))
    #expect(Self.difference(base, adapted) < 1e-5)
  }

  @Test func loftQStartsNearerToTheModelThanItsQuantizedWeights() throws {
    let base = try Self.logits(TargetTests.model(.frozen))
    let plain = try Self.logits(TargetTests.model(.qlora(Self.tuning(.random(.kaiming)))))
    let loftQ = try Self.logits(TargetTests.model(.qlora(Self.tuning(.loftQ(iterations: 3)))))
    #expect(Self.difference(base, plain) > 1e-6)
    #expect(Self.difference(base, loftQ) < Self.difference(base, plain))
  }

  @Test(
    "what four bits lost comes back as far as the rank goes, whatever alpha is",
    arguments: [3.0, 12])
  func takesBack(alpha: Double) throws {
    let base = try Self.logits(TargetTests.model(.frozen))
    let plain = try TargetTests.model(.qlora(Self.tuning(.random(.kaiming))))
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: 3, alpha: alpha), start: .whatFourBitsLost)
    let model = try TargetTests.model(.qlora(tuning))
    #expect(
      try Self.difference(base, Self.logits(model)) < Self.difference(base, Self.logits(plain)))
    for (one, other) in zip(model.linearLayers, plain.linearLayers) {
      let (layer, without) = (one.layer as? QLoRALinear, other.layer as? QLoRALinear)
      #expect(try #require(layer).weight.packed == #require(without).weight.packed)
    }
  }

  @Test("a weight that is in four bits already leaves nothing to take back")
  func nothingLost() throws {
    let configuration = TargetTests.configuration
    var weights = try Transformer.randomWeights(for: configuration, seed: 3)
    let name = "model.layers.1.mlp.up_proj"
    guard case .dense(let values, let shape) = weights[name + ".weight"] else {
      Issue.record("\(name) is missing")
      return
    }
    weights[name + ".weight"] = .fourBit(
      try BlockQuantizer(codebook: .nf4, blockSize: 64).quantize(values, shape: shape)
        .doubleQuantized(), shape: shape)
    #expect(throws: ModelError.nothingLost(name)) {
      try Transformer(
        configuration, weights: weights, method: .qlora(Self.tuning(.whatFourBitsLost)))
    }
  }

  @Test(arguments: [false, true])
  func dropoutOfTheAdapterLeavesTheFrozenLayerAlone(_ doRA: Bool) throws {
    let method = TuningMethod.lora(try Self.tuning(.random(.kaiming), doRA: doRA, dropout: 0.5))
    let model = try TargetTests.model(method)
    let base = try Self.logits(TargetTests.model(.frozen))
    // B is zero, so nothing that is dropped can be seen yet.
    #expect(Self.difference(base, try Self.logits(model, trains: true)) < 1e-5)
    for parameter in model.parameters where parameter.name.contains("lora_B") {
      parameter.dense?.set([Float](repeating: 0.5, count: parameter.count))
    }
    let (evaluated, trained) = try (Self.logits(model), Self.logits(model, trains: true))
    #expect(Self.difference(evaluated, trained) > 1e-5)
    #expect(Self.difference(base, evaluated) > 1e-5)
  }

  @Test func theSameSeedGivesTheSameAdapters() throws {
    func factors(_ seed: UInt64) throws -> [[Float]] {
      let tuning = LoRATuning(try LoRAConfiguration(rank: 2, alpha: 4), seed: seed)
      return try TargetTests.model(.lora(tuning)).parameters.map(\.values)
    }
    #expect(try factors(1) == factors(1))
    #expect(try factors(1) != factors(2))
  }

  @Test func anAdapterForAnotherBaseIsRefused() throws {
    let name = "model.layers.0.self_attn.q_proj"
    let adapter = try LoRAAdapter(
      loraA: .zeros(rows: 2, columns: 7), loraB: .zeros(rows: 16, columns: 2), scaling: 1)
    #expect(throws: ModelError.self) {
      try TargetTests.model(.lora(LoRATuning([name: adapter])))
    }
  }

  @Test func anAdapterWithoutALayerIsRefused() throws {
    let names = ["model.layers.0.self_attn.q_proj", "model.layers.7.self_attn.q_proj"]
    let adapter = try LoRAAdapter(
      loraA: .zeros(rows: 2, columns: 16), loraB: .zeros(rows: 16, columns: 2), scaling: 1)
    let tuning = LoRATuning(Dictionary(uniqueKeysWithValues: names.map { ($0, adapter) }))
    #expect {
      try TargetTests.model(.lora(tuning))
    } throws: {
      guard case ModelError.noTarget(let targets, _)? = $0 as? ModelError else { return false }
      return targets == [names[1]]
    }
  }

  @Test func aSequenceLongerThanTheModelsPositionsIsRefused() throws {
    var graph = Graph()
    #expect(throws: ModelError.sequenceTooLong(length: 17, longest: 16)) {
      try TargetTests.model(.full).outputs(
        of: Indices(count: 17), batch: 1, length: 17, in: &graph, trains: false)
    }
  }
}
