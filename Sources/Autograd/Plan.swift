/// A graph with its memory: everything that is taken is taken here, and reused in every run.
///
/// A tensor keeps its memory until the last operation that reads it, in the forward pass or in the backward
/// pass, and then hands it to a later one.
public final class Plan {
  /// The bytes that a plan takes beside the parameters and their gradients.
  public struct Memory: Equatable, Sendable {
    /// Results of operations, and the gradients of these.
    public let activations: Int
    /// What one layer's weight is written out into, or merged with its adapter.
    public let weightBuffer: Int
    /// Everything that nobody reads after the operation that wrote it.
    public let scratch: Int
  }

  private struct Step {
    let operation: any Operation
    let frame: Frame
    let goesBack: Bool
  }

  public let memory: Memory
  /// The trainable parameters that the loss depends on, in the order of the graph.
  public let trainable: [Parameter]
  private let steps: [Step]
  private let graph: Graph
  private let layout: MemoryLayoutOfPlan
  private let keptAlive: [Floats]
  private let loss: Tensor?

  /// Lays out the memory of a graph.
  ///
  /// - Parameters:
  ///   - graph: The computation.
  ///   - loss: The single number whose gradient is wanted; nil for a plan that only goes forward.
  ///   - keeping: Tensors that can be read after a run.
  ///   - threads: How many threads work; the results do not depend on it.
  public init(
    _ graph: Graph, loss: Tensor? = nil, keeping: [Tensor] = [], threads: Threads = .processors
  ) {
    precondition(loss.map { $0.count == 1 } ?? true, "A loss is a single number.")
    self.graph = graph
    self.loss = loss
    let kept = Set((keeping + (loss.map { [$0] } ?? [])).map(\.index))
    layout = MemoryLayoutOfPlan(graph, loss: loss, kept: kept)

    let operations = graph.nodes.compactMap { node in
      if case .operation(let operation) = node { operation } else { nil }
    }
    let scratch = Floats(
      count: operations.map { $0.scratchCount(threads: threads.count) }.max() ?? 0)
    let weights = Floats(count: operations.map(\.weightScratchCount).max() ?? 0)
    let decompression = Floats(count: graph.compressedWeights.map(\.scratchCount).max() ?? 0)
    let states = operations.map { Floats(count: $0.stateCount) }
    keptAlive = [scratch, weights, decompression] + states
    memory = Memory(
      activations: layout.byteCount + states.reduce(0) { $0 + $1.byteCount },
      weightBuffer: weights.byteCount + decompression.byteCount, scratch: scratch.byteCount)

    var steps: [Step] = []
    var trained: [Parameter] = []
    for (index, node) in graph.nodes.enumerated() {
      if case .parameter(let parameter) = node, layout.gradients[index] != nil {
        trained.append(parameter)
      }
      guard case .operation(let operation) = node, let output = layout.values[index] else {
        continue
      }
      var frame = unsafe Frame(
        output: output.start, outputGradient: (layout.gradients[index] ?? output).start,
        state: states[steps.count].start, scratch: scratch.start, weightScratch: weights.start,
        decompressionScratch: decompression.start,
        threads: threads)
      for (position, input) in operation.inputs.enumerated() {
        var compressed: (any CompressedWeight)?
        if case .parameter(let parameter) = graph.nodes[input.index],
          case .compressed(let weight) = parameter.storage
        {
          compressed = weight
        }
        unsafe frame.values.append((layout.values[input.index] ?? weights).start)
        frame.compressed.append(compressed)
        frame.gradients.append(layout.gradient(of: position, at: index))
      }
      steps.append(
        Step(operation: operation, frame: frame, goesBack: layout.gradients[index] != nil))
    }
    self.steps = steps
    trainable = trained
  }

  /// Computes every tensor in order.
  public func forward() {
    for step in steps { step.operation.forward(step.frame) }
  }

  /// Computes the gradients of all trainable parameters.
  ///
  /// A forward pass comes before each backward pass, which hands on the memory of what it has read.
  ///
  /// - Parameters:
  ///   - accumulating: Whether the gradients are added to those of an earlier pass.
  ///   - seed: The gradient of the loss itself.
  public func backward(accumulating: Bool = false, seed: Float = 1) {
    guard let loss, let start = layout.gradients[loss.index] else { return }
    if !accumulating { for parameter in trainable { parameter.gradient?.clear() } }
    unsafe start.start[0] = seed
    for step in steps.reversed() where step.goesBack { step.operation.backward(step.frame) }
  }

  /// A copy of a tensor that is kept.
  public func values(of tensor: Tensor) -> [Float] {
    guard let floats = layout.values[tensor.index] else { return [] }
    return Array(floats.values.prefix(tensor.count))
  }

  /// The first element of a tensor that is kept.
  public func value(of tensor: Tensor) -> Float {
    guard let floats = layout.values[tensor.index] else { return 0 }
    return unsafe floats.start[0]
  }
}
