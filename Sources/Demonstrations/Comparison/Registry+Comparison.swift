extension Registry {
  static let comparison: [any Demonstration] = []
}
