internal import Adapters
internal import Course
internal import Demonstrations
internal import Drawing
internal import FoundationEssentials
internal import Interchange
internal import LinearAlgebra

/// What `inspect` says about an adapter that PEFT saved.
struct AdapterReport {
  let adapter: PEFTAdapter
  /// The path as the user wrote it.
  let path: String
  /// The path of the weights that it was trained beside; nothing where they are not here.
  let base: String?
  /// What to do with it, as `train` left it.
  private let next: [String]
  /// The norms of the factors and of the update of each module.
  let norms: [(loraA: Double, loraB: Double, update: Double)]

  /// Reads all factors.
  ///
  /// - Parameters:
  ///   - adapter: The adapter.
  ///   - path: The path as the user wrote it.
  ///   - workingDirectory: What that path starts from.
  ///   - progress: Called before each module with the share that is done.
  /// - Throws: `InterchangeError` for numbers that are not finite or of a type that is not read.
  init(
    _ adapter: PEFTAdapter, path: String, workingDirectory: String, progress: (Double) -> Void
  ) throws {
    self.adapter = adapter
    self.path = path
    // Its base lies beside its own files, or where the training found it.
    base = adapter.configuration.baseModel.flatMap { name in
      [Paths.joined(path, name), name].first {
        FileManager.default.fileExists(atPath: Paths.joined(workingDirectory, $0))
      }
    }
    next = Self.next(path, base, workingDirectory)
    norms = try adapter.modules.enumerated().map { index, module in
      progress(Double(index) / Double(adapter.modules.count))
      let factors = try adapter.adapter(of: module)
      return (factors.loraA.norm, factors.loraB.norm, factors.deltaNorm)
    }
  }

  private static func next(
    _ path: String, _ base: String?, _ workingDirectory: String
  ) -> [String] {
    guard let base else {
      return ["merge", "model.safetensors", "--adapter", path, "--out", "merged.safetensors"]
    }
    if TrainedFolder(Paths.joined(workingDirectory, base)) == .perceptron {
      return ["evaluate", base, "--adapter", path]
    }
    let record = try? TrainingRecord.read(in: Paths.joined(workingDirectory, path))
    if TrainingRecord.isBesideFourBits(record) {
      // The base that it learned beside is the one in four bits.
      return ["export", base, "--adapter", path, "--four-bit", "--as", "merged", "--out", "merged"]
    }
    let isFile = base.hasSuffix(".safetensors")
    return [
      "merge", base, "--adapter", path, "--out", isFile ? "merged.safetensors" : "merged",
    ]
  }

  private var configuration: PEFTConfiguration { adapter.configuration }
  private var parameterCount: Int {
    adapter.modules.reduce(0) {
      $0 + $1.loraA.count + $1.loraB.count + ($1.magnitude?.count ?? 0)
    }
  }

  func lines(_ words: Words) -> [String] {
    let scale = configuration.isRankStabilized ? "alpha / √r" : "alpha / r"
    var rows = [
      (
        words.say(es: "método", en: "method"),
        (configuration.usesDoRA ? "DoRA" : "LoRA")
          + (configuration.isRankStabilized ? ", rsLoRA" : "")
      ),
      ("r", words.integer(configuration.rank)),
      ("alpha", number(configuration.alpha, words)),
      (words.say(es: "escala", en: "scaling"), scale),
    ]
    if !configuration.targets.isEmpty {
      rows.append(
        (words.say(es: "módulos", en: "targets"), configuration.targets.joined(separator: ", ")))
    }
    if configuration.isTransposed {
      rows.append(("fan_in_fan_out", words.say(es: "sí", en: "yes")))
    }
    if let start = configuration.start {
      rows.append((words.say(es: "inicio", en: "start"), start))
    }
    if let base = configuration.baseModel { rows.append(("base", base)) }
    for replacement in adapter.replacements {
      rows.append((words.say(es: "sustituye", en: "replaces"), replacement.name))
    }
    rows.append((words.say(es: "parámetros", en: "parameters"), words.integer(parameterCount)))
    let width = rows.map(\.0.count).max() ?? 0
    var lines = ["\(printable(path)):"]
    for (label, text) in rows {
      let padding = String(repeating: " ", count: width - label.count + 2)
      lines.append("  \(label)\(padding)\(printable(text))")
    }
    guard !adapter.modules.isEmpty else { return lines }
    lines += [""] + table(words)
    if norms.allSatisfy({ $0.update == 0 }), !configuration.usesDoRA {
      lines += [
        "",
        words.say(
          es: "Todas las B son cero: este adaptador todavía no cambia nada",
          en: "Every B is zero: this adapter changes nothing yet"),
      ]
    }
    return lines + CommandText.proposalLines(next, words)
  }

  private func table(_ words: Words) -> [String] {
    ColumnText(
      words: words,
      head: [
        "W", "r", "alpha", words.say(es: "escala", en: "scaling"), "‖A‖", "‖B‖", "‖ΔW‖",
        words.say(es: "módulo", en: "module"),
      ],
      rows: zip(adapter.modules, norms).map { module, norms in
        [
          .code(module.weightShape.map(String.init).joined(separator: "×")),
          .integer(module.rank), .code(number(module.alpha, words)),
          .significant(module.scaling, digits: 3), .significant(norms.loraA, digits: 3),
          .significant(norms.loraB, digits: 3), .significant(norms.update, digits: 3),
          .code(printable(module.path)),
        ]
      }
    ).lines
  }

  private func number(_ value: Double, _ words: Words) -> String {
    value == value.rounded() && value.magnitude < 1e9
      ? words.integer(Int(value)) : words.numbers.significant(value, digits: 4)
  }

  var json: JSONNode {
    .object([
      ("adapter", .string(path)), ("r", .integer(configuration.rank)),
      ("alpha", .optional(configuration.alpha)),
      ("rankStabilized", JSONNode(.boolean(configuration.isRankStabilized))),
      ("dora", JSONNode(.boolean(configuration.usesDoRA))),
      ("fanInFanOut", JSONNode(.boolean(configuration.isTransposed))),
      ("targets", .array(configuration.targets.map(JSONNode.string))),
      ("base", configuration.baseModel.map(JSONNode.string) ?? JSONNode(.null)),
      ("start", configuration.start.map(JSONNode.string) ?? JSONNode(.null)),
      ("parameters", .integer(parameterCount)),
      ("replaces", .array(adapter.replacements.map { .string($0.name) })),
      (
        "modules",
        .array(
          zip(adapter.modules, norms).map { module, norms in
            .object([
              ("module", .string(module.path)),
              ("weight", .array(module.weightShape.map { .integer($0) })),
              ("r", .integer(module.rank)), ("alpha", .optional(module.alpha)),
              ("scaling", .optional(module.scaling)), ("normA", .optional(norms.loraA)),
              ("normB", .optional(norms.loraB)), ("normUpdate", .optional(norms.update)),
            ])
          })
      ),
    ])
  }
}
