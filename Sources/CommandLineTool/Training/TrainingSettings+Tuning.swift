internal import Adapters
internal import Models

extension TrainingSettings {
  /// All weights, or the adapters that are asked for.
  ///
  /// Where no layers are chosen, the usual ones have an adapter.
  ///
  /// - Throws: `AdapterError` for a rank or an alpha that is not usable.
  func tuning(usual: LayerTargets = .allLinear) throws(AdapterError) -> TuningMethod {
    guard method.isAdapter else { return .full }
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: rank, alpha: alpha, isRankStabilized: isRankStabilized),
      targets: targets.map(LayerTargets.init) ?? usual, start: tuningStart, usesDoRA: usesDoRA,
      dropout: dropout, seed: seed)
    return method == .lora ? .lora(tuning) : .qlora(tuning)
  }

  private var tuningStart: LoRATuning.Start {
    switch start {
    case .standard: .random(.kaiming)
    case .gaussian: .random(.gaussian)
    case .pissa: .pissa
    case .olora: .olora
    case .loftq: .whatFourBitsLost
    }
  }
}
