internal import Course
internal import Demonstrations
internal import Drawing
internal import FoundationEssentials
internal import Interchange
internal import Quantization

/// What `inspect` says about a folder that `train`, `export` or `sweep` wrote.
struct FolderReport {
  /// The path as the user wrote it.
  private let shown: String
  private let kind: Kind
  /// What `train` wrote about it.
  private let training: JSONNode?

  private enum Kind {
    case llama(LlamaCheckpoint, byteCount: Int)
    /// A perceptron, with what its description says.
    case perceptron(JSONNode)
    /// One matrix that learned a change of known rank, with what its description says.
    case knownRank(JSONNode)
    case recipe(JSONNode)
    case sweep(SweepPlan, done: Int)
  }

  /// Reads what the folder is.
  ///
  /// - Returns: Nothing for a folder of another kind, or for a file.
  /// - Throws: `InterchangeError` or `ToolError.failure` for a file in it that is broken.
  init?(_ place: String, shown: String) throws {
    func path(_ name: String) -> String { Paths.joined(place, name) }
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
    func json(_ name: String) throws -> JSONNode {
      let text = String(
        decoding: FileManager.default.contents(atPath: path(name)) ?? Data(), as: UTF8.self)
      do {
        return try JSONParser.parse(text)
      } catch {
        throw ToolError.failure("\(printable(Paths.joined(shown, name))):\(error)")
      }
    }
    if has("config.json") {
      let checkpoint = try LlamaCheckpoint(path: place)
      let names = try FileManager.default.contentsOfDirectory(atPath: place)
      let sizes = try names.filter { $0.hasSuffix(".safetensors") }.map {
        try FileInventory(path: path($0)).byteCount
      }
      kind = .llama(checkpoint, byteCount: sizes.reduce(0, +))
    } else if has("perceptron.json") {
      kind = .perceptron(try json("perceptron.json"))
    } else if has(KnownRankRun.descriptionName) {
      kind = .knownRank(try json(KnownRankRun.descriptionName))
    } else if has(RecipeExport.settingsName) {
      kind = .recipe(try json(RecipeExport.settingsName))
    } else if has(SweepPlan.fileName) {
      let plan = try SweepPlan(folder: place, shown: shown)
      let done = try plan.cells.count {
        try SweepResult($0, of: plan, folder: place, shown: shown) != nil
      }
      kind = .sweep(plan, done: done)
    } else {
      return nil
    }
    self.shown = shown
    training = has(TrainCommand.reportName) ? try json(TrainCommand.reportName) : nil
  }

  // MARK: Texts

  func lines(_ words: Words) -> [String] {
    let rows = rows(words) + trainingRows(words)
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { label, text in
      "  \(label)\(String(repeating: " ", count: width - label.count + 2))\(printable(text))"
    }
    return ["\(printable(shown)):"] + lines + CommandText.proposalLines(next, words)
  }

  private func rows(_ words: Words) -> [(String, String)] {
    let model = words.say(es: "modelo", en: "model")
    switch kind {
    case .llama(let checkpoint, let byteCount):
      let sizes = checkpoint.configuration
      let blocks = words.integer(sizes.layerCount)
      return [
        (
          model,
          words.say(
            es: "Llama de \(blocks) bloques, anchura \(words.integer(sizes.hiddenSize)), "
              + "\(words.integer(sizes.headCount)) cabezas",
            en: "Llama of \(blocks) blocks, width \(words.integer(sizes.hiddenSize)), "
              + "\(words.integer(sizes.headCount)) heads")
        ),
        (words.say(es: "vocabulario", en: "vocabulary"), words.integer(sizes.vocabularySize)),
        (words.say(es: "parámetros", en: "parameters"), words.integer(sizes.parameterCount)),
        (words.say(es: "pesos", en: "weights"), storage(checkpoint, byteCount, words)),
      ]
    case .perceptron(let json):
      let sizes = (json["sizes"]?.elements ?? []).map { Self.whole($0, words) }
      let classes = (json["classes"]?.elements ?? []).compactMap(\.text)
      return [
        (model, words.say(es: "perceptrón ", en: "perceptron ") + sizes.joined(separator: " → "))
      ]
        + (classes.isEmpty
          ? [] : [(words.say(es: "clases", en: "classes"), classes.joined(separator: ", "))])
    case .knownRank(let json):
      let size = Self.whole(json["size"], words)
      return [
        (model, words.say(es: "una matriz de ", en: "one matrix of ") + "\(size)×\(size)"),
        (
          words.say(es: "cambio", en: "change"),
          words.say(es: "de rango ", en: "of rank ") + Self.whole(json["rank"], words)
        ),
        (words.say(es: "ejemplos", en: "examples"), Self.whole(json["examples"], words)),
      ]
    case .recipe(let json):
      return [
        (words.say(es: "receta", en: "recipe"), Self.run(json, words)),
        (words.say(es: "para", en: "for"), "transformers, PEFT"),
      ]
    case .sweep(let plan, let done):
      return [
        (words.say(es: "barrido", en: "sweep"), Self.run(.object(plan.settings), words)),
        (
          words.say(es: "rangos", en: "ranks"),
          plan.ranks.map(words.integer).joined(separator: ", ")
        ),
        (
          words.say(es: "tasas", en: "rates"),
          plan.rates.map { words.numbers.significant($0, digits: 3) }.joined(separator: ", ")
        ),
        (
          words.say(es: "hechos", en: "done"),
          words.say(
            es: "\(words.integer(done)) de \(words.integer(plan.cells.count))",
            en: "\(words.integer(done)) of \(words.integer(plan.cells.count))")
        ),
      ]
    }
  }

