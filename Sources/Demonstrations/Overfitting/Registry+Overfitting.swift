extension Registry {
  static let overfitting: [any Demonstration] = []
}
