internal import Autograd
public import Datasets
internal import LinearAlgebra
public import Models
internal import Training

#if canImport(Glibc)
  internal import Glibc
#endif

/// What a perceptron says about the rows of a table.
public struct TableExamination {
  /// The rows that go through the network together.
  private static let batch = 1024

  private let model: PerceptronModel
  private let network: MultilayerPerceptron

  public init(_ model: PerceptronModel, _ network: MultilayerPerceptron) {
    self.model = model
    self.network = network
  }

  /// The outputs of some standardized rows, [rows, outputs].
  func outputs(of rows: [[Float]]) throws -> [Float] {
    guard !rows.isEmpty else { return [] }
    let outputs = network.sizes[network.sizes.count - 1]
    let batch = min(rows.count, Self.batch)
    let blank = [Float](repeating: 0, count: outputs)
    let task = try TableTask(
      network,
      examples: TableExamples(
        inputs: rows, targets: .numbers(Array(repeating: blank, count: rows.count))),
      batchSize: batch, trains: false)
    var values: [Float] = []
    for start in stride(from: 0, to: rows.count, by: batch) {
      let part = Array(start..<min(start + batch, rows.count))
      task.load(part)
      task.plan.forward()
      values += task.plan.values(of: task.output).prefix(part.count * outputs)
    }
    return values
  }

  /// The probability of every class for some examples, [examples, classes].
  public func probabilities(of examples: Examples) throws -> [Float] {
    let count = network.sizes[network.sizes.count - 1]
    let logits = try outputs(of: model.rows(examples).inputs)
    return stride(from: 0, to: logits.count, by: count).flatMap { start in
      let row = logits[start..<start + count]
      let most = row.max() ?? 0
      let weights = row.map { exp($0 - most) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
  }

  /// The class that the network gives each example; of several the first.
  public func classes(of examples: Examples) throws -> [Int] {
    let count = network.sizes[network.sizes.count - 1]
    let logits = try outputs(of: model.rows(examples).inputs)
    return stride(from: 0, to: logits.count, by: count).map { start in
      var best = start
      for index in start..<start + count where logits[index] > logits[best] { best = index }
      return best - start
    }
  }

  /// The numbers that the network foretells, in the unit of the target.
  public func numbers(of examples: Examples) throws -> [Double] {
    let values = try outputs(of: model.rows(examples).inputs)
    let (mean, deviation) = (model.target?.means[0] ?? 0, model.target?.deviations[0] ?? 1)
    return values.map { Double($0) * deviation + mean }
  }

  /// The mean cross-entropy of examples with classes, in nats.
  public func loss(of examples: Examples) throws -> Double {
    let labels = examples.labels ?? []
    let count = network.sizes[network.sizes.count - 1]
    let logits = try outputs(of: model.rows(examples).inputs)
    var sum = 0.0
    for (index, label) in labels.enumerated() {
      let row = logits[index * count..<(index + 1) * count].map(Double.init)
      let most = row.max() ?? 0
      sum += most + log(row.reduce(0) { $0 + exp($1 - most) }) - row[label]
    }
    return sum / Double(max(labels.count, 1))
  }

  /// How far the numbers foretold are from those of examples.
  ///
  /// - Returns: The root of the mean squared error in the unit of the target, and the share of the variance
  ///   that is explained; nothing where all targets are the same.
  public func errors(of examples: Examples) throws -> (root: Double, determination: Double?) {
    guard case .numbers(let targets) = examples.targets else { return (0, nil) }
    let found = try numbers(of: examples)
    let wanted = targets.values.map(Double.init)
    let mean = wanted.reduce(0, +) / Double(max(wanted.count, 1))
    let error = zip(found, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let variance = wanted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (
      (error / Double(max(wanted.count, 1))).squareRoot(),
      variance > 0 ? 1 - error / variance : nil
    )
  }
}
