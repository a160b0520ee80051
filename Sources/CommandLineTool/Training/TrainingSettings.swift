internal import Course
internal import Datasets
internal import Training

/// What `train` is asked to do.
struct TrainingSettings: Equatable {
  /// What is learned.
  enum Source: Equatable {
    /// A small Llama learns the school exam.
    case exam
    /// A perceptron tells two moons apart.
    case moons
    /// A file of the user's: a table for a perceptron, prompts and completions for a small Llama.
    case file(String)

    /// Whether a transformer learns, as against a perceptron.
    var isLanguage: Bool {
      switch self {
      case .exam: true
      case .moons: false
      case .file(let path): Self.isLines(path)
      }
    }

    var name: String {
      switch self {
      case .exam: "exam"
      case .moons: "moons"
      case .file(let path): path
      }
    }

    static func isLines(_ path: String) -> Bool {
      path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson")
    }
  }

  enum Method: String, CaseIterable {
    case full, lora, qlora

    var isAdapter: Bool { self != .full }
  }

  static let options: [CommandConfiguration.Option] = [
    .init("data", "FILE", "your own: a .csv table of classes, or .jsonl of prompt and completion"),
    .init("method", "METHOD", "full, lora or qlora; full if not said"),
    .init("base", "DIR", "a Llama folder to start from; lora and qlora need one"),
    .init("subject", "LIST", "of the exam: addition,subtraction,multiplication,division"),
    .init("rank", "R", "the rank of the adapters; 8 if not said"),
    .init("alpha", "A", "the alpha of the adapters; twice the rank if not said"),
    .init("targets", "LIST", "the layers with an adapter, such as q_proj,v_proj; all if not said"),
    .init("lr", "RATE", "the learning rate at its highest"),
    .init("steps", "N", "the number of steps"),
    .init("batch", "N", "the examples of a step"),
    .init("seed", "N", "the seed of weights and order; 7 if not said"),
  ]

  let source: Source
  let method: Method
  var base: String?
  let subjects: [Exercise.Subject]
  let rank: Int
  let alpha: Double
  /// Nothing for all linear layers.
  let targets: [String]?
  let learningRate: Double
  let steps: Int
  let batch: Int
  let seed: UInt64

  init(_ arguments: ParsedArguments) throws(ToolError) {
    source = try Self.source(arguments)
    let methodName = try arguments.choice("method", among: Method.allCases.map(\.rawValue))
    method = methodName.flatMap(Method.init(rawValue:)) ?? .full
    base = arguments.value("base")
    if !source.isLanguage, method.isAdapter || base != nil {
      throw .usage(
        "--method and --base are for transformers; a perceptron is trained in full",
        command: "train")
    }
    if method.isAdapter, base == nil {
      throw .usage(
        "--method \(method.rawValue) needs --base with a folder that train wrote", command: "train")
    }
    for option in ["rank", "alpha", "targets"] where arguments.has(option) && !method.isAdapter {
      throw .usage("--\(option) needs --method lora or qlora", command: "train")
    }
    if arguments.has("subject"), source != .exam {
      throw .usage("--subject is for the exam", command: "train")
    }
    subjects =
      try arguments.subjects() ?? (method.isAdapter ? [.division] : Exercise.Subject.old)
    rank = try arguments.whole("rank", in: 1...1 << 16) ?? 8
    alpha = try arguments.positive("alpha") ?? Double(2 * rank)
    targets = try arguments.words("targets")
    let usual = Self.usual(source, method)
    learningRate = try arguments.positive("lr") ?? usual.rate
    steps = try arguments.whole("steps", in: 1...1_000_000) ?? usual.steps
    batch = try arguments.whole("batch", in: 1...1 << 13) ?? usual.batch
    seed = UInt64(try arguments.whole("seed", in: 0...Int.max) ?? 7)
  }

