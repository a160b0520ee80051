import Adapters
import Autograd
import Datasets
import LinearAlgebra
import Models
import Testing
import Training

@testable import Experiments

@Suite("Learning a change of known rank")
struct KnownRankTests {
  typealias Model = KnownRankTraining.Model

  private let context = ExperimentContext(base: nil)

  @Test("The error of a weight is the one that the examples' outputs give")
  func errorsAreThoseOfTheOutputs() throws {
    let task = try KnownRankRegression(validationCount: 50).make(seed: 3)
    let outputs = task.train.outputs(of: task.base)
    let sum = zip(outputs, task.train.y).reduce(0.0) {
      $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1))
    }
    let expected = sum / Double(task.train.count)
    #expect(abs(task.train.meanSquaredError(of: task.base) / expected - 1) < 1e-5)
    // Relative to no change, the validation error is the one that the task itself counts.
    let half = task.base + Float(0.5) * task.change
    let share =
      task.validation.meanSquaredError(of: half)
      / task.validation.meanSquaredError(of: task.base)
    #expect(abs(share - task.relativeError(of: Float(0.5) * task.change)) < 1e-4)
  }

  @Test("The gradient of the task is that of its mean squared error")
  func gradientsAreThoseOfTheError() throws {
    let task = try KnownRankRegression(size: 4, trainCount: 6, validationCount: 1).make(seed: 5)
    let weight = Parameter(
      name: "layer.weight", shape: [4, 4], values: task.base.values, isTrainable: true)
    let training = try BilinearTask(
      Linear(weight: weight), task.train, threads: Threads(count: 1))
    training.load(Array(0..<task.train.count))
    training.plan.forward()
    training.plan.backward(accumulating: false, seed: 1)
    let gradient = try #require(weight.gradient).values
    let errors = zip(task.train.outputs(of: task.base), task.train.y).map { $0 - Double($1) }
    for row in 0..<4 {
      for column in 0..<4 {
        // dL/dW = 2/n Σ e u vᵀ
        let expected =
          (0..<6).reduce(0.0) {
            $0 + errors[$1] * Double(task.train.u[$1, row]) * Double(task.train.v[$1, column])
          } / 3
        #expect(abs(Double(gradient[row * 4 + column]) - expected) < 1e-3 * (1 + abs(expected)))
      }
    }
  }

  @Test("With more examples than weights and no noise, the whole weight finds the change")
  func enoughExamplesFindIt() throws {
    let training = KnownRankTraining(
      size: 6, rank: 2, examples: 80, noise: 0, largestRank: 2, steps: 600, seed: 2)
    let record = try training.record(context)
    for model in [Model.full, .lora(rank: 2)] {
      let heldOut = try record.list(model.heldOutError)
      #expect(abs(heldOut[0] - 1) < 1e-6)
      #expect(try #require(heldOut.last) < 0.001)
    }
    let truth = try record.list(Model.truth)
    #expect(zip(truth, try record.list(Model.full.change)).allSatisfy { abs($0 - $1) < 0.1 })
    #expect(truth[2] < 1e-5 * truth[0])
    #expect(try record.number(Model.full.parameters) == 36)
    #expect(try record.number(Model.lora(rank: 2).parameters) == 24)
  }

  @Test("With too few, it fits what it saw and misses the rest, and the right rank does not")
  func tooFewExamples() throws {
    let record = try KnownRankTraining(largestRank: 2, steps: 400, seed: 1).record(context)
    #expect(try #require(record.list(Model.full.trainingError).last) < 0.01)
    #expect(try #require(record.list(Model.full.heldOutError).last) > 0.3)
    #expect(try #require(record.list(Model.lora(rank: 2).heldOutError).last) < 0.02)
    #expect(try #require(record.list(Model.lora(rank: 1).heldOutError).last) > 0.1)
  }

  @Test("The same seed gives the same record, and another one another")
  func recordsAreReproducible() throws {
    let one = KnownRankTraining(largestRank: 1, steps: 20, seed: 1)
    var two = one
    two.seed = 2
    #expect(try one.record(context) == one.record(context))
    #expect(try one.record(context) != two.record(context))
    #expect(one.key != two.key)
  }

  @Test("A rank beyond the size, and no examples, are errors")
  func impossibleSettingsAreErrors() {
    #expect(throws: DatasetError.self) {
      try KnownRankTraining(size: 4, rank: 5, seed: 1).record(context)
    }
    #expect(throws: DatasetError.self) {
      try KnownRankTraining(examples: 0, seed: 1).record(context)
    }
    #expect(throws: AdapterError.self) {
      try KnownRankTraining(size: 4, largestRank: 5, steps: 1, seed: 1).record(context)
    }
  }
}
