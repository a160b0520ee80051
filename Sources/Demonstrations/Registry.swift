/// All demonstrations, in course order; lesson files call them by their `id`.
public enum Registry {
  public static let all: [any Demonstration] = [
    OuterProduct(), RankOneSheets(), LowRankApproximation(), ParameterCount(),
    SpectrumComparison(),
    AdapterUpdate(), ZeroStart(), FirstGradients(), TwoBranches(), RankScaling(), RandomStarts(),
    InformedStarts(), Dora(), AdapterTargets(), RealAdapter(),
    TwelveToFour(), StoredWords(), NormalLevels(), Absmax(), Journey(), BlockBytes(),
    CodebookComparison(), CodeUsageByCode(), OutlierBlock(),
    DoubleQuantization(), RealMatrix(), FourTimes(),
  ]

  /// The demonstration with a name.
  public static func demonstration(named id: String) -> (any Demonstration)? {
    all.first { $0.id == id }
  }
}
