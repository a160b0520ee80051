/// All demonstrations, in course order; lesson files call them by their `id`.
public enum Registry {
  public static let all: [any Demonstration] =
    fineTuning + lowRank + adapters + merging + quantization + qlora + overfitting + rank + memory
    + comparison + endToEnd

  private static let fineTuning: [any Demonstration] = [
    GradientByHand(), EveryWeight(), TrainingBoxes(), FirstStep(), MomentsAtWork(), TrainingLoop(),
    BytesPerParameter(), ActivationMemory(), TrainingCost(),
  ]

  private static let lowRank: [any Demonstration] = [
    OuterProduct(), RankOneSheets(), LowRankApproximation(), NoBetterRank(), ParameterCount(),
    SpectrumComparison(), UpdateRank(), LearnedUpdate(),
  ]

  private static let adapters: [any Demonstration] = [
    AdapterUpdate(), NarrowBranch(), ZeroStart(), FirstGradients(), RankScaling(), RandomStarts(),
    InformedStarts(), Dora(), AdapterTargets(), RealAdapter(),
  ]

  private static let merging: [any Demonstration] = [
    MergedMatrix(), TwoBranches(), Unmerging(), RepeatedMerging(), CombinedAdapters(),
    CrossTerms(), SignElection(), RandomDropping(), CombinationMethods(), FourBitTargets(),
    UnmovedWeight(), ErasureLaw(), MergingVerdict(),
  ]

  private static let quantization: [any Demonstration] = [
    TwelveToFour(), StoredWords(), NormalLevels(), Absmax(), Journey(), BlockBytes(),
    CodebookComparison(), CodeUsageByCode(), OutlierBlock(),
    DoubleQuantization(), RealMatrix(), FourTimes(),
  ]

  /// The demonstration with a name.
  public static func demonstration(named id: String) -> (any Demonstration)? {
    all.first { $0.id == id }
  }
}
