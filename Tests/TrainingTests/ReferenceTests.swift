import Adapters
import Autograd
import Foundation
import LinearAlgebra
import Models
import TestSupport
import Testing
import Training

/// Training runs of PyTorch, PEFT and bitsandbytes.
struct ReferenceRuns: Decodable {
  struct Batch: Decodable {
    let input_ids: [[Int32]]
    let labels: [[Int32]]
  }
  struct Summary: Decodable {
    let l2: Double
    let first5: [Float]
  }
  struct Settings: Decodable {
    let lr: Double
    let betas: [Double]?
    let eps: Double?
    let weight_decay: Double?
    let momentum: Double?
    let clip: Double?
    let warmup_steps: Int?
  }
  struct Run: Decodable, CustomTestStringConvertible {
    let name: String
    let model: String
    let method: String
    let optimizer: Settings
    let losses: [Float]
    let gradient_norms: [Double]
    let learning_rates: [Double]
    let loss_on_first_batch_after_training: Float
    let final_parameters: [String: Summary]
    var testDescription: String { name }
  }
  struct Llama: Decodable {
    let batches: [Batch]
    let runs: [Run]
  }
  enum Numbers: Decodable {
    case row([Float])
    case rows([[Float]])

    init(from decoder: any Decoder) throws {
      if let rows = try? [[Float]](from: decoder) {
        self = .rows(rows)
      } else {
        self = .row(try [Float](from: decoder))
      }
    }

    var weight: ModelWeights.Weight {
      switch self {
      case .row(let row): .dense(row, shape: [row.count])
      case .rows(let rows): .dense(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
      }
    }
    var values: [Float] {
      switch self {
      case .row(let row): row
      case .rows(let rows): rows.flatMap { $0 }
      }
    }
  }
  struct PerceptronRun: Decodable, CustomTestStringConvertible {
    let name: String
    let optimizer: Settings
    let losses: [Float]
    let final_parameters: [String: Numbers]
    var testDescription: String { name }
  }
  struct Perceptron: Decodable {
    let sizes: [Int]
    let points: [[Float]]
    let labels: [Float]
    let initial_parameters: [String: Numbers]
    let runs: [PerceptronRun]
  }
  let llama: Llama
  let mlp: Perceptron

  static let all: ReferenceRuns = {
    let path = repositoryRoot + "/Tests/TrainingTests/Vectors/training.json"
    guard let data = FileManager.default.contents(atPath: path),
      let runs = try? JSONDecoder().decode(ReferenceRuns.self, from: data)
    else { fatalError("\(path) cannot be read") }
    return runs
  }()
}

extension ReferenceRuns.Settings {
  var rule: OptimizerConfiguration {
    if let betas {
      .adamW(
        beta1: betas[0], beta2: betas[1], epsilon: eps ?? 1e-8, weightDecay: weight_decay ?? 0.01)
    } else {
      .sgd(momentum: momentum ?? 0, weightDecay: weight_decay ?? 0)
    }
  }
}

@Suite struct ReferenceTests {
  static func model(_ run: ReferenceRuns.Run) throws -> Transformer {
    let checkpoint = try ReferenceCheckpoint(run.model.replacing("llama-tiny/", with: ""))
    let weights = run.method == "qlora" ? checkpoint.quantizedWeights : checkpoint.weights
    var adapters = checkpoint.startingAdapters
    if run.method == "dora" {
      for (name, adapter) in adapters {
        guard case .dense(let values, let shape)? = weights[name + ".weight"] else { continue }
        adapters[name] = try adapter.withMagnitude(
          of: Matrix(rows: shape[0], columns: shape[1], values: values))
      }
    }
    let method: TuningMethod =
      switch run.method {
      case "full": .full
      case "qlora": .qlora(LoRATuning(adapters))
      default: .lora(LoRATuning(adapters))
      }
    return try Transformer(checkpoint.configuration, weights: weights, method: method)
  }

  @Test(arguments: ReferenceRuns.all.llama.runs)
  func twentyStepsAreThoseOfTheLibraries(_ run: ReferenceRuns.Run) throws {
    let batches = ReferenceRuns.all.llama.batches
    let model = try Self.model(run)
    let examples = try LanguageExamples(
      tokens: batches.flatMap(\.input_ids), labels: batches.flatMap(\.labels))
    let size = batches[0].input_ids.count
    let task = try LanguageTask(model, examples: examples, batchSize: size)
    let schedule = run.optimizer.warmup_steps.map { LearningRateSchedule(.cosine, warmUpSteps: $0) }
    let trainer = try Trainer(
      task,
      TrainingConfiguration(
        steps: run.losses.count, learningRate: run.optimizer.lr, optimizer: run.optimizer.rule,
        schedule: schedule ?? LearningRateSchedule(), clip: run.optimizer.clip, shuffleSeed: nil))
    var steps: [TrainingStep] = []
    try trainer.run { step in
      steps.append(step)
      return true
    }
    #expect(steps.count == run.losses.count)
    for (index, step) in steps.enumerated() {
      #expect(abs(step.loss - run.losses[index]) < 2e-5, "loss of step \(index)")
      let norm = run.gradient_norms[index]
      #expect(abs(step.gradientNorm - norm) < 2e-5 * norm, "gradient norm of step \(index)")
      #expect(abs(step.learningRate - run.learning_rates[index]) < 1e-9)
    }
    let last = task.loss(of: Array(0..<size))
    #expect(abs(last - run.loss_on_first_batch_after_training) < 2e-5)
    let trained = model.parameters.filter(\.isTrainable)
    #expect(Set(trained.map(\.name)) == Set(run.final_parameters.keys))
    for parameter in trained {
      let expected = try #require(run.final_parameters[parameter.name])
      let length = parameter.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(length - expected.l2) < 1e-5 * expected.l2, "\(parameter.name)")
      for (ours, theirs) in zip(parameter.values, expected.first5) {
        #expect(abs(ours - theirs) < 1e-5, "\(parameter.name)")
      }
    }
  }

  @Test(arguments: ReferenceRuns.all.mlp.runs)
  func aPerceptronLearnsAsInPyTorch(_ run: ReferenceRuns.PerceptronRun) throws {
    let reference = ReferenceRuns.all.mlp
    let model = try MultilayerPerceptron(
      sizes: reference.sizes,
      weights: ModelWeights(reference.initial_parameters.mapValues(\.weight)), method: .full)
    let examples = try TableExamples(inputs: reference.points, targets: .binary(reference.labels))
    let task = try TableTask(model, examples: examples, batchSize: reference.points.count)
    let trainer = try Trainer(
      task,
      TrainingConfiguration(
        steps: run.losses.count, learningRate: run.optimizer.lr, optimizer: run.optimizer.rule,
        shuffleSeed: nil))
    var losses: [Float] = []
    try trainer.run { step in
      losses.append(step.loss)
      return true
    }
    for (index, (ours, theirs)) in zip(losses, run.losses).enumerated() {
      #expect(abs(ours - theirs) < 2e-6, "loss of step \(index)")
    }
    for parameter in model.parameters {
      let expected = try #require(run.final_parameters[parameter.name]).values
      let difference = zip(parameter.values, expected).map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 2e-5, "\(parameter.name)")
    }
  }
}
