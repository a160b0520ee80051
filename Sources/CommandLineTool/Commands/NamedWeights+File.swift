internal import Demonstrations
internal import Interchange

extension NamedWeights {
  /// Reads weights from a file of numbers.
  init(path: String, tensor: String?, slice: String?) throws(InterchangeError) {
    let weights = try WeightsFile.load(path: path, tensor: tensor, slice: slice)
    self.init(name: weights.name, matrix: weights.matrix)
  }
}
