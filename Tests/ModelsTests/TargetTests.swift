import Adapters
import Autograd
import Models
import Testing

@Suite struct TargetTests {
  @Test(arguments: [
    ("q_proj", "model.layers.0.self_attn.q_proj", true),
    ("self_attn.q_proj", "model.layers.3.self_attn.q_proj", true),
    ("layers.1.self_attn.q_proj", "model.layers.1.self_attn.q_proj", true),
    ("model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.q_proj", true),
    ("layers.1.*", "model.layers.1.mlp.up_proj", true),
    ("*_proj", "model.layers.1.mlp.up_proj", true),
    ("*", "layers.0", true),
    ("proj", "model.layers.0.self_attn.q_proj", false),
    ("q_proj", "model.layers.0.self_attn.k_proj", false),
    ("layers.1.*", "model.layers.11.mlp.up_proj", false),
    ("", "layers.0", false),
  ])
  func aTargetIsANameOrItsEnd(_ target: String, _ name: String, _ isChosen: Bool) {
    #expect(LayerTargets([target]).contains(name) == isChosen)
  }

  static let configuration = TransformerConfiguration(
    vocabularySize: 11, hiddenSize: 16, intermediateSize: 24, layerCount: 2, headCount: 4,
    keyValueHeadCount: 2, longestSequence: 16)

  static func model(_ method: TuningMethod) throws -> Transformer {
    try Transformer(
      configuration, weights: Transformer.randomWeights(for: configuration, seed: 3),
      method: method)
  }

  @Test func onlyTheTargetsHaveAdapters() throws {
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: 2, alpha: 4), targets: LayerTargets(["q_proj", "layers.1.mlp.*"]))
    let model = try Self.model(.lora(tuning))
    let adapted = model.linearLayers.filter { $0.layer is LoRALinear }.map(\.name)
    #expect(
      adapted == [
        "model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj",
        "model.layers.1.mlp.gate_proj", "model.layers.1.mlp.up_proj",
        "model.layers.1.mlp.down_proj",
      ])
    #expect(model.parameters.filter(\.isTrainable).allSatisfy { $0.name.contains(".lora_") })
  }

  @Test func everyLinearLayerOfTheDecoderIsQuantized() throws {
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: 2, alpha: 4), targets: LayerTargets(["q_proj"]))
    let model = try Self.model(.qlora(tuning))
    let compressed = model.parameters.filter { $0.dense == nil }
    #expect(compressed.count == 14)
    #expect(model.linearLayers.filter { $0.layer is QLoRALinear }.count == 2)
    let bytes = compressed.reduce(0) { $0 + $1.byteCount }
    let weights = compressed.reduce(0) { $0 + $1.count }
    // Four bits a weight, eight a block of 64, and a few bytes a layer.
    #expect(bytes == weights / 2 + weights / 64 + 14 * 8)
  }

  @Test func targetsThatAreNoLayerAreRefusedWithTheLayersThereAre() throws {
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: 2, alpha: 4), targets: LayerTargets(["query"]))
    #expect {
      try Self.model(.lora(tuning))
    } throws: {
      "\($0)".contains("query") && "\($0)".contains("self_attn.q_proj")
    }
  }

  @Test func aRankThatIsTooLargeIsRefused() throws {
    let tuning = LoRATuning(try LoRAConfiguration(rank: 9, alpha: 4))
    #expect(throws: AdapterError.rankTooLarge(rank: 9, rows: 8, columns: 16)) {
      try Self.model(.lora(tuning))
    }
  }

  @Test func aMissingWeightAndAWrongShapeAreNamed() throws {
    var weights = try Transformer.randomWeights(for: Self.configuration, seed: 3)
    weights["model.norm.weight"] = nil
    #expect(throws: ModelError.missingWeight("model.norm.weight")) {
      try Transformer(Self.configuration, weights: weights, method: .full)
    }
    weights["model.norm.weight"] = .dense([1, 2], shape: [2])
    #expect(throws: ModelError.self) {
      try Transformer(Self.configuration, weights: weights, method: .full)
    }
    weights["model.norm.weight"] = .dense([1, 2], shape: [16])
    #expect(throws: ModelError.self) {
      try Transformer(Self.configuration, weights: weights, method: .full)
    }
  }

  @Test(arguments: 0..<8)
  func sizesThatNoModelHasAreRefused(_ size: Int) {
    let sizes: [WritableKeyPath<TransformerConfiguration, Int>] = [
      \.vocabularySize, \.hiddenSize, \.intermediateSize, \.layerCount, \.headCount,
      \.keyValueHeadCount, \.headSize, \.longestSequence,
    ]
    for value in [0, -1, Int.max, Int.min] {
      var configuration = Self.configuration
      configuration[keyPath: sizes[size]] = value
      #expect(throws: ModelError.self) { try configuration.check() }
    }
  }
}
