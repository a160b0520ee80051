extension Registry {
  static let qlora: [any Demonstration] = [FourBitForward(), FourBitGradient()]
}
