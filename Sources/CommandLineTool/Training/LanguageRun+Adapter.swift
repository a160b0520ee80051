internal import Adapters
internal import Experiments
internal import Interchange
internal import LinearAlgebra
internal import Models

extension LanguageRun {
  /// How PEFT has to read the adapters as they are written: see `writtenModules`.
  func adapterConfiguration(base: String?) -> PEFTAdapterWriter.Configuration {
    var configuration = PEFTAdapterWriter.Configuration(rank: settings.rank, alpha: settings.alpha)
    configuration.isRankStabilized = settings.isRankStabilized
    configuration.usesDoRA = settings.usesDoRA
    configuration.dropout = settings.dropout
    configuration.baseModel = base
    return configuration
  }

  /// The adapters as they are now.
  func adapterModules() throws -> [PEFTAdapterWriter.Module] {
    try model.linearLayers.compactMap { name, layer in
      let lora = layer as? LoRALinear ?? (layer as? QLoRALinear)?.lora
      return try lora.map {
        let adapter = try $0.adapter()
        return PEFTAdapterWriter.Module(
          path: name, loraA: adapter.loraA, loraB: adapter.loraB, magnitude: adapter.magnitude)
      }
    }
  }

  /// Writes the adapters for the base that they were trained beside.
  ///
  /// PiSSA and OLoRA take a part out of the base, W − s B₀ A₀. For the base as it was, the adapter of twice
  /// the rank [A; A₀], [B, −B₀] is the same function; its alpha is raised so that s stays. Source: PEFT,
  /// `subtract_mutated_init`.
  func writeAdapter(to folder: String) throws {
    var configuration = adapterConfiguration(base: settings.base)
    var modules = try adapterModules()
    if [.pissa, .olora].contains(settings.start) {
      let factor = settings.isRankStabilized ? 2.0.squareRoot() : 2
      configuration.rank = 2 * settings.rank
      configuration.alpha = settings.alpha * factor
      for index in modules.indices {
        let start = try startingAdapter(of: modules[index].path)
        modules[index].loraA = stacked(modules[index].loraA, start.loraA)
        modules[index].loraB = sideBySide(modules[index].loraB, -1 * start.loraB)
      }
    }
    try PEFTAdapterWriter.write(modules, configuration: configuration, to: folder)
  }

  /// The adapter that a layer started with, computed again from its weight.
  private func startingAdapter(of layer: String) throws -> LoRAAdapter {
    let name = layer + ".weight"
    guard let shape = base.configuration.weightShapes.first(where: { $0.name == name })?.shape
    else {
      throw ModelError.missingWeight(name)
    }
    let weight = Matrix(
      rows: shape[0], columns: shape[1], values: try base.weights.values(name, shape: shape))
    let configuration = try LoRAConfiguration(
      rank: settings.rank, alpha: settings.alpha, isRankStabilized: settings.isRankStabilized)
    return settings.start == .pissa
      ? try LoRAAdapter.pissa(weight, configuration).adapter
      : try LoRAAdapter.olora(weight, configuration).adapter
  }

  private func stacked(_ upper: Matrix, _ lower: Matrix) -> Matrix {
    Matrix(
      rows: upper.rows + lower.rows, columns: upper.columns, values: upper.values + lower.values)
  }

  private func sideBySide(_ left: Matrix, _ right: Matrix) -> Matrix {
    Matrix(
      rows: left.rows, columns: left.columns + right.columns,
      values: (0..<left.rows).flatMap { Array(left.row($0)) + Array(right.row($0)) })
  }
}