  private static func source(_ arguments: ParsedArguments) throws(ToolError) -> Source {
    let presets = ["exam", "moons"]
    switch (arguments.argument(0), arguments.value("data")) {
    case (nil, nil):
      throw .usage(
        "train needs a preset, \(presets.joined(separator: " or ")), or --data with a file",
        command: "train")
    case (_?, _?):
      throw .usage("train takes a preset or --data, not both", command: "train")
    case ("exam", nil): return .exam
    case ("moons", nil): return .moons
    case (let name?, nil):
      let nearest = Spelling.nearest(to: name.lowercased(), among: presets)
      throw .usage(
        "there is no preset “\(name)”, only \(presets.joined(separator: " and "))"
          + (nearest.map { "; did you mean “\($0)”?" } ?? ""), command: "train")
    case (nil, let path?):
      guard Source.isLines(path) || path.hasSuffix(".csv") else {
        throw .usage("--data is a .csv or .jsonl file, not “\(path)”", command: "train")
      }
      return .file(path)
    }
  }

  /// What suits a laptop; measured on the presets.
  private static func usual(
    _ source: Source, _ method: Method
  ) -> (rate: Double, steps: Int, batch: Int) {
    guard source.isLanguage else { return (0.01, 500, 64) }
    return method.isAdapter ? (0.005, 3000, 128) : (0.004, 2500, 128)
  }

  /// The settings of the trainer: AdamW with a short warm-up and a cosine down to 0.
  var trainer: TrainingConfiguration {
    TrainingConfiguration(
      steps: steps, learningRate: learningRate, optimizer: .adamW(weightDecay: 0.01),
      schedule: LearningRateSchedule(.cosine, warmUpSteps: min(100, steps / 10)), clip: 1,
      shuffleSeed: seed)
  }

  var json: [(String, JSONNode)] {
    var members: [(String, JSONNode)] = [
      ("task", .string(source.name)), ("method", .string(method.rawValue)),
    ]
    if source == .exam {
      members.append(("subjects", .array(subjects.map { .string($0.rawValue) })))
    }
    if let base { members.append(("base", .string(base))) }
    if method.isAdapter {
      members += [("rank", .integer(rank)), ("alpha", .number(alpha))]
      members.append(("targets", .array((targets ?? ["all-linear"]).map(JSONNode.string))))
    }
    return members + [
      ("optimizer", .string("adamw")), ("learningRate", .number(learningRate)),
      ("schedule", .string(trainer.schedule.shape.rawValue)),
      ("warmUpSteps", .integer(trainer.schedule.warmUpSteps)), ("clip", .optional(trainer.clip)),
      ("steps", .integer(steps)), ("batch", .integer(batch)), ("seed", .integer(seed)),
    ]
  }
}

extension ParsedArguments {
  /// A positive finite number.
  func positive(_ option: String) throws(ToolError) -> Double? {
    guard let word = value(option) else { return nil }
    guard let number = Double(word), number.isFinite, number > 0 else {
      throw .usage(
        "--\(option) is a positive number such as 0.001, not “\(word)”", command: command)
    }
    return number
  }

  /// Words with commas between them.
  func words(_ option: String) throws(ToolError) -> [String]? {
    guard let text = value(option) else { return nil }
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard words.allSatisfy({ !$0.isEmpty }) else {
      throw .usage("--\(option) is a list such as one,two, not “\(text)”", command: command)
    }
    return words
  }

  /// Subjects of the exam, each once and in their own order.
  func subjects() throws(ToolError) -> [Exercise.Subject]? {
    guard let words = try words("subject") else { return nil }
    let names = Exercise.Subject.allCases.map(\.rawValue)
    for word in words where !names.contains(word) {
      throw .usage(
        "--subject is a list of \(names.joined(separator: ", ")), and “\(word)” is none of them",
        command: command)
    }
    return Exercise.Subject.allCases.filter { words.contains($0.rawValue) }
  }
}
