extension Registry {
  static let rank: [any Demonstration] = [
    RankSweep(), RankRates(), AlphaSweep(), RankStabilization(), TargetChoice(), UpdateSpectra(),
    UpdateOverlap(), IntruderDimensions(), RankRule(),
  ]
}
