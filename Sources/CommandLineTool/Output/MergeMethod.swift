internal import Adapters
internal import LinearAlgebra

/// How `merge` joins several adapters of one layer, with its settings.
struct MergeMethod: Equatable {
  /// The methods by PEFT's names.
  enum Name: String, CaseIterable {
    case cat, linear, svd, ties, tiesSVD = "ties_svd", magnitudePrune = "magnitude_prune"
    case dareLinear = "dare_linear", dareTies = "dare_ties"

    static var others: String { allCases.dropFirst().map(\.rawValue).joined(separator: ", ") }

    var takesDensity: Bool {
      switch self {
      case .cat, .linear, .svd: false
      case .ties, .tiesSVD, .magnitudePrune, .dareLinear, .dareTies: true
      }
    }
    var takesSign: Bool { self == .ties || self == .tiesSVD }
    var takesSeed: Bool { self == .dareLinear || self == .dareTies }
  }

  let name: Name
  let density: Double
  let rank: Int?
  let sign: CombinationMethod.SignElection
  let seed: UInt64

  init(_ arguments: ParsedArguments) throws(ToolError) {
    let name =
      try arguments.choice("method", among: Name.allCases.map(\.rawValue))
      .flatMap(Name.init(rawValue:)) ?? .cat
    func check(_ option: String, _ isTaken: Bool, _ others: [Name]) throws(ToolError) {
      guard arguments.has(option), !isTaken else { return }
      let names = others.map(\.rawValue).joined(separator: ", ")
      throw .usage(
        "--\(option) needs --method \(names), not \(name.rawValue)", command: "merge")
    }
    try check("density", name.takesDensity, Name.allCases.filter(\.takesDensity))
    try check("rank", name == .svd, [.svd])
    try check("sign", name.takesSign, Name.allCases.filter(\.takesSign))
    try check("seed", name.takesSeed, Name.allCases.filter(\.takesSeed))
    self.name = name
    if let word = arguments.value("density") {
      guard let number = Double(word), number > 0, number <= 1 else {
        throw .usage("--density is a number above 0 and at most 1, not “\(word)”", command: "merge")
      }
      density = number
    } else {
      density = 0.5
    }
    rank = try arguments.whole("rank", in: 1...65_536)
    sign =
      try arguments.choice("sign", among: ["total", "frequency"])
      .flatMap(CombinationMethod.SignElection.init(rawValue:)) ?? .total
    seed = UInt64(try arguments.whole("seed", in: 0...1 << 53) ?? 7)
  }

  /// Joins the adapters of one layer after the other; the random numbers of DARE go on.
  func combination() -> (_ adapters: [LoRAAdapter], _ weights: [Double]) throws -> LoRAAdapter {
    var generator = RandomGenerator(seed: seed)
    return { adapters, weights in
      let method: CombinationMethod =
        switch name {
        case .cat: .cat
        case .linear: .linear
        case .svd: .svd(rank: rank)
        case .ties: .ties(density: density, sign: sign, exact: false)
        case .tiesSVD: .ties(density: density, sign: sign, exact: true)
        case .magnitudePrune: .magnitudePrune(density: density)
        case .dareLinear, .dareTies:
          .dare(
            density: density,
            masks: .random(for: adapters, density: density, using: &generator),
            electing: name == .dareTies)
        }
      return try LoRAAdapter.combined(adapters, weights: weights, by: method)
    }
  }
}
