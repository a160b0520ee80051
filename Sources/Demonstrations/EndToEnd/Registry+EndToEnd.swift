extension Registry {
  static let endToEnd: [any Demonstration] = [
    BaseTraining(), FourBitBase(), FourBitAdapter(), MergedScores(), WrittenFiles(), OpenInPEFT(),
    WholeWay(),
  ]
}
