internal import Course
internal import Demonstrations
internal import Interchange

extension RunOptions {
  /// The reader's weights, where there are some.
  ///
  /// - Throws: `InterchangeError`.
  func readWeights(_ tool: Tool) throws -> NamedWeights? {
    try weights.map { choice in
      try NamedWeights(
        path: Paths.joined(tool.workingDirectory, choice.path), tensor: choice.tensor,
        slice: choice.slice)
    }
  }
}

extension NamedWeights {
  /// Reads weights from a file of numbers.
  init(path: String, tensor: String?, slice: String?) throws(InterchangeError) {
    let weights = try WeightsFile.load(path: path, tensor: tensor, slice: slice)
    self.init(name: weights.name, matrix: weights.matrix)
  }
}
