import Autograd
import LinearAlgebra
import Testing

/// A small computation with one kind of operation in it, whose gradients are to be checked.
struct GradientCheck: CustomTestStringConvertible, Sendable {
  let kind: OperationKind
  let name: String
  /// The shapes of the inputs that gradients are checked of.
  let shapes: [[Int]]
  /// The scale of the random inputs.
  var scale = 1.0
  let build: @Sendable (inout Graph, [Tensor]) throws -> Tensor

  var testDescription: String { "\(kind.rawValue): \(name)" }

  static func tensor(
    _ graph: inout Graph, _ shape: [Int], seed: UInt64, positive: Bool = false
  ) -> Tensor {
    graph.input(
      Floats(randomValues(shape.reduce(1, *), seed: seed).map { positive ? abs($0) : $0 }),
      shape: shape)
  }

  static func compressed(_ graph: inout Graph, _ shape: [Int]) -> Tensor {
    graph.parameter(
      Parameter(name: "halves", shape: shape, compressed: Halves(count: shape.reduce(1, *))))
  }

  static func indices(_ values: [Int32]) -> Indices {
    let indices = Indices(count: values.count)
    indices.set(values)
    return indices
  }

  static let all: [GradientCheck] = [
    .init(kind: .matmul, name: "both sides", shapes: [[5, 7], [3, 7]]) { graph, x in
      try graph.matmul(x[0], x[1])
    },
    .init(kind: .matmul, name: "frozen weight", shapes: [[2, 3, 7]]) { graph, x in
      try graph.matmul(x[0], tensor(&graph, [4, 7], seed: 2))
    },
    .init(kind: .adaptedMatmul, name: "LoRA", shapes: [[5, 7], [2, 7], [6, 2]]) { graph, x in
      try graph.adaptedMatmul(
        x[0], tensor(&graph, [6, 7], seed: 3), loraA: x[1], loraB: x[2], scaling: 1.7)
    },
    .init(kind: .matmul, name: "compressed weight", shapes: [[5, 7]]) { graph, x in
      try graph.matmul(x[0], compressed(&graph, [4, 7]))
    },
    .init(
      kind: .adaptedMatmul, name: "compressed weight", shapes: [[5, 7], [2, 7], [6, 2]]
    ) { graph, x in
      try graph.adaptedMatmul(
        x[0], compressed(&graph, [6, 7]), loraA: x[1], loraB: x[2], scaling: 1.7)
    },
    .init(kind: .adaptedMatmul, name: "used twice", shapes: [[5, 4], [2, 4], [4, 2]]) { graph, x in
      let weight = tensor(&graph, [4, 4], seed: 3)
      let y = try graph.adaptedMatmul(x[0], weight, loraA: x[1], loraB: x[2], scaling: 0.5)
      return try graph.adaptedMatmul(y, weight, loraA: x[1], loraB: x[2], scaling: 0.5)
    },
    .init(kind: .adaptedMatmul, name: "DoRA's lengths and input", shapes: [[5, 7], [6]]) {
      graph, x in
      try graph.adaptedMatmul(
        x[0], tensor(&graph, [6, 7], seed: 3), loraA: tensor(&graph, [2, 7], seed: 4),
        loraB: tensor(&graph, [6, 2], seed: 5), magnitude: x[1], scaling: 1.7)
    },
    .init(kind: .add, name: "one shape, scaled", shapes: [[3, 4], [3, 4]]) { graph, x in
      try graph.add(x[0], x[1], factor: -0.6)
    },
    .init(kind: .add, name: "a row", shapes: [[2, 3, 5], [5]]) { graph, x in
      try graph.add(x[0], x[1])
    },
    .init(kind: .add, name: "a residual around two layers", shapes: [[3, 4], [4, 4]]) { graph, x in
      let first = try graph.add(x[0], graph.silu(graph.matmul(x[0], x[1])))
      return try graph.add(first, graph.tanh(graph.matmul(first, x[1])))
    },
    .init(kind: .add, name: "to itself", shapes: [[3, 4]]) { graph, x in
      let y = try graph.silu(x[0])
      return try graph.add(y, y)
    },
    .init(kind: .multiply, name: "two tensors", shapes: [[3, 4], [3, 4]]) { graph, x in
      try graph.multiply(x[0], x[1])
    },
    .init(kind: .multiply, name: "a square", shapes: [[3, 4]]) { graph, x in
      try graph.multiply(x[0], x[0])
    },
    .init(kind: .embedding, name: "a token twice, one never", shapes: [[5, 3]]) { graph, x in
      try graph.embedding(indices([0, 4, 2, 4, 1, 0]), shape: [2, 3], table: x[0])
    },
    .init(kind: .rmsNorm, name: "x and weight", shapes: [[4, 19], [19]]) { graph, x in
      try graph.rmsNorm(x[0], weight: x[1], epsilon: 1e-3)
    },
    .init(kind: .rotary, name: "two heads", shapes: [[2, 5, 12]]) { graph, x in
      try graph.rotary(
        x[0], heads: 2, angles: RotaryAngles(length: 6, headSize: 6, base: 100))
    },
    .init(
      kind: .attention, name: "grouped queries", shapes: [[2, 7, 24], [2, 7, 12], [2, 7, 12]]
    ) { graph, x in
      try graph.attention(x[0], x[1], x[2], heads: 4, keyHeads: 2)
    },
    .init(
      kind: .attention, name: "a head of full vectors",
      shapes: [[1, 21, 32], [1, 21, 32], [1, 21, 32]]
    ) { graph, x in
      try graph.attention(x[0], x[1], x[2], heads: 1, keyHeads: 1)
    },
    .init(kind: .attention, name: "of one tensor with itself", shapes: [[1, 5, 8]]) { graph, x in
      try graph.attention(x[0], x[0], x[0], heads: 2, keyHeads: 2)
    },
    .init(kind: .silu, name: "small and large", shapes: [[3, 40]], scale: 3) { graph, x in
      try graph.silu(x[0])
    },
    .init(kind: .swiglu, name: "both", shapes: [[3, 21], [3, 21]]) { graph, x in
      try graph.swiglu(gate: x[0], up: x[1])
    },
    .init(kind: .swiglu, name: "of one tensor", shapes: [[3, 21]]) { graph, x in
      try graph.swiglu(gate: x[0], up: x[0])
    },
    .init(kind: .tanh, name: "small and large", shapes: [[3, 40]], scale: 1.5) { graph, x in
      try graph.tanh(x[0])
    },
    .init(kind: .dropout, name: "one step", shapes: [[10, 20]]) { graph, x in
      try graph.dropout(x[0], probability: 0.3)
    },
    .init(kind: .crossEntropy, name: "ignored labels", shapes: [[5, 6]]) { graph, x in
      try graph.crossEntropy(logits: x[0], labels: indices([0, -100, 5, -1, 2]))
    },
    .init(kind: .meanSquaredError, name: "both", shapes: [[3, 4], [3, 4]]) { graph, x in
      try graph.meanSquaredError(x[0], target: x[1])
    },
    .init(kind: .binaryCrossEntropy, name: "targets from 0 to 1", shapes: [[6, 1]]) { graph, x in
      try graph.binaryCrossEntropy(
        logits: x[0], target: graph.input(Floats([0, 1, 0.25, 1, 0, 0.5]), shape: [6, 1]))
    },
  ]
}

