internal import Course
internal import Datasets
internal import Interchange
internal import Training

/// What a training run does; together with the files that it reads, all that its results depend on.
struct TrainingSettings: Equatable {
  enum Method: String, CaseIterable {
    case full, lora, qlora

    var isAdapter: Bool { self != .full }
  }

  /// Where adapters start.
  enum Start: String, CaseIterable {
    /// A uniform, B zero.
    case standard = "default"
    /// A normal, B zero.
    case gaussian
    /// With the largest singular values of the weight.
    case pissa
    /// With the first rows and columns of its QR decomposition.
    case olora
    /// With what four bits lost of the weight.
    case loftq
  }

  enum OptimizerName: String, CaseIterable {
    case adamw, sgd
  }

  /// Which weights stay in the end.
  enum Keep: String, CaseIterable {
    /// Those with the smallest loss on what was set apart.
    case best
    case last
  }

  var source: Source
  var method: Method
  var base: String?
  var subjects: [Exercise.Subject]
  var rank: Int
  var alpha: Double
  /// Nothing for all linear layers.
  var targets: [String]?
  var start: Start
  var dropout: Double
  var isRankStabilized: Bool
  var usesDoRA: Bool
  var optimizer: OptimizerName
  var learningRate: Double
  var momentum: Double
  var weightDecay: Double
  /// How many times the rate of A the rate of B is.
  var loraPlusRatio: Double
  var schedule: LearningRateSchedule
  /// The length that all gradients together may have.
  var clip: Double?
  var steps: Int
  var batch: Int
  /// The batches of a step.
  var accumulation: Int
  /// The steps between measurements of the loss on examples set apart; nothing for none.
  var validateEvery: Int?
  /// The measurements without a better one after which training stops.
  var patience: Int?
  var keep: Keep
  var seed: UInt64

  /// The settings that were said, and for the others what suits.
  ///
  /// - Throws: `ToolError` for settings that do not go together, with the place where they were said.
  init(_ values: SettingValues) throws(ToolError) {
    source = try Self.source(values)
    method = values.choice("method") ?? .full
    base = values.text("base")
    try Self.checkKinds(values, source, method)
    subjects =
      values.list("subjects").map { words in
        Exercise.Subject.allCases.filter { words.contains($0.rawValue) }
      } ?? (method.isAdapter ? [.division] : Exercise.Subject.old)
    rank = values.whole("rank") ?? (source.isLanguage ? 8 : 2)
    alpha = values.number("alpha") ?? Double(2 * rank)
    targets = values.list("targets")
    // What `train` itself writes where no layer was chosen.
    if targets == [Self.allLayers] { targets = nil }
    start = values.choice("init") ?? .standard
    dropout = values.number("dropout") ?? 0
    isRankStabilized = values.flag("rankStabilized")
    usesDoRA = values.flag("dora")
    optimizer = values.choice("optimizer") ?? .adamw
    let usual = Self.usual(source, method)
    learningRate = values.number("learningRate") ?? usual.rate
    momentum = values.number("momentum") ?? 0
    weightDecay = values.number("weightDecay") ?? (optimizer == .adamw ? usual.decay : 0)
    loraPlusRatio = values.number("loraPlusRatio") ?? 1
    steps = values.whole("steps") ?? usual.steps
    schedule = LearningRateSchedule(
      values.choice("schedule") ?? .cosine,
      warmUpSteps: values.whole("warmUpSteps") ?? min(100, steps / 10))
    clip = values.has("clip") ? values.number("clip") : 1
    batch = values.whole("batch") ?? usual.batch
    accumulation = values.whole("accumulation") ?? 1
    validateEvery = values.whole("validateEvery")
    patience = values.whole("patience")
    keep = values.choice("keep") ?? (validateEvery == nil ? .last : .best)
    seed = UInt64(values.whole("seed") ?? 7)
    try checkFit(values)
  }

  static let allLayers = "all-linear"

  /// Refuses what is for another kind of model or of training.
  private static func checkKinds(
    _ values: SettingValues, _ source: Source, _ method: Method
  ) throws(ToolError) {
    if source.model != .transformer, method == .qlora {
      throw values.complaint("method", "qlora is for transformers")
    }
    if source.model != .transformer, let start = values.text("init"),
      start != Start.standard.rawValue, start != Start.gaussian.rawValue
    {
      throw values.complaint("init", "\(start) is for transformers")
    }
    if source == .knownRank {
      for name in ["base", "targets", "validateEvery"] where values.has(name) {
        // What `train` itself wrote before.
        if name == "targets", values.list(name) == [allLayers] { continue }
        throw values.complaint(
          name, "is not for known-rank: it has one layer, whose base and examples are its own")
      }
    } else if method.isAdapter, !values.has("base") {
      throw values.complaint(
        "method", "\(method.rawValue) needs --base with a folder that train wrote")
    }
    let ofAdapters = [
      "rank", "alpha", "targets", "init", "dropout", "rankStabilized", "dora", "loraPlusRatio",
    ]
    for name in ofAdapters where values.has(name) && !method.isAdapter {
      throw values.complaint(name, "needs --method lora or qlora")
    }
    if values.has("subjects"), source != .exam {
      throw values.complaint("subjects", "is for the exam")
    }
  }

  /// Refuses settings that need another one.
  private func checkFit(_ values: SettingValues) throws(ToolError) {
    if optimizer == .sgd, !values.has("learningRate") {
      throw values.complaint("optimizer", "sgd needs --lr: its rates are not those of adamw")
    }
    if values.has("momentum"), optimizer != .sgd {
      throw values.complaint("momentum", "is for --optimizer sgd")
    }
    if patience != nil, validateEvery == nil {
      throw values.complaint("patience", "needs --validate with a number of steps")
    }
    if keep == .best, validateEvery == nil {
      throw values.complaint("keep", "best needs --validate with a number of steps")
    }
    if method == .qlora, [.pissa, .olora].contains(start) {
      throw values.complaint(
        "init",
        "\(start.rawValue) changes the base to one in four bits that an adapter's files do not "
          + "hold; it can be had with --method lora, and loftq with qlora")
    }
    if method != .qlora, start == .loftq {
      throw values.complaint(
        "init", "loftq needs --method qlora: it starts with what four bits lose")
    }
  }

  private static func source(_ values: SettingValues) throws(ToolError) -> Source {
    let presets = Source.presets.map(\.name)
    guard let name = values.text(TrainingSetting.task) else {
      throw .usage(
        "train needs a preset, one of \(presets.joined(separator: ", ")), or --data with a file",
        command: "train")
    }
    if let preset = Source.presets.first(where: { $0.name == name }) { return preset }
    guard Source.isFile(name) else {
      let nearest = Spelling.nearest(to: name.lowercased(), among: presets, atMost: 2)
      throw values.complaint(
        TrainingSetting.task,
        "“\(printable(name))” is none of \(presets.joined(separator: ", "))"
          + (nearest.map { "; did you mean “\($0)”?" } ?? ", and no .csv, .txt or .jsonl file"))
    }
    return .file(name)
  }
}
