import Datasets
import Experiments
import FoundationEssentials
import Interchange
import Models
import TestSupport
import Testing
import Training

@Suite("Training record of the base model")
struct BaseRecordTests {
  private func text(_ name: String) throws -> [UInt8] {
    let path = "\(repositoryRoot)/Lessons/Data/\(LanguageModel.courseBase)/\(name)"
    return Array(try #require(FileManager.default.contents(atPath: path)))
  }

  @Test(
    "its first steps, trained again with the settings of the record, have the losses of the record")
  func firstSteps() throws {
    let settings = try JSONFields(parsing: text("training.json"))
    let steps = try #require(try settings.whole("steps"))
    let seed = UInt64(try #require(try settings.whole("seed")))
    let data = try LanguageData(exam: Exercise.Subject.old)
    let model = try LanguageModel(
      tokenizer: data.tokenizer, length: data.sequences.length, seed: seed)
    let task = try LanguageTask(
      Transformer(model.configuration, weights: model.weights, method: .full),
      examples: data.examples(), batchSize: #require(try settings.whole("batch")), seed: seed)
    let trainer = try Trainer(
      task,
      TrainingConfiguration(
        steps: steps, learningRate: #require(try settings.number("learningRate")),
        optimizer: .adamW(weightDecay: 0.01),
        schedule: LearningRateSchedule(
          .cosine, warmUpSteps: #require(try settings.whole("warmUpSteps"))),
        clip: settings.number("clip"), shuffleSeed: seed))
    let lines = String(decoding: try text("metrics.csv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == steps + 1)
    for line in lines.dropFirst().prefix(8) {
      let recorded = line.split(separator: ",").compactMap { Double($0) }
      try #require(recorded.count == 5)
      let step = try trainer.step()
      // Products of matrices differ in their last bits from one kind of processor to another.
      #expect(abs(Double(step.loss) - recorded[1]) < 1e-4 * recorded[1])
      #expect(abs(step.learningRate - recorded[2]) < 1e-12)
      #expect(abs(step.gradientNorm - recorded[3]) < 1e-3 * recorded[3])
    }
  }
}
