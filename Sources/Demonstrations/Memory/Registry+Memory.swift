extension Registry {
  static let memory: [any Demonstration] = [
    MemoryBudget(), MemoryMeasured(), MemoryGrowth(), MemoryCheckpoints(), MemoryFourBits(),
    MemoryRank(), MemoryPapers(), MemoryChooser(),
  ]
}
