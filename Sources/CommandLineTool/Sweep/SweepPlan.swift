internal import Course
internal import FoundationEssentials
internal import Interchange

/// Which trainings a sweep consists of: one for every rank, rate and seed, alike in all else.
struct SweepPlan: Equatable {
  static let fileName = "sweep.json"
  static let resultsName = "results"
  /// What the cells differ in.
  private static let varied: Set<String> = ["rank", "learningRate", "seed"]
  /// More cells than these are a mistake.
  static let mostCells = 100_000

  /// What all cells have in common, as `training.json` names it.
  var settings: [(String, JSONNode)]
  /// Hashes of the files that the cells read, by what they are.
  var inputs: [(String, String)]
  /// Empty where all weights are trained.
  var ranks: [Int]
  var rates: [Double]
  var seeds: [UInt64]

  /// One training.
  struct Cell: Equatable, Sendable {
    var rank: Int?
    var rate: Double
    var seed: UInt64

    /// The name of its file of results, without the ending.
    var name: String {
      let rest = "rate-\(JSONNode.number(rate).serialized())_seed-\(seed)"
      guard let rank else { return rest }
      return "rank-\(rank)_\(rest)"
    }
  }

  /// All cells in their order, which does not depend on what is done already.
  var cells: [Cell] {
    var cells: [Cell] = []
    for rank in rankChoices {
      for rate in rates {
        for seed in seeds { cells.append(Cell(rank: rank, rate: rate, seed: seed)) }
      }
    }
    return cells
  }

  /// The ranks, or none where there is no rank.
  var rankChoices: [Int?] {
    var choices: [Int?] = []
    for rank in ranks { choices.append(rank) }
    return choices.isEmpty ? [nil] : choices
  }

  /// The settings of a training.
  func settings(of cell: Cell) throws(ToolError) -> TrainingSettings {
    var members = settings
    if let rank = cell.rank { members.append(("rank", .integer(rank))) }
    members += [("learningRate", .number(cell.rate)), ("seed", .integer(cell.seed))]
    return try TrainingSettings(record: .object(members))
  }

  static func == (one: SweepPlan, other: SweepPlan) -> Bool {
    one.json.serialized() == other.json.serialized()
  }
}

extension SweepPlan {
  /// A plan around settings of which it varies some.
  ///
  /// The settings say what is common, and what the varied ones are where nothing else is said. With
  /// `keepsAlpha` alpha is the same for all ranks, else twice the rank.
  init(
    _ settings: TrainingSettings, keepsAlpha: Bool, ranks: [Int]?, rates: [Double]?,
    seeds: [UInt64]?, _ tool: Tool
  ) {
    self.settings = settings.json.filter { name, _ in
      !Self.varied.contains(name) && (keepsAlpha || name != "alpha")
    }
    self.ranks = settings.method.isAdapter ? ranks ?? [settings.rank] : []
    self.rates = rates ?? [settings.learningRate]
    self.seeds = seeds ?? [settings.seed]
    func hash(_ path: String) -> String {
      let bytes = FileManager.default.contents(atPath: Paths.joined(tool.workingDirectory, path))
      return SHA256.hexadecimal(of: Array(bytes ?? Data()))
    }
    inputs = []
    if let base = settings.base {
      inputs.append(("base", hash(Paths.joined(base, "model.safetensors"))))
    }
    if case .file(let path) = settings.source { inputs.append(("data", hash(path))) }
  }

