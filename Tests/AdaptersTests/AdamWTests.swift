import Adapters
import Foundation
import LinearAlgebra
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A small network that PyTorch 2.15.0 trained with AdamW, step by step.
private struct AdamWVectors: Decodable {
  struct Run: Decodable {
    struct Optimizer: Decodable {
      let lr: Double
      let betas: [Double]
      let eps: Double
      let weight_decay: Double
    }
    let optimizer: Optimizer
    let losses: [Double]
    let final_parameters: [String: Parameter]
  }

  /// A weight in rows, or a bias; either as a matrix.
  struct Parameter: Decodable {
    let matrix: Matrix

    init(from decoder: any Decoder) throws {
      if let rows = try? Rows(from: decoder) {
        matrix = rows.matrix
      } else {
        let values = try [Float](from: decoder)
        matrix = Matrix(rows: 1, columns: values.count, values: values)
      }
    }
  }
  let points: Rows
  let labels: [Float]
  let initial_parameters: [String: Parameter]
  let run: Run

  static let shared: AdamWVectors = {
    let path = repositoryRoot + "/Tests/AdaptersTests/Vectors/adamw.json"
    guard let data = FileManager.default.contents(atPath: path),
      let vectors = try? JSONDecoder().decode(AdamWVectors.self, from: data)
    else { fatalError("\(path) cannot be read") }
    return vectors
  }()
}

