internal import Autograd
internal import Datasets
internal import LinearAlgebra
internal import Models
internal import Training

/// A linear layer that learns numbers of the form `uᵀ W v`, all examples in every step.
///
/// The layer makes W v, which is multiplied by u element by element and summed.
final class BilinearTask: TrainingTask {
  let plan: Plan
  let loss: Tensor
  let randomness = Randomness(seed: 0)
  let parameters: [Parameter]
  let exampleCount: Int

  /// - Parameters:
  ///   - layer: The layer, trained whole or with an adapter.
  ///   - examples: At least one.
  ///   - threads: How many threads work.
  /// - Throws: `AutogradError` where the layer does not take vectors of this length.
  init(_ layer: any LinearLayer, _ examples: BilinearExamples, threads: Threads) throws {
    let (count, size) = (examples.count, examples.u.columns)
    exampleCount = count
    parameters = layer.parameters
    var graph = Graph(randomness: randomness)
    let u = graph.input(Floats(examples.u.values), shape: [count, size])
    let v = graph.input(Floats(examples.v.values), shape: [count, size])
    let y = graph.input(Floats(examples.y), shape: [count, 1])
    let ones = Parameter(
      name: "ones", shape: [1, size], values: Array(repeating: 1, count: size), isTrainable: false)
    let product = try graph.multiply(layer.output(of: v, in: &graph, trains: true), u)
    loss = try graph.meanSquaredError(
      graph.matmul(product, graph.parameter(ones)), target: y)
    plan = Plan(graph, loss: loss, threads: threads)
  }

  var batchSize: Int { exampleCount }
  var tokensPerBatch: Int { exampleCount }

  /// All examples are there from the start.
  func load(_ examples: [Int]) {}
}