  /// How the weights are stored.
  private func storage(
    _ checkpoint: LlamaCheckpoint, _ byteCount: Int, _ words: Words
  ) -> String {
    let bytes = "\(words.integer(byteCount)) bytes"
    guard let quantization = checkpoint.quantization else { return bytes }
    let type = quantization.type.rawValue.uppercased()
    let double = quantization.usesDoubleQuantization
    return words.say(
      es: "capas lineales en \(type)" + (double ? " con doble cuantización" : "") + ", \(bytes)",
      en: "linear layers in \(type)" + (double ? " with double quantization" : "") + ", \(bytes)")
  }

  private static func whole(_ number: JSONNode?, _ words: Words) -> String {
    number?.double.flatMap { Int(exactly: $0) }.map(words.integer) ?? "?"
  }

  /// What a training is, in a few words.
  private static func run(_ json: JSONNode, _ words: Words) -> String {
    let (task, method) = (json["task"]?.text ?? "?", json["method"]?.text ?? "?")
    let steps = words.integer(Int(min(max(json["steps"]?.double ?? 0, 0), 1e9)))
    return words.say(
      es: "\(task), \(method), \(steps) pasos", en: "\(task), \(method), \(steps) steps")
  }

  private func trainingRows(_ words: Words) -> [(String, String)] {
    guard let training else { return [] }
    var rows = [(words.say(es: "entrenado", en: "trained"), Self.run(training, words))]
    if let first = training["firstLoss"]?.double, let last = training["lastLoss"]?.double {
      func text(_ loss: Double) -> String { words.numbers.significant(loss, digits: 3) }
      rows.append((words.say(es: "pérdida", en: "loss"), "\(text(first)) → \(text(last))"))
    }
    for score in training["scores"]?.elements ?? [] {
      guard let group = score["questions"]?.text, let right = score["right"]?.double,
        let total = score["total"]?.double, right >= 0, total >= right, total < 1e15
      else { continue }
      let (one, all) = (words.integer(Int(right)), words.integer(Int(total)))
      rows.append(
        (ScoreText.name(group, words), words.say(es: "\(one) de \(all)", en: "\(one) of \(all)")))
    }
    return rows
  }

  private var next: [String]? {
    switch kind {
    case .llama: ["inspect", Paths.joined(shown, BaseFolder.weightsName)]
    case .perceptron, .knownRank: ["evaluate", shown]
    case .recipe: nil
    case .sweep: ["sweep", SweepCommand.collects, shown]
    }
  }

  var json: JSONNode {
    var members: [(String, JSONNode)] = [("folder", .string(shown))]
    switch kind {
    case .llama(let checkpoint, let byteCount):
      let sizes = checkpoint.configuration
      members += [
        ("kind", .string("llama")), ("layers", .integer(sizes.layerCount)),
        ("width", .integer(sizes.hiddenSize)), ("heads", .integer(sizes.headCount)),
        ("vocabulary", .integer(sizes.vocabularySize)),
        ("parameters", .integer(sizes.parameterCount)), ("bytes", .integer(byteCount)),
        (
          "quantization",
          checkpoint.quantization.map { .string($0.type.rawValue) } ?? JSONNode(.null)
        ),
      ]
    case .perceptron(let json):
      members += [("kind", .string("perceptron")), ("description", json)]
    case .knownRank(let json):
      members += [("kind", .string("known-rank")), ("description", json)]
    case .recipe(let json): members += [("kind", .string("recipe")), ("settings", json)]
    case .sweep(let plan, let done):
      members += [
        ("kind", .string("sweep")), ("plan", plan.json), ("done", .integer(done)),
        ("trainings", .integer(plan.cells.count)),
      ]
    }
    if let training { members.append(("training", training)) }
    return .object(members)
  }
}
