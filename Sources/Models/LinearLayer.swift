public import Adapters
public import Autograd

/// A layer y = x Wᵀ + b in any of its forms.
public protocol LinearLayer {
  /// Adds the layer to a graph.
  ///
  /// - Parameters:
  ///   - x: [rows, in].
  ///   - graph: The graph that x belongs to.
  ///   - trains: Whether dropout is active.
  /// - Returns: [rows, out].
  /// - Throws: `AutogradError` where x does not have as many columns as the layer has inputs.
  func output(of x: Tensor, in graph: inout Graph, trains: Bool) throws(AutogradError) -> Tensor

  /// All its weights, in the order of the model's files.
  var parameters: [Parameter] { get }

  /// The weight by which the layer multiplies, [out, in], with an adapter in it.
  ///
  /// - Throws: `AdapterError` if a number of an adapter is not finite.
  func mergedWeight() throws(AdapterError) -> [Float]
}

/// A layer with a weight of its own, trained or frozen.
public struct Linear: LinearLayer {
  /// [out, in].
  public let weight: Parameter
  /// [out].
  public let bias: Parameter?

  public init(weight: Parameter, bias: Parameter? = nil) {
    self.weight = weight
    self.bias = bias
  }

  public func output(
    of x: Tensor, in graph: inout Graph, trains: Bool
  ) throws(AutogradError) -> Tensor {
    let product = try graph.matmul(x, graph.parameter(weight))
    guard let bias else { return product }
    return try graph.add(product, graph.parameter(bias))
  }

  public func mergedWeight() -> [Float] { weight.values }

  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }
}
