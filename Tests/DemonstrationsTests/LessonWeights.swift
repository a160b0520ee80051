import Demonstrations
import Interchange
import LinearAlgebra
import TestSupport
import Testing

@testable import Course

/// The weights that the lessons use.
enum LessonWeights {
  static let query = "encoder.layer.5.attention.self.query.weight"
  static let dense = "encoder.layer.0.output.dense.weight[96:128,768:896]"

  static func twelve() throws -> NamedWeights { try load("twelve.csv") }
  static func six() throws -> NamedWeights { try load("../low-rank/six.csv") }

  /// A tensor of the sample of a real model, or a part of it.
  static func sample(_ tensor: String, slice: String? = nil) throws -> NamedWeights {
    try load("../Data/minilm-sample.safetensors", tensor: tensor, slice: slice)
  }

  private static func load(
    _ file: String, tensor: String? = nil, slice: String? = nil
  ) throws -> NamedWeights {
    let weights = try WeightsFile.load(
      path: repositoryRoot + "/Lessons/quantization/" + file, tensor: tensor, slice: slice)
    return NamedWeights(name: weights.name, matrix: weights.matrix)
  }

  /// What the first step of the course that shows a demonstration gives to it.
  static func input(of demonstration: any Demonstration) throws -> DemonstrationInput {
    for lesson in try lessons.get() {
      for step in lesson.plan.steps where step.demonstration == demonstration.id {
        func read(_ file: String, _ data: StepPlan.DataSource) throws -> NamedWeights {
          let path = try #require(lesson.path(of: file))
          let weights = try WeightsFile.load(path: path, tensor: data.tensor, slice: data.slice)
          return NamedWeights(name: weights.name, matrix: weights.matrix)
        }
        let weights = try step.data.map { try read($0.file, $0) }
        let change = try step.data.flatMap { data in try data.change.map { try read($0, data) } }
        return try withRecords(
          demonstration,
          settings: lesson.plan.parameters.merging(step.settings) { $1 }.filter { name, _ in
            demonstration.parameters.contains { $0.name == name }
          }, seed: lesson.plan.seed, weights: weights, change: change)
      }
    }
    return try withRecords(demonstration)
  }

  /// An input with the records that came with the lessons.
  private static func withRecords(
    _ demonstration: any Demonstration, settings: [String: Double] = [:], seed: UInt64 = 7,
    weights: NamedWeights? = nil, change: NamedWeights? = nil
  ) throws -> DemonstrationInput {
    var input = DemonstrationInput(
      settings: settings, seed: seed, weights: weights, change: change)
    if let trained = demonstration as? any TrainedDemonstration {
      input.records = try ShippedRecords.of(trained.experiments(for: input))
    }
    return input
  }

  private static let lessons = Result {
    let catalogue = Catalogue(folders: [repositoryRoot + "/Lessons"])
    return try catalogue.ids.map { try catalogue.lesson($0) }
  }
}
