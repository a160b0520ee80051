internal import Autograd
internal import Course
internal import Experiments
internal import FoundationEssentials
internal import Interchange
internal import LinearAlgebra
internal import Models
internal import Quantization

extension LanguageRun {
  /// The weights of the model as they are now, without adapters.
  func storedWeights() -> [(name: String, weight: StoredWeight)] {
    model.parameters.filter { !$0.name.contains(".lora_") }.map { parameter in
      (
        name: parameter.name,
        weight: parameter.shape.count == 2
          ? StoredWeight.matrix(
            Matrix(
              rows: parameter.shape[0], columns: parameter.shape[1], values: parameter.values))
          : StoredWeight.vector(parameter.values)
      )
    }
  }

  /// Writes what training starts from: the model, and the adapter beside it if there is one.
  ///
  /// - Parameters:
  ///   - folder: The folder of the model; with QLoRA in four bits.
  ///   - adapter: The folder of the adapter, whose base is named as its neighbour.
  /// - Throws: `InterchangeError` for what cannot be written.
  func writeStart(model folder: String, adapter: String) throws {
    var weights = storedWeights()
    if settings.method == .qlora {
      var base = base
      try base.quantize()
      weights = weights.map { name, weight in
        guard case .fourBit(let tensor, shape: _)? = base.weights[name] else {
          return (name, weight)
        }
        return (name, .doubleFourBit(tensor))
      }
    }
    try LlamaCheckpoint.write(weights, configuration: base.llamaConfiguration(), to: folder)
    try AtomicFile.write(
      base.vocabularyText, to: Paths.joined(folder, LanguageModel.vocabularyName))
    guard settings.method.isAdapter else { return }
    try PEFTAdapterWriter.write(
      adapterModules(), configuration: adapterConfiguration(base: Paths.name(folder)), to: adapter)
  }
}
