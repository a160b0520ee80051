import Adapters
import Autograd
import Foundation
import LinearAlgebra
import Models
import TestSupport
import Testing

/// What transformers, PEFT and bitsandbytes compute for the tiny models.
struct ReferenceOutputs: Decodable {
  struct Summary: Decodable {
    let l2: Double
    let sum: Double
    let first5: [Float]
  }
  let input_ids: [[Int32]]
  let labels: [[Int32]]
  let loss: [String: Float]
  let logits: [String: [[[Float]]]]
  let gradients: [String: [String: Summary]]
  let hidden_states_base: [[[[Float]]]]

  static func load(_ name: String) throws -> ReferenceOutputs {
    let path =
      repositoryRoot + "/Tests/Vectors/llama-tiny/\(name)/expected.json"
    return try JSONDecoder().decode(
      ReferenceOutputs.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

@Suite struct ReferenceTests {
  static let names = ["untied", "tied"]
  static let variants = ["base", "adapter", "merged", "qlora_base", "qlora_adapter"]

  static func model(_ variant: String, _ checkpoint: ReferenceCheckpoint) throws -> Transformer {
    func make(_ weights: ModelWeights, _ method: TuningMethod) throws -> Transformer {
      try Transformer(checkpoint.configuration, weights: weights, method: method)
    }
    let tuning = LoRATuning(checkpoint.adapters)
    switch variant {
    case "base": return try make(checkpoint.weights, .full)
    case "adapter": return try make(checkpoint.weights, .lora(tuning))
    case "qlora_adapter": return try make(checkpoint.quantizedWeights, .qlora(tuning))
    case "qlora_base":
      let none = try LoRATuning([checkpoint.adapters.keys.sorted()[0]: zero(checkpoint)])
      return try make(checkpoint.quantizedWeights, .qlora(none))
    default:
      var weights = checkpoint.weights
      for (name, layer) in try make(weights, .lora(tuning)).linearLayers {
        let layer = try #require(layer as? LoRALinear)
        weights[name + ".weight"] = .dense(
          try layer.mergedWeight(), shape: layer.base.weight.shape)
      }
      return try make(weights, .frozen)
    }
  }

  /// An adapter of the first layer that changes nothing.
  static func zero(_ checkpoint: ReferenceCheckpoint) throws -> LoRAAdapter {
    let adapter = try #require(checkpoint.adapters[checkpoint.adapters.keys.sorted()[0]])
    return try LoRAAdapter(
      loraA: adapter.loraA,
      loraB: .zeros(rows: adapter.loraB.rows, columns: adapter.loraB.columns), scaling: 1)
  }

  struct Run {
    let plan: Plan
    let logits, loss: Tensor
    let states: [Tensor]
  }

  static func run(
    _ model: Transformer, _ reference: ReferenceOutputs, trains: Bool
  ) throws -> Run {
    let (batch, length) = (reference.input_ids.count, reference.input_ids[0].count)
    let (tokens, labels) = (Indices(count: batch * length), Indices(count: batch * length))
    tokens.set(reference.input_ids.flatMap { $0 })
    labels.set(reference.labels.flatMap { $0.dropFirst() + [Indices.ignored] })
    var graph = Graph()
    let (logits, states) = try model.outputs(
      of: tokens, batch: batch, length: length, in: &graph, trains: trains)
    let loss = try graph.crossEntropy(logits: logits, labels: labels)
    let plan = Plan(graph, loss: trains ? loss : nil, keeping: [logits, loss] + states)
    plan.forward()
    if trains { plan.backward() }
    return Run(plan: plan, logits: logits, loss: loss, states: states)
  }

  @Test(arguments: names, variants)
  func logitsAndLossAreThoseOfTheLibraries(_ name: String, _ variant: String) throws {
    let reference = try ReferenceOutputs.load(name)
    let model = try Self.model(variant, ReferenceCheckpoint(name))
    let run = try Self.run(model, reference, trains: false)
    let expected = try #require(reference.logits[variant]).flatMap { $0.flatMap { $0 } }
    let difference = zip(run.plan.values(of: run.logits), expected).map { abs($0 - $1) }.max() ?? 1
    #expect(run.logits.count == expected.count)
    #expect(difference < 5e-5)
    let loss = try #require(reference.loss[variant])
    #expect(abs(run.plan.value(of: run.loss) - loss) < 1e-5)
  }

  @Test(arguments: names)
  func hiddenStatesAreThoseOfTransformers(_ name: String) throws {
    let reference = try ReferenceOutputs.load(name)
    let model = try Self.model("base", ReferenceCheckpoint(name))
    let run = try Self.run(model, reference, trains: false)
    #expect(run.states.count == reference.hidden_states_base.count)
    for (state, expected) in zip(run.states, reference.hidden_states_base) {
      let values = expected.flatMap { $0.flatMap { $0 } }
      let difference = zip(run.plan.values(of: state), values).map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 5e-5)
    }
  }

  @Test(arguments: names, [("full", "base"), ("lora", "adapter"), ("qlora", "qlora_adapter")])
  func everyGradientIsThatOfPyTorch(_ name: String, _ run: (method: String, variant: String)) throws
  {
    let reference = try ReferenceOutputs.load(name)
    let model = try Self.model(run.variant, ReferenceCheckpoint(name))
    _ = try Self.run(model, reference, trains: true)
    let expected = try #require(reference.gradients[run.method])
    let trained = model.parameters.filter(\.isTrainable)
    #expect(Set(trained.map(\.name)) == Set(expected.keys))
    for parameter in trained {
      let summary = try #require(expected[parameter.name])
      let gradient = try #require(parameter.gradient).values
      let length = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(length - summary.l2) < 1e-4 * summary.l2, "\(parameter.name)")
      for (ours, theirs) in zip(gradient, summary.first5) {
        #expect(abs(Double(ours - theirs)) < 1e-4 * summary.l2, "\(parameter.name)")
      }
    }
  }
}
