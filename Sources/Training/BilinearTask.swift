public import Autograd
public import Models

/// A linear layer that learns numbers of the form `uᵀ W v`.
///
/// The layer makes W v, which is multiplied by u element by element and summed.
public final class BilinearTask: TrainingTask {
  public let plan: Plan
  public let loss: Tensor
  public let randomness: Randomness
  public let parameters: [Parameter]
  public let exampleCount: Int
  public let batchSize: Int
  private let size: Int
  private let u: [Float]
  private let v: [Float]
  private let y: [Float]
  private let inputs: (u: Floats, v: Floats, y: Floats)

  /// - Parameters:
  ///   - layer: The layer, [size, size], trained whole or with an adapter.
  ///   - u: The vectors on the left of the weight, [examples, size].
  ///   - v: Those on its right, [examples, size].
  ///   - y: The numbers to come out, [examples], at least one.
  ///   - batchSize: The examples of a batch.
  ///   - seed: The seed of dropout.
  ///   - threads: How many threads work; the results do not depend on it.
  /// - Throws: `TrainingError` for a batch size that is not usable, or lists that do not go together.
  public init(
    _ layer: any LinearLayer, u: [Float], v: [Float], y: [Float], batchSize: Int,
    seed: UInt64 = 0, threads: Threads = .processors
  ) throws {
    guard let size = layer.parameters.first?.shape.first, !y.isEmpty else {
      throw TrainingError.noExamples
    }
    guard (1...1 << 20).contains(batchSize) else {
      throw TrainingError.setting(
        name: "batch size", value: Double(batchSize), needed: "from 1 to \(1 << 20)")
    }
    for vectors in [u, v] where vectors.count != y.count * size {
      throw TrainingError.exampleDoesNotFit(
        index: vectors.count / size, found: vectors.count, needed: y.count * size)
    }
    self.size = size
    self.u = u
    self.v = v
    self.y = y
    self.batchSize = batchSize
    exampleCount = y.count
    parameters = layer.parameters
    randomness = Randomness(seed: seed)
    inputs = (
      u: Floats([Float](repeating: 0, count: batchSize * size)),
      v: Floats([Float](repeating: 0, count: batchSize * size)),
      y: Floats([Float](repeating: 0, count: batchSize))
    )
    var graph = Graph(randomness: randomness)
    let right = graph.input(inputs.v, shape: [batchSize, size])
    let left = graph.input(inputs.u, shape: [batchSize, size])
    let ones = Parameter(
      name: "ones", shape: [1, size], values: Array(repeating: 1, count: size), isTrainable: false)
    let product = try graph.multiply(layer.output(of: right, in: &graph, trains: true), left)
    loss = try graph.meanSquaredError(
      graph.matmul(product, graph.parameter(ones)),
      target: graph.input(inputs.y, shape: [batchSize, 1]))
    plan = Plan(graph, loss: loss, threads: threads)
  }

  public var tokensPerBatch: Int { batchSize }

  public func load(_ batch: [Int]) {
    for (row, example) in batch.enumerated() {
      inputs.u.set(Array(u[example * size..<(example + 1) * size]), at: row * size)
      inputs.v.set(Array(v[example * size..<(example + 1) * size]), at: row * size)
      inputs.y.set([y[example]], at: row)
    }
  }
}