  /// Reads the plan of a folder.
  ///
  /// - Throws: `InterchangeError.unreadable` where there is none, or `ToolError.failure` for one that is
  ///   broken.
  init(folder: String, shown: String) throws {
    let shown = Paths.joined(shown, Self.fileName)
    guard
      let bytes = FileManager.default.contents(atPath: Paths.joined(folder, Self.fileName))
    else { throw InterchangeError.unreadable(file: shown, .missing) }
    let json: JSONNode
    do {
      json = try JSONParser.parse(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw ToolError.failure("\(printable(shown)):\(error)")
    }
    func members(_ name: String) -> [(String, JSONNode)]? {
      guard case .object(let members)? = json[name]?.content else { return nil }
      return members.map { ($0.name, $0.value) }
    }
    func numbers(_ name: String) -> [String]? {
      json[name]?.elements?.compactMap { node -> String? in
        guard case .number(let text) = node.content else { return nil }
        return text
      }
    }
    let ranks: [Int]? = numbers("ranks")?.compactMap { Int($0) }
    let rates: [Double]? = numbers("rates")?.compactMap { Double($0) }
    let seeds: [UInt64]? = numbers("seeds")?.compactMap { UInt64($0) }
    guard let settings = members("settings"), let inputs = members("inputs"), let ranks, let rates,
      let seeds, !rates.isEmpty, !seeds.isEmpty, rates.allSatisfy(\.isFinite),
      Self.count(ranks.count, rates.count, seeds.count) != nil
    else { throw ToolError.failure("\(printable(shown)): it is not what sweep writes") }
    self.settings = settings
    self.inputs = inputs.map { ($0, $1.text ?? "") }
    (self.ranks, self.rates, self.seeds) = (ranks, rates, seeds)
  }

  /// The number of cells; nothing for too many.
  static func count(_ ranks: Int, _ rates: Int, _ seeds: Int) -> Int? {
    var count = 1
    for factor in [max(ranks, 1), rates, seeds] {
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      guard !overflow, product <= mostCells else { return nil }
      count = product
    }
    return count
  }

  var json: JSONNode {
    let inputs: [(String, JSONNode)] = inputs.map { ($0.0, .string($0.1)) }
    return .object([
      ("format", .integer(1)), ("settings", .object(settings)), ("inputs", .object(inputs)),
      ("ranks", .array(ranks.map { .integer($0) })),
      ("rates", .array(rates.map { .number($0) })), ("seeds", .array(seeds.map { .integer($0) })),
    ])
  }

  /// What this plan has otherwise than another in what all cells have in common, as a sentence.
  func difference(from other: SweepPlan) -> String? {
    // The same base may be named otherwise from another folder; its hash tells.
    func members(_ plan: SweepPlan) -> [(String, String)] {
      var members: [(String, String)] = []
      for (name, value) in plan.settings where name != "base" {
        members.append((name, value.serialized()))
      }
      return members
    }
    let (mine, others) = (members(self), members(other))
    for (name, value) in mine {
      let found = others.first { $0.0 == name }?.1
      if found != value { return "\(name) is \(found ?? "not said") there, and \(value) here" }
    }
    let names = Set(mine.map(\.0))
    for (name, value) in others where !names.contains(name) {
      return "\(name) is \(value) there, and not said here"
    }
    for (name, hash) in inputs where other.inputs.first(where: { $0.0 == name })?.1 != hash {
      return "the \(name) is another one now"
    }
    return nil
  }

  /// The plan of this one's and another's cells, each of the same settings.
  func joined(with other: SweepPlan) -> SweepPlan {
    func union<Element: Comparable & Hashable>(_ one: [Element], _ two: [Element]) -> [Element] {
      Set(one + two).sorted()
    }
    var plan = other
    plan.ranks = union(ranks, other.ranks)
    plan.rates = union(rates, other.rates)
    plan.seeds = union(seeds, other.seeds)
    return plan
  }

  /// The command that makes all cells.
  func command(out: String) -> [String] {
    let settings = JSONNode.object(self.settings)
    let task = settings[TrainingSetting.task]?.text ?? ""
    var words = ["sweep"]
    words += TrainingSettings.Source.isFile(task) ? ["--data", task] : [task]
    // What is so anyway need not be said.
    let shortest = ["method", "base"].compactMap { name in settings[name].map { (name, $0) } }
    let usual = try? TrainingSettings(
      record: .object([(TrainingSetting.task, .string(task))] + shortest))
    let known = JSONNode.object(usual?.json ?? [])
    for setting in TrainingSetting.all {
      guard let value = settings[setting.name],
        ["method", "base"].contains(setting.name) || value != known[setting.name]
      else { continue }
      let option = "--\(setting.option.name)"
      switch value.content {
      case .boolean(let flag): if flag { words.append(option) }
      case .string(let text), .number(let text): words += [option, text]
      case .array(let elements):
        words += [option, elements.compactMap(\.text).joined(separator: ",")]
      case .null: words += [option, "none"]
      case .object: break
      }
    }
    if !ranks.isEmpty { words += ["--ranks", ranks.map { String($0) }.joined(separator: ",")] }
    let rates = rates.map { JSONNode.number($0).serialized() }.joined(separator: ",")
    let seeds = seeds.map { String($0) }.joined(separator: ",")
    return words + ["--rates", rates, "--seeds", seeds, "--out", out]
  }
}
