internal import Course
internal import Datasets
internal import Interchange
internal import Training

/// A setting of a training: its name in JSON, its option, and what it may be.
struct TrainingSetting {
  enum Kind {
    case text
    case flag
    case choice([String])
    case whole(ClosedRange<Int>)
    /// A number above 0.
    case positive
    /// A number from 0 on.
    case fromZero
    /// A number from 0 up to below 1.
    case share
    /// A number above 0, or none.
    case limit
    /// Words with commas between them, or a list of texts.
    case list
    /// A list of some words, each once.
    case subset([String])
  }

  let name: String
  let option: CommandConfiguration.Option
  let kind: Kind

  private init(
    _ name: String, _ option: String, _ value: String?, _ kind: Kind, _ summary: String
  ) {
    self.name = name
    self.option = .init(option, value, summary)
    self.kind = kind
  }

  /// The preset or the path of the data, which has no option of its own.
  static let task = "task"

  static let all: [TrainingSetting] = [
    .init(
      "method", "method", "METHOD", .choice(TrainingSettings.Method.allCases.map(\.rawValue)),
      "full, lora or qlora; full if not said"),
    .init("base", "base", "DIR", .text, "a model's folder to start from; lora and qlora need one"),
    .init(
      "subjects", "subject", "LIST", .subset(Exercise.Subject.allCases.map(\.rawValue)),
      "of the exam: addition,subtraction,multiplication,division"),
    .init(
      "rank", "rank", "R", .whole(1...1 << 16),
      "the rank of the adapters; 8 if not said, 2 for perceptrons"),
    .init(
      "alpha", "alpha", "A", .positive, "the alpha of the adapters; twice the rank if not said"),
    .init(
      "targets", "targets", "LIST", .list,
      "the layers with an adapter, such as q_proj,v_proj; all that fit if not said"),
    .init(
      "init", "init", "START", .choice(TrainingSettings.Start.allCases.map(\.rawValue)),
      "where adapters start: default, gaussian, pissa, olora, loftq"),
    .init(
      "dropout", "dropout", "P", .share, "the share of an adapter's input that is dropped"),
    .init(
      "rankStabilized", "rslora", nil, .flag, "divide alpha by the square root of the rank"),
    .init("dora", "dora", nil, .flag, "train the lengths of the weight's rows too"),
    .init(
      "optimizer", "optimizer", "NAME",
      .choice(TrainingSettings.OptimizerName.allCases.map(\.rawValue)), "adamw or sgd"),
    .init("learningRate", "lr", "RATE", .positive, "the learning rate at its highest"),
    .init("momentum", "momentum", "M", .share, "of sgd; 0 if not said"),
    .init(
      "weightDecay", "weight-decay", "D", .fromZero, "adamw: 0.01 if not said; sgd: 0"),
    .init("loraPlusRatio", "lora-plus", "RATIO", .positive, "the rate of B as a multiple of A's"),
    .init(
      "schedule", "schedule", "SHAPE",
      .choice(LearningRateSchedule.Shape.allCases.map(\.rawValue)),
      "constant, linear or cosine, to 0 at the end; cosine if not said"),
    .init(
      "warmUpSteps", "warmup", "N", .whole(0...1_000_000), "the steps in which the rate rises"),
    .init(
      "clip", "clip", "X", .limit, "the longest that all gradients may be, or none; 1 if not said"),
    .init("steps", "steps", "N", .whole(1...1_000_000), "the number of steps"),
    .init("batch", "batch", "N", .whole(1...1 << 13), "the examples of a batch"),
    .init(
      "accumulation", "accumulate", "N", .whole(1...1 << 10), "the batches of a step; 1 if not said"
    ),
    .init(
      "validateEvery", "validate", "N", .whole(1...1_000_000),
      "set examples apart and measure the loss on them every N steps"),
    .init(
      "patience", "patience", "N", .whole(1...1_000_000),
      "stop after N such measurements without a better one"),
    .init(
      "keep", "keep", "WHICH", .choice(TrainingSettings.Keep.allCases.map(\.rawValue)),
      "best or last: which weights stay; best where --validate is given"),
    .init(
      "seed", "seed", "N", .whole(0...Int.max), "the seed of weights and order; 7 if not said"),
  ]

