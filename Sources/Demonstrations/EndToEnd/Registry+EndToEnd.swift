extension Registry {
  static let endToEnd: [any Demonstration] = []
}
