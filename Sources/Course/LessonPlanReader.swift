/// Reads `lesson.json`; what is wrong in it is collected, and the rest still read.
struct LessonPlanReader {
  /// The members of a lesson, of a step, of its data and of a claim.
  static let lessonNames = [
    "format", "id", "order", "minutes", "prerequisites", "seed", "claims", "parameters", "steps",
  ]
  static let stepNames = ["id", "demonstration", "settings", "data", "acceptsWeights"]
  static let dataNames = ["file", "tensor", "slice", "change"]
  static let claimNames = ["id", "step"]

  let file: String
  private(set) var diagnostics: [Diagnostic] = []

  /// Reads a plan; `nil` where the text is not a JSON object.
  static func read(_ text: String, file: String) -> (plan: LessonPlan?, diagnostics: [Diagnostic]) {
    var reader = LessonPlanReader(file: file)
    do {
      let root = try JSONParser.parse(text)
      guard case .object = root.content else {
        reader.report("a lesson is an object, and this is \(root.kind)", at: root.position)
        return (nil, reader.diagnostics)
      }
      let plan = reader.plan(root)
      return (plan, reader.diagnostics)
    } catch {
      reader.report(error.message, at: error.position)
      return (nil, reader.diagnostics)
    }
  }

  private mutating func report(
    _ message: String, at position: SourcePosition, suggestion: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(file: file, position: position, message: message, suggestion: suggestion))
  }

  private mutating func plan(_ root: JSONNode) -> LessonPlan {
    check(
      root, "the lesson", names: Self.lessonNames, required: ["format", "id", "order", "steps"])
    if let format = root["format"], format.double != 1 {
      report("this is not format 1", at: format.position)
    }
    let seed = number(root, "seed") ?? 7
    if seed < 0 || seed != seed.rounded() || seed > 0x1p53 {
      report("the seed is a whole number from 0", at: root["seed"]?.position ?? root.position)
    }
    let steps = list(root, "steps").map { step($0) }
    var seen = Set<String>()
    for step in steps where !step.id.isEmpty && !seen.insert(step.id).inserted {
      report("a second step has the id “\(step.id)”", at: step.position)
    }
    if root["steps"]?.elements?.isEmpty == true {
      report("the lesson has no step", at: root["steps"]?.position ?? root.position)
    }
    let claims = list(root, "claims").map { claim($0) }
    for claim in claims where !claim.step.isEmpty && !seen.contains(claim.step) {
      report(
        "the claim \(claim.id) names the step “\(claim.step)”, which is not there",
        at: claim.position,
        suggestion: Spelling.suggestion(for: claim.step, among: steps.map(\.id)))
    }
    return LessonPlan(
      id: identifier(root, "id"), order: number(root, "order") ?? 0,
      minutes: number(root, "minutes") ?? 0,
      prerequisites: list(root, "prerequisites").compactMap { node in
        guard let text = node.text, Identifier.isValid(text) else {
          report(
            "a prerequisite is the id of a lesson: lower-case words and hyphens", at: node.position)
          return nil
        }
        return text
      },
      seed: UInt64(exactly: seed) ?? 7, claims: claims, parameters: numbers(root, "parameters"),
      parameterPositions: positions(root, "parameters"), steps: steps)
  }

  private mutating func claim(_ node: JSONNode) -> LessonPlan.Claim {
    check(node, "a claim", names: Self.claimNames, required: ["id", "step"])
    return LessonPlan.Claim(
      id: string(node, "id") ?? "", step: string(node, "step") ?? "", position: node.position)
  }

  private mutating func step(_ node: JSONNode) -> StepPlan {
    check(node, "a step", names: Self.stepNames, required: ["id", "demonstration"])
    var acceptsWeights = false
    if let member = node["acceptsWeights"] {
      if case .boolean(let value) = member.content {
        acceptsWeights = value
      } else {
        report("“acceptsWeights” is true or false, and this is \(member.kind)", at: member.position)
      }
    }
    return StepPlan(
      id: identifier(node, "id"), demonstration: string(node, "demonstration") ?? "",
      settings: numbers(node, "settings"), data: node["data"].flatMap { data($0) },
      acceptsWeights: acceptsWeights, position: node.position,
      demonstrationPosition: node["demonstration"]?.position ?? node.position,
      settingPositions: positions(node, "settings"))
  }

  private mutating func data(_ node: JSONNode) -> StepPlan.DataSource? {
    check(node, "data", names: Self.dataNames, required: ["file"])
    guard let file = string(node, "file") else { return nil }
    return StepPlan.DataSource(
      file: file, tensor: string(node, "tensor"), slice: string(node, "slice"),
      change: string(node, "change"),
      position: node["file"]?.position ?? node.position)
  }
}

extension LessonPlanReader {
  /// Reports members that are unknown or missing.
  private mutating func check(
    _ node: JSONNode, _ what: String, names: [String], required: [String]
  ) {
    guard case .object(let members) = node.content else {
      report("\(what) is an object, and this is \(node.kind)", at: node.position)
      return
    }
    for member in members where !names.contains(member.name) {
      report(
        "\(what) has no “\(member.name)”", at: member.position,
        suggestion: Spelling.suggestion(for: member.name, among: names))
    }
    for name in required where node[name] == nil {
      report("\(what) needs “\(name)”", at: node.position)
    }
  }

  private mutating func string(_ node: JSONNode, _ name: String) -> String? {
    guard let member = node[name] else { return nil }
    guard let text = member.text else {
      report("“\(name)” is a string, and this is \(member.kind)", at: member.position)
      return nil
    }
    if let scalar = ControlCharacters.first(in: text) {
      report(
        "“\(name)” holds the control character \(ControlCharacters.name(scalar))",
        at: member.position)
      return nil
    }
    return text
  }

  private mutating func identifier(_ node: JSONNode, _ name: String) -> String {
    guard let text = string(node, name) else { return "" }
    if !Identifier.isValid(text) {
      report(
        "“\(text)” is not an id: lower-case words and hyphens",
        at: node[name]?.position ?? node.position)
    }
    return text
  }

  private mutating func number(_ node: JSONNode, _ name: String) -> Double? {
    node[name].flatMap { number($0, named: name) }
  }

  private mutating func number(_ node: JSONNode, named name: String) -> Double? {
    if node.double == nil {
      report("“\(name)” is a number, and this is \(node.kind)", at: node.position)
    }
    return node.double
  }

  private mutating func numbers(_ node: JSONNode, _ name: String) -> [String: Double] {
    guard let member = node[name] else { return [:] }
    guard case .object(let members) = member.content else {
      report("“\(name)” is an object of numbers, and this is \(member.kind)", at: member.position)
      return [:]
    }
    var numbers: [String: Double] = [:]
    for entry in members { numbers[entry.name] = number(entry.value, named: entry.name) }
    return numbers
  }

  /// Where the names of an object's members stand.
  private func positions(_ node: JSONNode, _ name: String) -> [String: SourcePosition] {
    guard case .object(let members) = node[name]?.content else { return [:] }
    return Dictionary(members.map { ($0.name, $0.position) }) { first, _ in first }
  }

  private mutating func list(_ node: JSONNode, _ name: String) -> [JSONNode] {
    guard let member = node[name] else { return [] }
    guard let elements = member.elements else {
      report("“\(name)” is an array, and this is \(member.kind)", at: member.position)
      return []
    }
    return elements
  }
}
