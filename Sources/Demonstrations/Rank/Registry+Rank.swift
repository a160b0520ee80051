extension Registry {
  static let rank: [any Demonstration] = []
}