@Suite("AdamW and the gradients of a whole weight")
struct AdamWTests {
  @Test("fifty steps of a network follow PyTorch's losses and end at its parameters")
  func trajectory() throws {
    let vectors = AdamWVectors.shared
    let optimizer = vectors.run.optimizer
    let rule = AdamW(
      learningRate: optimizer.lr, beta1: optimizer.betas[0], beta2: optimizer.betas[1],
      epsilon: optimizer.eps, weightDecay: optimizer.weight_decay)
    var parameters = vectors.initial_parameters.mapValues(\.matrix)
    var moments = parameters.mapValues { AdamW.Moments(rows: $0.rows, columns: $0.columns) }
    #expect(vectors.run.losses.count == 50)
    for (step, expected) in vectors.run.losses.enumerated() {
      let (loss, gradients) = try Self.pass(parameters, vectors.points.matrix, vectors.labels)
      #expect(abs(loss - expected) < 2e-6, "step \(step)")
      for (name, gradient) in gradients {
        rule.step(
          &parameters[name, default: gradient], gradient: gradient,
          moments: &moments[name, default: .init(rows: 0, columns: 0)])
      }
    }
    for (name, final) in vectors.run.final_parameters {
      expectClose(try #require(parameters[name]), final.matrix, name, tolerance: 2e-5)
    }
  }

  /// The mean cross entropy of a network with two tanh layers, and the gradients by the chain rule.
  private static func pass(
    _ parameters: [String: Matrix], _ points: Matrix, _ labels: [Float]
  ) throws -> (loss: Double, gradients: [String: Matrix]) {
    func parameter(_ name: String) throws -> Matrix { try #require(parameters[name]) }
    var inputs = [points]
    for layer in 0..<3 {
      var output = inputs[layer].multiplied(
        by: try parameter("layers.\(layer).weight").transposed)
      let bias = try parameter("layers.\(layer).bias").values
      for index in output.values.indices { output.values[index] += bias[index % output.columns] }
      if layer < 2 { output.values = output.values.map { Float(tanh(Double($0))) } }
      inputs.append(output)
    }
    let logits = inputs[3].values.map(Double.init)
    let count = Double(labels.count)
    var loss = 0.0
    var upstream = inputs[3]
    for (index, (logit, label)) in zip(logits, labels.map(Double.init)).enumerated() {
      loss += (max(logit, 0) - logit * label + log1p(exp(-abs(logit)))) / count
      upstream.values[index] = Float((1 / (1 + exp(-logit)) - label) / count)
    }
    var gradients: [String: Matrix] = [:]
    for layer in (0..<3).reversed() {
      let found = try LayerGradients(
        upstream: upstream, input: inputs[layer],
        weight: try parameter("layers.\(layer).weight"))
      gradients["layers.\(layer).weight"] = found.weight
      let ones = Matrix(
        rows: 1, columns: upstream.rows, values: Array(repeating: 1, count: upstream.rows))
      gradients["layers.\(layer).bias"] = ones.multiplied(by: upstream)
      upstream = found.input
      guard layer > 0 else { break }
      for index in upstream.values.indices {
        let value = inputs[layer].values[index]
        upstream.values[index] *= 1 - value * value
      }
    }
    return (loss, gradients)
  }

  @Test(
    "the first step is the learning rate against the sign of the gradient, whatever its size",
    arguments: [1e-5, 0.003, -0.2, 40, -1e6] as [Float])
  func firstStep(gradient: Float) {
    let rule = AdamW(learningRate: 0.01, weightDecay: 0)
    var weight = Matrix.zeros(rows: 1, columns: 1)
    var moments = AdamW.Moments(rows: 1, columns: 1)
    let change = rule.step(
      &weight, gradient: Matrix(rows: 1, columns: 1, values: [gradient]), moments: &moments)
    #expect(abs(weight[0, 0] - (gradient > 0 ? -0.01 : 0.01)) < 2e-5)
    #expect(change == weight)
  }

  @Test("without a gradient only the decay moves a weight")
  func decay() {
    let rule = AdamW(learningRate: 0.1, weightDecay: 0.5)
    var weight = Matrix(rows: 1, columns: 2, values: [2, -4])
    var moments = AdamW.Moments(rows: 1, columns: 2)
    rule.step(&weight, gradient: .zeros(rows: 1, columns: 2), moments: &moments)
    #expect(weight.values == [1.9, -3.8])
    #expect(moments.steps == 1)
    #expect(moments.first.values == [0, 0])
  }

  @Test("the gradients of the weight and of the input are those of small differences")
  func differences() throws {
    var generator = RandomGenerator(seed: 11)
    let weight = Matrix.randomNormal(rows: 3, columns: 4, using: &generator)
    let input = Matrix.randomNormal(rows: 5, columns: 4, using: &generator)
    let target = Matrix.randomNormal(rows: 5, columns: 3, using: &generator)
    func loss(_ weight: Matrix, _ input: Matrix) throws -> Double {
      try SquaredError(output: input.multiplied(by: weight.transposed), target: target).loss
    }
    let error = try SquaredError(
      output: input.multiplied(by: weight.transposed), target: target)
    let gradients = try LayerGradients(upstream: error.gradient, input: input, weight: weight)
    let step: Float = 0x1p-7
    for index in weight.values.indices {
      var (up, down) = (weight, weight)
      up.values[index] += step
      down.values[index] -= step
      let slope = (try loss(up, input) - loss(down, input)) / Double(2 * step)
      #expect(abs(slope - Double(gradients.weight.values[index])) < 2e-4)
    }
    for index in input.values.indices {
      var (up, down) = (input, input)
      up.values[index] += step
      down.values[index] -= step
      let slope = (try loss(weight, up) - loss(weight, down)) / Double(2 * step)
      #expect(abs(slope - Double(gradients.input.values[index])) < 2e-4)
    }
  }

  @Test("batches that do not go through the layer are refused")
  func shapes() {
    let weight = Matrix.zeros(rows: 3, columns: 4)
    #expect(throws: AdapterError.self) {
      try LayerGradients(
        upstream: .zeros(rows: 2, columns: 3), input: .zeros(rows: 2, columns: 5), weight: weight)
    }
    #expect(throws: AdapterError.self) {
      try LayerGradients(
        upstream: .zeros(rows: 1, columns: 3), input: .zeros(rows: 2, columns: 4), weight: weight)
    }
    #expect(throws: AdapterError.self) {
      try SquaredError(output: .zeros(rows: 2, columns: 3), target: .zeros(rows: 2, columns: 4))
    }
  }
}
