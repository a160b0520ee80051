public import Autograd
internal import LinearAlgebra

/// Linear layers with tanh between them; the last one gives the output.
public final class MultilayerPerceptron {
  /// The numbers of features, from the input to the output.
  public let sizes: [Int]
  private let layers: [any LinearLayer]

  /// Creates a network from weights named `layers.N.weight`, [out, in], and `layers.N.bias`, [out].
  ///
  /// - Throws: `ModelError`; `AdapterError` where a rank does not suit a layer; `QuantizationError` or
  ///   `LinearAlgebraError` for weights that are not finite.
  public init(sizes: [Int], weights: ModelWeights, method: TuningMethod) throws {
    try Self.check(sizes)
    self.sizes = sizes
    var factory = LayerFactory(weights: weights, method: method)
    var layers: [any LinearLayer] = []
    for index in 0..<sizes.count - 1 {
      layers.append(
        try factory.linear(
          "layers.\(index)", inputs: sizes[index], outputs: sizes[index + 1], hasBias: true))
    }
    self.layers = layers
    try factory.checkTargets()
  }

  private static func check(_ sizes: [Int]) throws(ModelError) {
    guard sizes.count >= 2 else {
      throw .setting(name: "the number of sizes", value: sizes.count, needed: "at least 2")
    }
    for size in sizes where size < 1 || size > TransformerConfiguration.largestSide {
      throw .setting(
        name: "a size", value: size, needed: "from 1 to \(TransformerConfiguration.largestSide)")
    }
  }

  /// Random weights to start from, uniform in ±1/√in, as PyTorch's linear layers start.
  public static func randomWeights(sizes: [Int], seed: UInt64) throws(ModelError) -> ModelWeights {
    try check(sizes)
    var generator = RandomGenerator(seed: seed)
    var weights = ModelWeights()
    for index in 0..<sizes.count - 1 {
      let bound = 1 / Double(sizes[index]).squareRoot()
      for (name, shape) in [
        ("weight", [sizes[index + 1], sizes[index]]), ("bias", [sizes[index + 1]]),
      ] {
        weights["layers.\(index).\(name)"] = .dense(
          (0..<shape.reduce(1, *)).map { _ in
            Float(bound * (2 * generator.nextUniform() - 1))
          }, shape: shape)
      }
    }
    return weights
  }

  /// All weights, adapters behind their layers.
  public var parameters: [Parameter] { layers.flatMap(\.parameters) }

  /// The layers by name.
  public var linearLayers: [(name: String, layer: any LinearLayer)] {
    layers.enumerated().map { (name: "layers.\($0)", layer: $1) }
  }

  /// Adds the network to a graph: [batch, in] gives [batch, out].
  public func output(
    of x: Tensor, in graph: inout Graph, trains: Bool
  ) throws(AutogradError) -> Tensor {
    var x = x
    for (index, layer) in layers.enumerated() {
      x = try layer.output(of: x, in: &graph, trains: trains)
      if index < layers.count - 1 { x = try graph.tanh(x) }
    }
    return x
  }
}
