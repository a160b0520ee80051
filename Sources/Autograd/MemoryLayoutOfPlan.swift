/// Which memory holds which tensor and which gradient, from the order in which they are read.
///
/// The forward pass and the backward pass are gone through once in thought: a tensor takes memory that is
/// free, and gives it back after its last reader.
struct MemoryLayoutOfPlan {
  /// The memory of each tensor; nil for a compressed weight.
  private(set) var values: [Floats?]
  /// The memory of each gradient; nil where none is wanted.
  private(set) var gradients: [Floats?]
  private var frames: [Int: [Frame.Gradient?]] = [:]

  private var free: [Floats] = []
  private var holders: [ObjectIdentifier: Int] = [:]
  /// The bytes of all memory that tensors and gradients share.
  private(set) var byteCount = 0

  func gradient(of input: Int, at node: Int) -> Frame.Gradient? { frames[node]?[input] }

  init(_ graph: Graph, loss: Tensor?, kept: Set<Int>) {
    values = Array(repeating: nil, count: graph.nodes.count)
    gradients = values
    let readers = Readers(graph, loss: loss, kept: kept)
    layOutForward(graph, readers)
    if let loss, loss.needsGradient { layOutBackward(graph, loss, readers) }
  }

  private mutating func layOutForward(_ graph: Graph, _ readers: Readers) {
    for (index, node) in graph.nodes.enumerated() {
      switch node {
      case .input(let floats): values[index] = floats
      case .parameter(let parameter): values[index] = parameter.dense
      case .operation(let operation):
        let dying = Set(operation.inputs.map(\.index)).filter {
          readers.lastForward[$0] == index && !readers.staysForBackward($0)
            && graph.isResult($0)
        }
        if operation.mayOverwriteInput, let first = operation.inputs.first?.index,
          dying.contains(first), let memory = values[first], isHeldOnce(memory)
        {
          hold(memory)
          values[index] = memory
        } else {
          values[index] = take(graph.tensors[index].count)
        }
        for input in dying.sorted() { values[input].map { release($0) } }
      }
    }
  }

  /// Two inputs of one operation may both share its gradient if the second is read before anything is
  /// added to the first: where its own operation is the one just before.
  private mutating func layOutBackward(_ graph: Graph, _ loss: Tensor, _ readers: Readers) {
    gradients[loss.index] = take(1)
    for index in graph.nodes.indices.reversed() {
      guard case .operation(let operation) = graph.nodes[index], let upstream = gradients[index]
      else { continue }
      var isSharedBefore = false
      frames[index] = operation.inputs.enumerated().map { position, input in
        guard input.needsGradient else { return nil }
        if case .parameter(let parameter) = graph.nodes[input.index] {
          guard let memory = parameter.gradientStorage() else { return nil }
          gradients[input.index] = memory
          return unsafe Frame.Gradient(start: memory.start, accumulates: true, isShared: false)
        }
        if let memory = gradients[input.index] {
          return unsafe Frame.Gradient(start: memory.start, accumulates: true, isShared: false)
        }
        let isShared =
          operation.mayShareGradient(input: position)
          && (isHeldOnce(upstream)
            || isSharedBefore && isHeldTwice(upstream) && input.index == index - 1)
        isSharedBefore = isSharedBefore || isShared
        let memory = isShared ? upstream : take(input.count)
        if isShared { hold(memory) }
        gradients[input.index] = memory
        return unsafe Frame.Gradient(start: memory.start, accumulates: false, isShared: isShared)
      }
      release(upstream)
      for tensor in readers.finishedBackward(after: index) where graph.isResult(tensor) {
        values[tensor].map { release($0) }
      }
    }
  }

  // MARK: Memory

  private mutating func take(_ count: Int) -> Floats {
    let fitting = free.indices.filter { free[$0].count >= count && free[$0].count <= 4 * count }
    if let best = fitting.min(by: { free[$0].count < free[$1].count }) {
      let memory = free.remove(at: best)
      holders[ObjectIdentifier(memory)] = 1
      return memory
    }
    let memory = Floats(count: count)
    byteCount += memory.byteCount
    holders[ObjectIdentifier(memory)] = 1
    return memory
  }

  private func isHeldOnce(_ memory: Floats) -> Bool { holders[ObjectIdentifier(memory)] == 1 }

  private func isHeldTwice(_ memory: Floats) -> Bool { holders[ObjectIdentifier(memory)] == 2 }

  private mutating func hold(_ memory: Floats) {
    holders[ObjectIdentifier(memory), default: 0] += 1
  }

  private mutating func release(_ memory: Floats) {
    let key = ObjectIdentifier(memory)
    guard let count = holders[key] else { return }
    holders[key] = count - 1
    if count == 1 { free.append(memory) }
  }
}

/// Who reads each tensor last.
private struct Readers {
  /// The last operation that reads a tensor in the forward pass.
  private(set) var lastForward: [Int?]
  /// The last operation, counting backwards, that reads a tensor in the backward pass.
  private var lastBackward: [Int?]
  private var finished: [Int: [Int]] = [:]
  private let kept: Set<Int>

  init(_ graph: Graph, loss: Tensor?, kept: Set<Int>) {
    self.kept = kept
    lastForward = Array(repeating: nil, count: graph.nodes.count)
    lastBackward = lastForward
    for (index, node) in graph.nodes.enumerated() {
      guard case .operation(let operation) = node else { continue }
      let goesBack = loss != nil && graph.tensors[index].needsGradient
      // The first operation in order is the last one on the way back.
      if goesBack, operation.backwardReadsOutput, lastBackward[index] == nil {
        lastBackward[index] = index
      }
      for (position, input) in operation.inputs.enumerated() {
        lastForward[input.index] = index
        if goesBack, operation.backwardReads(input: position), lastBackward[input.index] == nil {
          lastBackward[input.index] = index
        }
      }
    }
    for (tensor, reader) in lastBackward.enumerated() {
      if let reader, !kept.contains(tensor) { finished[reader, default: []].append(tensor) }
    }
  }

  func staysForBackward(_ tensor: Int) -> Bool {
    lastBackward[tensor] != nil || kept.contains(tensor)
  }

  func finishedBackward(after operation: Int) -> [Int] { finished[operation] ?? [] }
}

extension Graph {
  /// Whether a tensor is the result of an operation, whose memory belongs to a plan.
  func isResult(_ tensor: Int) -> Bool {
    if case .operation = nodes[tensor] { true } else { false }
  }
}