/// Weights that are halves of whole numbers, written by way of the scratch memory.
struct Halves: CompressedWeight {
  let count: Int
  var byteCount: Int { count }
  var scratchCount: Int { count }

  func write(
    into weights: UnsafeMutableBufferPointer<Float>,
    scratch: UnsafeMutableBufferPointer<Float>, threads: Int
  ) {
    for index in 0..<count { unsafe scratch[index] = Float(index % 5) - 2 }
    for index in 0..<count { unsafe weights[index] = scratch[index] / 2 }
  }
}

/// Normal numbers.
func randomValues(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
  var generator = RandomGenerator(seed: seed)
  return (0..<count).map { _ in Float(scale * generator.nextNormal()) }
}

/// The loss of a check, its plan, and the inputs as parameters.
struct CheckedComputation {
  let parameters: [Parameter]
  let plan: Plan
  let loss: Tensor

  init(_ check: GradientCheck, threads: Threads = Threads(count: 1)) throws {
    var graph = Graph(randomness: Randomness(seed: 11))
    parameters = check.shapes.enumerated().map { index, shape in
      Parameter(
        name: "input \(index)", shape: shape,
        values: randomValues(shape.reduce(1, *), seed: UInt64(100 + index), scale: check.scale),
        isTrainable: true)
    }
    var output = try check.build(&graph, parameters.map { graph.parameter($0) })
    if !output.shape.isEmpty {
      // A random direction in which the gradient is taken.
      let target = GradientCheck.tensor(&graph, output.shape, seed: 77)
      output = try graph.meanSquaredError(output, target: target)
    }
    loss = output
    plan = Plan(graph, loss: loss, threads: threads)
  }
}
