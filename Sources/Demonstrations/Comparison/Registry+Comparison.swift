extension Registry {
  static let comparison: [any Demonstration] = [
    MethodMemory(), MethodMemoryAtSize(), MethodArithmetic(), LearningCurves(), MethodScores(),
    MethodChooser(), AdvantageVerdicts(),
  ]
}
