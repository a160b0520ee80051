public import Adapters
public import Autograd
internal import LinearAlgebra

/// A frozen layer with a trained update of low rank beside it: y = x Wᵀ + b + s drop(x) Aᵀ Bᵀ.
///
/// The weight is dense, or with ``QLoRALinear`` compressed. With DoRA the rows of W + s B A are brought to
/// trained lengths. Source: Hu et al. 2021, arXiv:2106.09685; Liu et al. 2024, arXiv:2402.09353.
public struct LoRALinear: LinearLayer {
  /// The frozen layer.
  public let base: Linear
  /// [r, in].
  public let loraA: Parameter
  /// [out, r].
  public let loraB: Parameter
  /// With DoRA, [out].
  public let magnitude: Parameter?
  /// alpha / r, or alpha / √r with rsLoRA.
  public let scaling: Double
  /// The probability that an element of the adapter's input is dropped in training.
  public let dropout: Double

  /// Puts an adapter beside a frozen layer.
  ///
  /// - Parameters:
  ///   - base: The layer, whose weight is not trained.
  ///   - name: The name of the layer, such as `model.layers.0.self_attn.q_proj`; the parameters are
  ///     called as PEFT calls them in its files.
  ///   - adapter: Where training starts.
  ///   - dropout: From 0 up to below 1.
  /// - Throws: `ModelError.wrongShape` if the adapter is not one for the layer.
  public init(
    _ base: Linear, name: String, adapter: LoRAAdapter, dropout: Double = 0
  ) throws(ModelError) {
    let needed = [adapter.loraB.rows, adapter.loraA.columns]
    guard base.weight.shape == needed else {
      throw .wrongShape(name: base.weight.name, found: base.weight.shape, needed: needed)
    }
    guard dropout >= 0, dropout < 1 else {
      throw .number(name: "dropout", value: dropout, needed: "from 0 up to below 1")
    }
    self.base = base
    let prefix = "base_model.model." + name
    loraA = Parameter(
      name: prefix + ".lora_A.weight", shape: [adapter.rank, adapter.loraA.columns],
      values: adapter.loraA.values, isTrainable: true)
    loraB = Parameter(
      name: prefix + ".lora_B.weight", shape: [adapter.loraB.rows, adapter.rank],
      values: adapter.loraB.values, isTrainable: true)
    magnitude = adapter.magnitude.map {
      Parameter(
        name: prefix + ".lora_magnitude_vector", shape: [$0.count], values: $0, isTrainable: true)
    }
    scaling = adapter.scaling
    self.dropout = dropout
  }

  public func output(
    of x: Tensor, in graph: inout Graph, trains: Bool
  ) throws(AutogradError) -> Tensor {
    let weight = graph.parameter(base.weight)
    let (a, b) = (graph.parameter(loraA), graph.parameter(loraB))
    let factor = Float(scaling)
    var y: Tensor
    if trains, dropout > 0 {
      let dropped = try graph.dropout(x, probability: dropout)
      let frozen = try graph.matmul(x, weight)
      if let magnitude {
        // DoRA's update is what it adds to the frozen layer, on the dropped input, as in PEFT.
        let adapted = try graph.adaptedMatmul(
          dropped, weight, loraA: a, loraB: b, magnitude: graph.parameter(magnitude),
          scaling: factor)
        let update = try graph.add(adapted, graph.matmul(dropped, weight), factor: -1)
        y = try graph.add(frozen, update)
      } else {
        y = try graph.add(
          frozen, graph.matmul(graph.matmul(dropped, a), b), factor: factor)
      }
    } else {
      y = try graph.adaptedMatmul(
        x, weight, loraA: a, loraB: b, magnitude: magnitude.map { graph.parameter($0) },
        scaling: factor)
    }
    if let bias = base.bias { y = try graph.add(y, graph.parameter(bias)) }
    return y
  }

  public var parameters: [Parameter] {
    base.parameters + [loraA, loraB] + (magnitude.map { [$0] } ?? [])
  }

  /// The adapter as training has left it.
  ///
  /// - Throws: `AdapterError` if a number is not finite.
  public func adapter() throws(AdapterError) -> LoRAAdapter {
    try LoRAAdapter(
      loraA: Matrix(rows: loraA.shape[0], columns: loraA.shape[1], values: loraA.values),
      loraB: Matrix(rows: loraB.shape[0], columns: loraB.shape[1], values: loraB.values),
      scaling: scaling, magnitude: magnitude?.values)
  }

  /// The weight with the update in it, [out, in].
  ///
  /// - Throws: `AdapterError` if a number is not finite.
  public func mergedWeight() throws(AdapterError) -> [Float] {
    let shape = base.weight.shape
    let weight = Matrix(rows: shape[0], columns: shape[1], values: base.weight.values)
    return try adapter().merged(into: weight).weight.values
  }
}
