extension Registry {
  static let memory: [any Demonstration] = []
}
