internal import Course
internal import Demonstrations
internal import Drawing
internal import Experiments

/// Gives experiments their records: those that came with the lessons, those trained here before, and the
/// rest by training.
final class TrainedRecords {
  /// What was kept, against what training gives now.
  struct Comparison {
    var compared = 0
    /// The keys of the records that are not the same to the last bit.
    var different: [String] = []
  }

  private let tool: Tool
  private let words: Words
  private let isQuiet: Bool
  private let store: RecordStore
  /// Whether everything is trained again, whatever is kept.
  private let retrains: Bool
  private var known: [String: ExperimentRecord] = [:]
  private(set) var comparison = Comparison()

  /// - Parameters:
  ///   - lesson: The lesson that asks; nothing for a figure without one.
  ///   - retrains: Whether kept records are left alone.
  ///   - words: The language of what is said while it trains.
  ///   - isQuiet: Whether nothing is said while it trains.
  ///   - tool: The process around it.
  init(
    lesson: Lesson?, retrains: Bool = false, words: Words, isQuiet: Bool = false, _ tool: Tool
  ) {
    self.tool = tool
    self.words = words
    self.isQuiet = isQuiet
    self.retrains = retrains
    var folders = lesson.map { [Paths.normalized(Paths.joined($0.folder, ".."))] } ?? []
    for folder in (try? tool.catalogue(nil).folders) ?? [] {
      let path = Paths.normalized(folder)
      if !folders.contains(path) { folders.append(path) }
    }
    store = RecordStore(
      lesson: lesson?.plan.id, folders: folders, environment: tool.environment)
  }

  /// The SHA-256 of the base model's weights.
  var baseHash: String { store.baseHash }

  /// Where a record is kept.
  enum Place {
    case shipped, cached
  }

  /// Where the record of an experiment is kept; nothing where it is to be trained.
  func place(of experiment: any Experiment) -> Place? {
    if (try? store.shipped(experiment)) ?? nil != nil { return .shipped }
    return store.cached(experiment) == nil ? nil : .cached
  }

  /// The records of experiments, by their keys.
  ///
  /// - Throws: `ToolError.failure` for broken files, `ExperimentError`, or what training throws.
  func callAsFunction(_ experiments: [any Experiment]) throws -> [String: ExperimentRecord] {
    var missing: [any Experiment] = []
    for experiment in experiments where known[experiment.key] == nil {
      if !retrains, try find(experiment) { continue }
      if !missing.contains(where: { $0.key == experiment.key }) { missing.append(experiment) }
    }
    if !missing.isEmpty { try train(missing) }
    let keys = Set(experiments.map(\.key))
    return known.filter { keys.contains($0.key) }
  }

  /// The records that are kept; nothing is trained for the others.
  func kept(_ experiments: [any Experiment]) throws -> [String: ExperimentRecord] {
    let keys = Set(
      try experiments.filter { try known[$0.key] != nil || find($0) }.map(\.key))
    return known.filter { keys.contains($0.key) }
  }

  /// Remembers the record that is kept, if there is one.
  private func find(_ experiment: any Experiment) throws -> Bool {
    guard let record = try store.shipped(experiment) ?? store.cached(experiment) else {
      return false
    }
    known[experiment.key] = record
    return true
  }

  private func train(_ experiments: [any Experiment]) throws {
    let base =
      experiments.contains(where: \.usesBase)
      ? try store.baseFolder.map {
        try LanguageModel(folder: $0, shown: Paths.shown($0, from: tool.workingDirectory))
      } : nil
    let kept = retrains ? try experiments.map { try store.shipped($0) } : []
    let progress = ExperimentProgress(experiments, words, isQuiet: isQuiet, tool)
    defer { progress.end() }
    try ExperimentPool.train(experiments, ExperimentContext(base: base)) { experiment, record in
      known[experiment.key] = record
      store.keep(record, of: experiment)
      progress.count(experiment)
    }
    for (experiment, kept) in zip(experiments, kept) {
      guard let kept else { continue }
      comparison.compared += 1
      if kept != known[experiment.key] { comparison.different.append(experiment.key) }
    }
  }
}

/// Says how many trainings are done and how long the others take, once a second has passed.
private final class ExperimentProgress {
  private let tool: Tool
  private let words: Words
  private let isSilent: Bool
  private let count: Int
  private let cost: Double
  private let start = Interrupts.seconds
  private var done = (count: 0, cost: 0.0)
  private var hasSpoken = false

  init(_ experiments: [any Experiment], _ words: Words, isQuiet: Bool, _ tool: Tool) {
    self.tool = tool
    self.words = words
    isSilent = isQuiet || !tool.messagesAreWatched
    count = experiments.count
    cost = experiments.reduce(0) { $0 + $1.cost }
    let seconds = cost / Double(min(count, Interrupts.processorCount))
    if seconds > 2 { show(left: seconds) }
  }

  func count(_ experiment: any Experiment) {
    done = (done.count + 1, done.cost + experiment.cost)
    let elapsed = Interrupts.seconds - start
    guard elapsed > 1, done.cost > 0 else { return }
    show(left: elapsed * max(cost / done.cost - 1, 0))
  }

  private func show(left: Double) {
    guard !isSilent else { return }
    hasSpoken = true
    tool.messages(
      "\r" + words.say(es: "entrenando", en: "training")
        + " \(done.count)/\(count)  \(Clock.text(seconds: left)) "
        + words.say(es: "restante; Ctrl-C deja el resto", en: "left; Ctrl-C leaves the rest")
        + "\u{1B}[K")
  }

  func end() {
    if hasSpoken { tool.messages("\r\u{1B}[K") }
  }
}