  static func named(_ name: String) -> TrainingSetting? { all.first { $0.name == name } }
}

extension TrainingSetting {
  /// What the value has to be, for a complaint.
  private var needed: String {
    switch kind {
    case .text: "a text"
    case .flag: "true or false"
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .positive: "a positive number such as 0.001"
    case .fromZero: "a number from 0 on"
    case .share: "a number from 0 up to, but not including, 1"
    case .limit: "a positive number such as 1, or none"
    case .list: "a list such as one,two"
    case .subset(let words): "a list of \(words.joined(separator: ", "))"
    }
  }

  /// What a value has to be, and which one was probably meant; nothing where it is fine.
  func complaint(_ value: JSONNode) -> String? {
    isFine(value) ? nil : "is \(needed), not \(Self.shown(value))" + suggestion(value)
  }

  private func isFine(_ value: JSONNode) -> Bool {
    func number(_ fits: (Double) -> Bool) -> Bool {
      value.double.map { $0.isFinite && fits($0) } ?? false
    }
    switch kind {
    case .text: return value.text?.isEmpty == false
    case .flag:
      if case .boolean = value.content { return true }
      return false
    case .choice(let words): return value.text.map(words.contains) ?? false
    case .whole(let range):
      guard case .number(let literal) = value.content else { return false }
      return Int(literal).map(range.contains) ?? false
    case .positive: return number { $0 > 0 }
    case .fromZero: return number { $0 >= 0 }
    case .share: return number { $0 >= 0 && $0 < 1 }
    case .limit: return value.content == .null || number { $0 > 0 }
    case .list: return words(value)?.allSatisfy { !$0.isEmpty } ?? false
    case .subset(let known): return words(value)?.allSatisfy(known.contains) ?? false
    }
  }

  private func words(_ value: JSONNode) -> [String]? {
    guard let elements = value.elements, !elements.isEmpty else { return nil }
    let words = elements.compactMap(\.text)
    return words.count == elements.count ? words : nil
  }

  private func suggestion(_ value: JSONNode) -> String {
    guard case .choice(let words) = kind, let word = value.text,
      let nearest = Spelling.nearest(to: word.lowercased(), among: words)
    else { return "" }
    return "; did you mean “\(nearest)”?"
  }

  private static func shown(_ value: JSONNode) -> String {
    if let elements = value.elements, !elements.isEmpty,
      elements.allSatisfy({ $0.text != nil })
    {
      return "“\(printable(elements.compactMap(\.text).joined(separator: ",")))”"
    }
    return "“\(printable(value.text ?? value.serialized()))”"
  }

  /// The words of a command line as a value.
  ///
  /// - Parameter word: What stands behind the option; anything for a flag.
  /// - Returns: The value; a text where it should be a number and is none.
  func value(_ word: String) -> JSONNode {
    switch kind {
    case .flag: JSONNode(.boolean(true))
    case .text, .choice: .string(word)
    case .list, .subset:
      .array(
        word.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) })
    case .limit where word == "none": JSONNode(.null)
    case .whole, .positive, .fromZero, .share, .limit:
      Double(word) == nil ? .string(word) : JSONNode(.number(word))
    }
  }

  /// A value as the word of a command line; nothing for a flag that is not set.
  func word(_ value: JSONNode) -> String? {
    switch value.content {
    case .boolean(let isSet): isSet ? "" : nil
    case .null: "none"
    case .array(let elements): elements.compactMap(\.text).joined(separator: ",")
    case .string(let text), .number(let text): text
    case .object: nil
    }
  }
}
