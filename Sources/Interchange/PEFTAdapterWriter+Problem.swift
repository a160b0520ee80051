internal import LinearAlgebra

extension PEFTAdapterWriter {
  static func check(
    _ modules: [Module], _ configuration: Configuration
  ) throws(Problem) {
    guard !modules.isEmpty else { throw .noModules }
    guard configuration.rank > 0 else { throw .rankNotPositive(configuration.rank) }
    for alpha in [configuration.alpha] + modules.compactMap(\.alpha)
    where !(alpha > 0 && alpha.isFinite) {
      throw .alphaNotUsable(alpha)
    }
    guard (0..<1).contains(configuration.dropout) else {
      throw .dropoutOutOfRange(configuration.dropout)
    }
    var paths: Set<String> = []
    for module in modules {
      guard isPath(module.path) else { throw .malformedPath(module.path) }
      guard paths.insert(module.path).inserted else { throw .duplicateModule(module.path) }
      try check(module, configuration)
    }
    for target in configuration.targets ?? []
    where !modules.contains(where: { names(target, $0.path) }) {
      throw .idleTarget(target)
    }
  }

  private static func check(
    _ module: Module, _ configuration: Configuration
  ) throws(Problem) {
    let (loraA, loraB) = (module.loraA, module.loraB)
    guard loraA.rows > 0 else { throw .rankNotPositive(loraA.rows) }
    guard loraA.rows == loraB.columns, loraA.columns > 0, loraB.rows > 0 else {
      throw .factorsDoNotFit(
        module: module.path, loraA: [loraA.rows, loraA.columns],
        loraB: [loraB.rows, loraB.columns])
    }
    if let magnitude = module.magnitude {
      guard configuration.usesDoRA else { throw .magnitudeWithoutDoRA(module: module.path) }
      guard magnitude.count == loraB.rows else {
        throw .magnitudeDoesNotFit(
          module: module.path, count: magnitude.count, rows: loraB.rows)
      }
    } else if configuration.usesDoRA {
      throw .magnitudeMissing(module: module.path)
    }
    let parts = [
      ("lora_A", loraA.values), ("lora_B", loraB.values),
      ("lora_magnitude_vector", module.magnitude ?? []),
    ]
    for (part, values) in parts where !values.allSatisfy(\.isFinite) {
      throw .notFinite(module: module.path, part: part)
    }
    if let targets = configuration.targets,
      !targets.contains(where: { names($0, module.path) })
    {
      throw .notATarget(module: module.path)
    }
  }

  /// PEFT's rule for a list of targets: the path itself, or its end after a dot.
  private static func names(_ target: String, _ path: String) -> Bool {
    path == target || path.hasSuffix("." + target)
  }

  /// Names joined by dots, so that a path can be a pattern too.
  private static func isPath(_ path: String) -> Bool {
    PEFTPattern.isPlain(path)
      && path.split(separator: ".", omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty }
  }
}

extension PEFTAdapterWriter.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noModules: "the adapter has no modules"
    case .malformedPath(let path): "\(quoted(path)) is not the path of a module"
    case .duplicateModule(let path): "the module \(quoted(path)) appears twice"
    case .rankNotPositive(let rank): "the rank is \(rank), and it has to be at least 1"
    case .alphaNotUsable(let alpha): "alpha is \(alpha), and it has to be a positive number"
    case .dropoutOutOfRange(let dropout):
      "the dropout is \(dropout), and it has to be from 0 up to, but not including, 1"
    case .factorsDoNotFit(let module, let loraA, let loraB):
      "\(quoted(module)): lora_A has shape \(loraA) and lora_B \(loraB), and the rows of the first "
        + "have to be as many as the columns of the second"
    case .magnitudeDoesNotFit(let module, let count, let rows):
      "\(quoted(module)): the magnitude has \(count) numbers, and lora_B \(rows) rows"
    case .magnitudeMissing(let module):
      "\(quoted(module)) has no magnitude, and the adapter uses DoRA"
    case .magnitudeWithoutDoRA(let module):
      "\(quoted(module)) has a magnitude, but the adapter does not use DoRA"
    case .notFinite(let module, let part):
      "\(quoted(module)): \(part) has a number that is not finite"
    case .notATarget(let module):
      "no target names the module \(quoted(module)), so PEFT would leave it out"
    case .idleTarget(let target): "the target \(quoted(target)) names no module of the adapter"
    }
  }
}
