extension Registry {
  static let qlora: [any Demonstration] = []
}
