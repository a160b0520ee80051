extension Registry {
  static let qlora: [any Demonstration] = [
    FourBitForward(), FourBitGradient(), StorageAndCompute(), LayerErrors(), ErrorSpectrum(),
    LoftQIterations(), FunctionRecovery(), SwappedBases(), BackToFourBits(),
  ]
}
