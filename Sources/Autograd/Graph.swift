/// The result of one step of a computation: a place in a graph, and a shape.
public struct Tensor: Equatable, Sendable {
  let index: Int
  /// The sides, the last one running fastest; empty for a single number.
  public let shape: [Int]
  /// Whether something trainable goes into it.
  public let needsGradient: Bool

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// The last side.
  var columns: Int { shape.last ?? 1 }
  /// All other sides together.
  var rows: Int { shape.dropLast().reduce(1, *) }
}

/// A computation as data: its steps in order, each with the steps that it takes its inputs from.
///
/// Building a graph checks shapes and computes nothing; a ``Plan`` gives it memory and runs it.
public struct Graph {
  enum Node {
    /// Numbers that are set before each run.
    case input(Floats)
    case parameter(Parameter)
    case operation(any Operation)
  }

  private(set) var nodes: [Node] = []
  private(set) var tensors: [Tensor] = []
  private var places: [ObjectIdentifier: Tensor] = [:]
  /// The randomness of all dropout in the graph.
  let randomness: Randomness

  public init(randomness: Randomness = Randomness(seed: 0)) { self.randomness = randomness }

  private mutating func append(_ node: Node, _ shape: [Int], _ needsGradient: Bool) -> Tensor {
    let tensor = Tensor(index: nodes.count, shape: shape, needsGradient: needsGradient)
    nodes.append(node)
    tensors.append(tensor)
    return tensor
  }

  /// Numbers that are set before each run.
  public mutating func input(_ floats: Floats, shape: [Int]) -> Tensor {
    precondition(
      floats.count == shape.reduce(1, *), "\(floats.count) floats do not have the shape \(shape).")
    return append(.input(floats), shape, false)
  }

  /// A weight; the same one for every use of it.
  public mutating func parameter(_ parameter: Parameter) -> Tensor {
    let key = ObjectIdentifier(parameter)
    if let tensor = places[key] { return tensor }
    let tensor = append(.parameter(parameter), parameter.shape, parameter.isTrainable)
    places[key] = tensor
    return tensor
  }

  /// The result of an operation on earlier tensors.
  mutating func append<Kind: Operation>(_ operation: Kind) throws(AutogradError) -> Tensor {
    for (position, input) in operation.inputs.enumerated() {
      guard case .parameter(let parameter) = nodes[input.index], parameter.dense == nil,
        !operation.mayBeCompressed(input: position)
      else { continue }
      throw .compressed(name: parameter.name, operation: Kind.kind.rawValue)
    }
    let shape = try operation.outputShape()
    let needsGradient = operation.inputs.contains { $0.needsGradient }
    return append(.operation(operation), shape, needsGradient)
  }

  var compressedWeights: [any CompressedWeight] {
    nodes.compactMap { node in
      if case .parameter(let parameter) = node, case .compressed(let weight) = parameter.storage {
        weight
      } else {
        nil
      }
    }
  }

  func isCompressed(_ tensor: Tensor) -> Bool {
    if case .parameter(let parameter) = nodes[tensor.index] {
      parameter.dense == nil
    } else {
      false
    }
  }
}
