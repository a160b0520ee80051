import Demonstrations
import Interchange
import LinearAlgebra
import TestSupport

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

  /// What the lesson gives to a demonstration, with its settings.
  static func input(of demonstration: any Demonstration) throws -> DemonstrationInput {
    switch demonstration.id {
    case "twelve-to-four", "stored-words": DemonstrationInput(weights: try twelve())
    case "rank-one-sheets", "low-rank-approximation": DemonstrationInput(weights: try six())
    case "absmax":
      DemonstrationInput(settings: ["block": 16], weights: try load("two-blocks.csv"))
    case "journey", "block-bytes":
      DemonstrationInput(settings: ["index": 15], weights: try sample(query, slice: "0:1,0:64"))
    case "outlier-block": DemonstrationInput(weights: try sample(dense))
    case "double-quantization", "real-matrix", "four-times", "spectrum":
      DemonstrationInput(weights: try sample(query))
    default: DemonstrationInput()
    }
  }
}
