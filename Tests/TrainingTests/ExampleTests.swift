import Adapters
import Models
import Testing
import Training

@Suite struct ExampleTests {
  @Test func sequencesOfDifferentLengthsAreRefused() {
    #expect(throws: TrainingError.noExamples) { try LanguageExamples(tokens: [], labels: []) }
    #expect(throws: TrainingError.exampleDoesNotFit(index: 1, found: 3, needed: 2)) {
      try LanguageExamples(tokens: [[1, 2], [1, 2, 3]], labels: [[1, 2], [1, 2, 3]])
    }
    #expect(throws: TrainingError.exampleDoesNotFit(index: 0, found: 1, needed: 2)) {
      try LanguageExamples(tokens: [[1, 2]], labels: [[1]])
    }
  }

  @Test(
    arguments: [
      ([[0, 1, 13]], [[0, 1, 2]]), ([[0, -1, 2]], [[0, 1, 2]]), ([[0, 1, 2]], [[0, 1, 13]]),
    ] as [([[Int32]], [[Int32]])])
  func tokensThatTheModelDoesNotKnowAreRefused(_ tokens: [[Int32]], _ labels: [[Int32]]) throws {
    let configuration = TrainerTests.configuration
    let model = try Transformer(
      configuration, weights: Transformer.randomWeights(for: configuration, seed: 1),
      method: .full)
    let examples = try LanguageExamples(tokens: tokens, labels: labels)
    #expect(throws: TrainingError.self) {
      try LanguageTask(model, examples: examples, batchSize: 1)
    }
    #expect(throws: TrainingError.self) {
      try LanguageTask(model, examples: examples, batchSize: 0)
    }
  }

  @Test(
    arguments: [
      ([[1, .nan]], .binary([1])), ([[1, 2], [3]], .binary([1, 0])), ([[1, 2]], .binary([1, 0])),
      ([], .binary([])),
    ] as [([[Float]], TableExamples.Targets)])
  func rowsThatAreBrokenAreRefused(_ inputs: [[Float]], _ targets: TableExamples.Targets) {
    #expect(throws: TrainingError.self) { try TableExamples(inputs: inputs, targets: targets) }
  }

  @Test(
    arguments: [
      (3, .binary([1])), (1, .binary([2])), (3, .classes([3])), (3, .classes([-1])),
      (2, .numbers([[1]])), (1, .numbers([[.infinity]])),
    ] as [(Int, TableExamples.Targets)])
  func answersThatTheNetworkCannotGiveAreRefused(
    _ outputs: Int, _ targets: TableExamples.Targets
  ) throws {
    let sizes = [2, 4, outputs]
    let model = try MultilayerPerceptron(
      sizes: sizes, weights: MultilayerPerceptron.randomWeights(sizes: sizes, seed: 1),
      method: .full)
    let examples = try TableExamples(inputs: [[0, 1]], targets: targets)
    #expect(throws: TrainingError.self) { try TableTask(model, examples: examples, batchSize: 1) }
  }

  @Test func aPerceptronWithAdaptersLearnsClassesAndNumbers() throws {
    let sizes = [2, 8, 3]
    let weights = try MultilayerPerceptron.randomWeights(sizes: sizes, seed: 1)
    let inputs: [[Float]] = (0..<12).map { [Float($0 % 3) - 1, Float($0 / 3) - 2] }
    for targets in [
      TableExamples.Targets.classes(inputs.indices.map { Int32($0 % 3) }),
      .numbers(inputs.map { [$0[0], $0[1], $0[0] + $0[1]] }),
    ] {
      let tuning = LoRATuning(try LoRAConfiguration(rank: 2, alpha: 4))
      let model = try MultilayerPerceptron(sizes: sizes, weights: weights, method: .lora(tuning))
      let task = try TableTask(
        model, examples: TableExamples(inputs: inputs, targets: targets), batchSize: 12)
      let trainer = try Trainer(task, TrainingConfiguration(steps: 80, learningRate: 0.05))
      var losses: [Float] = []
      try trainer.run {
        losses.append($0.loss)
        return true
      }
      #expect(losses[79] < losses[0] / 2)
    }
  }
}
