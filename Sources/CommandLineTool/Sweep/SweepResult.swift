internal import Course
internal import Experiments
internal import FoundationEssentials
internal import Interchange
internal import Training

/// What one training of a sweep gave, as its file keeps it.
struct SweepResult {
  let cell: SweepPlan.Cell
  let scores: [Score]
  let firstLoss: Double?
  let lastLoss: Double?
  let parameters: Int
  let trainedParameters: Int
  let memoryBytes: Int
  /// Why it ended before its last step.
  let stop: String?

  /// The share of right answers to what was held out; of all answers where nothing was.
  var score: Double? { Self.score(of: scores) }

  static func score(of scores: [Score]) -> Double? {
    let asked = scores.contains(where: \.isHeldOut) ? scores.filter(\.isHeldOut) : scores
    let total = asked.reduce(0) { $0 + $1.total }
    return total > 0 ? Double(asked.reduce(0) { $0 + $1.right }) / Double(total) : nil
  }
}

extension SweepResult {
  /// The text of the file.
  static func text(_ report: TrainingReport, _ plan: SweepPlan, score: Double?) -> String {
    let members = report.json.filter { name, _ in
      !report.settings.json.contains { $0.0 == name }
    }
    let inputs: [(String, JSONNode)] = plan.inputs.map { ($0.0, .string($0.1)) }
    let first: [(String, JSONNode)] = [
      ("format", .integer(1)), ("settings", .object(report.settings.json)),
      ("inputs", .object(inputs)), ("score", .optional(score)),
    ]
    return JSONNode.object(first + members).serialized() + "\n"
  }

  /// Reads the file of a cell, if there is one.
  ///
  /// - Parameters:
  ///   - cell: The cell.
  ///   - plan: The plan that it belongs to.
  ///   - folder: The path of the sweep for the system.
  ///   - shown: The same as the user wrote it.
  /// - Throws: `ToolError.failure` for a file that is broken, or that was made with other settings.
  init?(_ cell: SweepPlan.Cell, of plan: SweepPlan, folder: String, shown: String) throws(ToolError)
  {
    let name = Paths.joined(SweepPlan.resultsName, cell.name + ".json")
    guard let bytes = FileManager.default.contents(atPath: Paths.joined(folder, name)) else {
      return nil
    }
    let place = printable(Paths.joined(shown, name))
    func broken(_ problem: String) -> ToolError {
      .failure("\(place)\(problem); sweep with --force makes it again")
    }
    let json: JSONNode
    do throws(JSONError) {
      json = try JSONParser.parse(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw broken(":\(error)")
    }
    func whole(_ node: JSONNode?) -> Int? {
      if case .number(let text)? = node?.content { Int(text) } else { nil }
    }
    let scores = json["scores"]?.elements?.compactMap { node -> Score? in
      guard let group = node["questions"]?.text, let right = whole(node["right"]),
        let total = whole(node["total"]), right >= 0, total >= right, total <= 1 << 40,
        case .boolean(let isHeldOut)? = node["heldOut"]?.content
      else { return nil }
      return Score(group: group, right: right, total: total, isHeldOut: isHeldOut)
    }
    guard let scores, let parameters = whole(json["parameters"]),
      let trained = whole(json["trainedParameters"]), let settings = json["settings"]
    else { throw broken(": it is not what sweep writes") }
    let expected = try plan.settings(of: cell)
    if let difference = Self.difference(settings, expected, json["inputs"], plan) {
      throw broken(": it was made with other settings: \(difference)")
    }
    self.cell = cell
    self.scores = scores
    firstLoss = json["firstLoss"]?.double
    lastLoss = json["lastLoss"]?.double
    self.parameters = parameters
    trainedParameters = trained
    guard case .object(let members)? = json["memoryBytes"]?.content else {
      throw broken(": it is not what sweep writes")
    }
    memoryBytes = members.reduce(0) { $0 &+ (whole($1.value) ?? 0) }
    stop = json["stopped"]?.text
  }

  /// What a file has otherwise than the plan says.
  private static func difference(
    _ found: JSONNode, _ expected: TrainingSettings, _ inputs: JSONNode?, _ plan: SweepPlan
  ) -> String? {
    for (name, value) in expected.json where name != "base" {
      let other = found[name]?.serialized()
      let mine = value.serialized()
      if other != mine { return "\(name) is \(other ?? "not said") there, and \(mine) here" }
    }
    for (name, hash) in plan.inputs where inputs?[name]?.text != hash {
      return "the \(name) is another one now"
    }
    return nil
  }
}
