internal import Demonstrations
internal import Interchange

extension RunOptions {
  /// The reader's weights, where there are some.
  ///
  /// - Throws: `InterchangeError`.
  func readWeights(_ tool: Tool) throws -> NamedWeights? {
    try weights.map { try $0.read(tool) }
  }
}

extension NamedWeights {
  /// Reads weights from a file of numbers.
  init(path: String, tensor: String?, slice: String?) throws(InterchangeError) {
    let weights = try WeightsFile.load(path: path, tensor: tensor, slice: slice)
    self.init(name: weights.name, matrix: weights.matrix)
  }
}
