public import Demonstrations
public import Experiments

/// Reads the weights in a file; a tensor and a slice choose a part of them.
public typealias WeightsReader =
  @Sendable (_ path: String, _ tensor: String?, _ slice: String?) throws -> NamedWeights

/// What a reader changes about a lesson.
public struct SessionOptions: Sendable {
  public var settings: [String: Double]
  public var seed: UInt64?
  /// The reader's own weights.
  public var weights: NamedWeights?
  /// Whether a smaller training is to do.
  public var isQuick: Bool

  public init(
    settings: [String: Double] = [:], seed: UInt64? = nil, weights: NamedWeights? = nil,
    isQuick: Bool = false
  ) {
    self.settings = settings
    self.seed = seed
    self.weights = weights
    self.isQuick = isQuick
  }
}

/// A lesson being run: each step is computed once, with the settings in force.
public final class LessonSession {
  public let lesson: Lesson
  public let options: SessionOptions
  private let demonstrations: [any Demonstration]
  private let readWeights: WeightsReader
  private let records: RecordsProvider
  private var runs: [String: StepRun] = [:]

  public init(
    lesson: Lesson, demonstrations: [any Demonstration], options: SessionOptions = .init(),
    readWeights: @escaping WeightsReader, records: @escaping RecordsProvider = { _ in [:] }
  ) {
    self.lesson = lesson
    self.options = options
    self.demonstrations = demonstrations
    self.readWeights = readWeights
    self.records = records
  }

  /// The seed in force.
  public var seed: UInt64 { options.seed ?? lesson.plan.seed }

  /// The demonstration of a step.
  ///
  /// - Throws: `CourseError.unknownDemonstration`.
  func demonstration(of step: StepPlan) throws(CourseError) -> any Demonstration {
    guard let found = demonstrations.first(where: { $0.id == step.demonstration }) else {
      throw .unknownDemonstration(step.demonstration, lesson: lesson.plan.id, step: step.id)
    }
    return found
  }

  /// Makes sure that everything the reader set has an effect on some of the steps.
  ///
  /// - Throws: `CourseError.unknownSetting` or `.noWeightsAccepted`.
  public func checkOptions(for steps: [StepPlan]) throws(CourseError) {
    var known: [String] = []
    for step in steps {
      for parameter in try demonstration(of: step).parameters
      where !known.contains(parameter.name) {
        known.append(parameter.name)
      }
    }
    for name in options.settings.keys.sorted() where !known.contains(name) {
      throw .unknownSetting(name, lesson: lesson.plan.id, known: known)
    }
    if options.weights != nil, !steps.contains(where: \.acceptsWeights) {
      throw .noWeightsAccepted(lesson: lesson.plan.id)
    }
  }

  /// A step with what its demonstration found.
  ///
  /// - Throws: `CourseError`, `DemonstrationError`, or what the reader of weights throws.
  public func run(_ id: String) throws -> StepRun {
    if let run = runs[id] { return run }
    guard let index = lesson.plan.steps.firstIndex(where: { $0.id == id }) else {
      throw CourseError.unknownStep(
        id, lesson: lesson.plan.id, known: lesson.plan.steps.map(\.id))
    }
    let step = lesson.plan.steps[index]
    let demonstration = try demonstration(of: step)
    let settings = settings(of: step, demonstration)
    let usesReadersWeights = step.acceptsWeights && options.weights != nil
    var input = try input(of: step, settings)
    if let trained = demonstration as? any TrainedDemonstration {
      input.records = try records(trained.experiments(for: input))
    }
    let observation = try demonstration.observe(input)
    let run = StepRun(
      number: index + 1, plan: step, settings: settings, observation: observation,
      usesReadersWeights: usesReadersWeights)
    runs[id] = run
    return run
  }

  /// What the trainings of some steps are, each once.
  ///
  /// - Throws: `CourseError`, `DemonstrationError`, or what the reader of weights throws.
  public func experiments(for steps: [StepPlan]) throws -> [any Experiment] {
    var experiments: [any Experiment] = []
    var known: Set<String> = []
    for step in steps {
      let demonstration = try demonstration(of: step)
      guard let trained = demonstration as? any TrainedDemonstration else { continue }
      let input = try input(of: step, settings(of: step, demonstration))
      experiments += try trained.experiments(for: input).filter { known.insert($0.key).inserted }
    }
    return experiments
  }

  private func settings(
    of step: StepPlan, _ demonstration: any Demonstration
  ) -> [StepRun.Setting] {
    demonstration.parameters.map { parameter in
      let value =
        options.settings[parameter.name] ?? step.settings[parameter.name]
        ?? lesson.plan.parameters[parameter.name] ?? parameter.defaultValue
      return StepRun.Setting(name: parameter.name, value: value)
    }
  }

  private func input(
    of step: StepPlan, _ settings: [StepRun.Setting]
  ) throws -> DemonstrationInput {
    var input = DemonstrationInput(
      settings: Dictionary(uniqueKeysWithValues: settings.map { ($0.name, $0.value) }),
      seed: seed, isQuick: options.isQuick)
    if step.acceptsWeights, let weights = options.weights {
      input.weights = weights
    } else if let data = step.data {
      input.weights = try read(data.file, of: data, step)
      input.change = try data.change.map { try read($0, of: data, step) }
    }
    return input
  }

  private func read(
    _ file: String, of data: StepPlan.DataSource, _ step: StepPlan
  ) throws -> NamedWeights {
    guard let path = lesson.path(of: file) else {
      throw CourseError.dataOutside(file: file, lesson: lesson.plan.id, step: step.id)
    }
    return try readWeights(path, data.tensor, data.slice)
  }
}

/// A step of a lesson and what its demonstration found.
public struct StepRun: Sendable {
  /// A parameter and its value.
  public struct Setting: Sendable, Equatable {
    public var name: String
    public var value: Double
  }

  /// The place in the lesson, from 1.
  public var number: Int
  public var plan: StepPlan
  /// All parameters of the demonstration in its order, with the values in force.
  public var settings: [Setting]
  public var observation: Observation
  public var usesReadersWeights: Bool

  public var id: String { plan.id }
}

extension Lesson {
  /// The paths of the files of numbers that its steps read.
  public var dataPaths: [String] {
    plan.steps.compactMap(\.data).flatMap(\.files).compactMap { path(of: $0) }
  }

  /// The path of a step's data.
  func path(of data: StepPlan.DataSource) -> String? { path(of: data.file) }

  /// The path of a file of numbers; `nil` where it leads out of the folder of the lessons, through a
  /// symbolic link too: a lesson that was copied from somewhere may not show the reader's files.
  func path(of file: String) -> String? {
    // The way is counted from the lesson's folder, whose own path may be relative.
    let way = Paths.normalized(file)
    guard !way.hasPrefix("/"), way != "..", way != "../..", !way.hasPrefix("../../") else {
      return nil
    }
    let root = Paths.normalized(Paths.joined(folder, ".."))
    let path = Paths.normalized(Paths.joined(folder, way))
    guard let realPath = Paths.resolved(path) else { return path }
    // The lesson's folder may itself be a link; and the root of the file system, which may hold it,
    // holds more than lessons.
    let folders = [folder, root].compactMap(Paths.resolved).filter { $0 != "/" }
    return folders.contains { realPath.hasPrefix($0 + "/") } ? path : nil
  }
}
