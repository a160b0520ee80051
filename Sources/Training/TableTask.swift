public import Autograd
public import Models

/// Rows of numbers with what is to be found out about each.
public struct TableExamples: Sendable {
  /// What a row's answer is.
  public enum Targets: Sendable {
    /// Yes or no: one number from 0 to 1 a row, against one logit.
    case binary([Float])
    /// One of several classes, each with a logit.
    case classes([Int32])
    /// Numbers, as many a row as the network has outputs.
    case numbers([[Float]])

    var count: Int {
      switch self {
      case .binary(let values): values.count
      case .classes(let values): values.count
      case .numbers(let rows): rows.count
      }
    }
  }

  public let inputs: [[Float]]
  public let targets: Targets

  /// - Throws: `TrainingError` with the first row that does not fit or has a number that is not finite.
  public init(inputs: [[Float]], targets: Targets) throws(TrainingError) {
    guard let width = inputs.first?.count, width > 0 else { throw .noExamples }
    guard targets.count == inputs.count else {
      throw .exampleDoesNotFit(
        index: min(targets.count, inputs.count), found: targets.count, needed: inputs.count)
    }
    for (index, row) in inputs.enumerated() {
      guard row.count == width else {
        throw .exampleDoesNotFit(index: index, found: row.count, needed: width)
      }
      guard row.allSatisfy(\.isFinite) else { throw .numberNotFinite(example: index) }
    }
    self.inputs = inputs
    self.targets = targets
  }
}

/// A multilayer perceptron that learns a table.
public final class TableTask: TrainingTask {
  public let model: MultilayerPerceptron
  public let examples: TableExamples
  public let batchSize: Int
  public let plan: Plan
  public let loss: Tensor
  /// [batch, out]; its values can be read where the task does not train.
  public let output: Tensor
  public let randomness: Randomness
  private let inputs: Floats
  private let numbers: Floats
  private let classes: Indices

  /// - Parameters:
  ///   - model: The network; its first size is that of a row.
  ///   - examples: The rows.
  ///   - batchSize: The rows of a batch.
  ///   - trains: Whether gradients are computed and dropout is active.
  ///   - seed: The seed of dropout.
  ///   - threads: How many threads work; the results do not depend on it.
  /// - Throws: `TrainingError` where the rows do not suit the network.
  public init(
    _ model: MultilayerPerceptron, examples: TableExamples, batchSize: Int, trains: Bool = true,
    seed: UInt64 = 0, threads: Threads = .processors
  ) throws {
    guard (1...1 << 24).contains(batchSize) else {
      throw TrainingError.setting(
        name: "batch size", value: Double(batchSize), needed: "from 1 to \(1 << 24)")
    }
    let (width, outputs) = (model.sizes[0], model.sizes[model.sizes.count - 1])
    guard examples.inputs[0].count == width else {
      throw TrainingError.exampleDoesNotFit(
        index: 0, found: examples.inputs[0].count, needed: width)
    }
    try Self.check(examples.targets, outputs: outputs)
    self.model = model
    self.examples = examples
    self.batchSize = batchSize
    randomness = Randomness(seed: seed)
    inputs = Floats([Float](repeating: 0, count: batchSize * width))
    numbers = Floats([Float](repeating: 0, count: batchSize * outputs))
    classes = Indices(count: batchSize)
    var graph = Graph(randomness: randomness)
    output = try model.output(
      of: graph.input(inputs, shape: [batchSize, width]), in: &graph, trains: trains)
    switch examples.targets {
    case .binary:
      loss = try graph.binaryCrossEntropy(
        logits: output, target: graph.input(numbers, shape: [batchSize, outputs]))
    case .numbers:
      loss = try graph.meanSquaredError(
        output, target: graph.input(numbers, shape: [batchSize, outputs]))
    case .classes: loss = try graph.crossEntropy(logits: output, labels: classes)
    }
    plan = Plan(
      graph, loss: trains ? loss : nil, keeping: trains ? [] : [output, loss], threads: threads)
  }

  private static func check(
    _ targets: TableExamples.Targets, outputs: Int
  ) throws(TrainingError) {
    switch targets {
    case .binary(let values):
      guard outputs == 1 else { throw .exampleDoesNotFit(index: 0, found: 1, needed: outputs) }
      if let index = values.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
        throw .setting(
          name: "answer of example \(index + 1)", value: Double(values[index]),
          needed: "from 0 to 1")
      }
    case .classes(let values):
      for (index, value) in values.enumerated() where value < 0 || Int(value) >= outputs {
        throw .outOfRange(example: index, value: Int(value), count: outputs)
      }
    case .numbers(let rows):
      for (index, row) in rows.enumerated() {
        guard row.count == outputs else {
          throw .exampleDoesNotFit(index: index, found: row.count, needed: outputs)
        }
        guard row.allSatisfy(\.isFinite) else { throw .numberNotFinite(example: index) }
      }
    }
  }

  public var parameters: [Parameter] { model.parameters }
  public var exampleCount: Int { examples.inputs.count }
  public var tokensPerBatch: Int { batchSize }

  public func load(_ batch: [Int]) {
    let (width, outputs) = (model.sizes[0], model.sizes[model.sizes.count - 1])
    for (row, example) in batch.enumerated() {
      inputs.set(examples.inputs[example], at: row * width)
      switch examples.targets {
      case .binary(let values): numbers.set(values[example], at: row)
      case .numbers(let rows): numbers.set(rows[example], at: row * outputs)
      case .classes(let values): classes.set(values[example], at: row)
      }
    }
  }
}
