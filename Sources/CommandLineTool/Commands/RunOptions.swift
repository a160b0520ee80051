internal import Course
internal import Drawing

/// Everything that can be said to `run`, as values.
struct RunOptions {
  /// The steps that were asked for.
  enum Steps: Equatable {
    case all
    /// A number from 1, or an id.
    case one(String)
    case range(ClosedRange<Int>)
  }

  var lesson: String?
  var steps: Steps
  var language: Language?
  var preset: Preset
  var theme: Theme
  var formats: [FigureFormat]
  /// Pixels per inch of PNG files, where it is not the preset's.
  var resolution: Int?
  var decimalMark: NumberFormat.DecimalMark?
  var settings: [String: Double]
  var seed: UInt64?
  var weights: WeightsChoice?
  var outputFolder: String
  var lessonsFolder: String?
  var manner: Manner

  /// A file of the reader's and the part of it to use.
  struct WeightsChoice: Equatable {
    var path: String
    var tensor: String?
    var slice: String?
  }

  /// How a lesson is told.
  enum Manner: Equatable {
    /// Step by step where there is a terminal, else as plain text.
    case automatic
    case interactive, plain, quiet, json
  }
}

extension RunOptions {
  init(_ arguments: ParsedArguments) throws(ToolError) {
    lesson = arguments.argument(0)
    let all = arguments.has("all")
    guard all != (lesson != nil) else {
      let text = all ? "run takes a lesson or --all, not both" : "run needs a lesson, or --all"
      throw .usage("\(text); \(Tool.name) list shows them", command: "run")
    }
    steps = try Self.steps(arguments)
    if all, steps != .all {
      throw .usage("--step and --steps need one lesson, not --all", command: "run")
    }
    language = try arguments.language()
    let presetName = try arguments.choice("for", among: Preset.all.map(\.name))
    preset = Preset.all.first { $0.name == presetName } ?? .slide
    let themeName = try arguments.choice("theme", among: Theme.all.map(\.name))
    theme = Theme.all.first { $0.name == themeName } ?? .light
    formats = try arguments.formats()
    resolution = try arguments.whole("dpi", in: 36...2400)
    decimalMark = try arguments.choice("decimal", among: ["comma", "point"])
      .flatMap(NumberFormat.DecimalMark.init(rawValue:))
    settings = try arguments.settings()
    if let word = arguments.value("seed") {
      guard let number = UInt64(word), number <= 1 << 53 else {
        throw .usage(
          "--seed is a whole number from 0 to \(UInt64(1) << 53), not “\(word)”", command: "run")
      }
      seed = number
    }
    let (tensor, slice) = (arguments.value("tensor"), arguments.value("slice"))
    if let path = arguments.value("weights") {
      weights = WeightsChoice(path: path, tensor: tensor, slice: slice)
    } else if tensor != nil || slice != nil {
      throw .usage(
        "--tensor and --slice choose a part of the file that --weights names", command: "run")
    }
    outputFolder = arguments.value("out") ?? "Output"
    if outputFolder.isEmpty { throw .usage("--out needs a folder", command: "run") }
    lessonsFolder = arguments.value("lessons")
    manner = try arguments.manner()
  }

  /// Reads words for another command that takes some of the options of `run`.
  ///
  /// - Throws: `ToolError.usage`, which points to the help of that command.
  init(of command: String, words: [String]) throws(ToolError) {
    do {
      self = try RunOptions(ParsedArguments(words, RunCommand.configuration))
    } catch .usage(let text, _) {
      throw .usage(text, command: command)
    } catch {
      throw error
    }
  }

  private static func steps(_ arguments: ParsedArguments) throws(ToolError) -> Steps {
    if let step = arguments.value("step") {
      if arguments.has("steps") {
        throw .usage("run takes --step or --steps, not both", command: "run")
      }
      return .one(step)
    }
    guard let word = arguments.value("steps") else { return .all }
    let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], 1 <= first, first <= last else {
      throw .usage("--steps is a range such as 2-4, not “\(word)”", command: "run")
    }
    return .range(first...last)
  }

  /// The steps of a plan that were asked for.
  func chosen(from plan: LessonPlan) throws -> [StepPlan] {
    switch steps {
    case .all: return plan.steps
    case .one(let word):
      if let number = Int(word), plan.steps.indices.contains(number - 1) {
        return [plan.steps[number - 1]]
      }
      guard let step = plan.step(word) else {
        throw CourseError.unknownStep(word, lesson: plan.id, known: plan.steps.map(\.id))
      }
      return [step]
    case .range(let range):
      guard range.upperBound <= plan.steps.count else {
        throw ToolError.usage(
          "\(plan.id) has \(plan.steps.count) steps, so --steps \(range.lowerBound)-\(range.upperBound) is out of range",
          command: "run")
      }
      return Array(plan.steps[(range.lowerBound - 1)..<range.upperBound])
    }
  }
}

extension ParsedArguments {
  fileprivate func formats() throws(ToolError) -> [FigureFormat] {
    guard let list = value("format") else { return FigureFormat.allCases }
    var formats: [FigureFormat] = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let format = FigureFormat(rawValue: String(word)) else {
        throw .usage(
          "--format is a list of \(FigureFormat.allCases.map(\.rawValue).joined(separator: ", ")), and “\(word)” is none of them",
          command: "run")
      }
      if !formats.contains(format) { formats.append(format) }
    }
    return formats
  }

  func settings() throws(ToolError) -> [String: Double] {
    var settings: [String: Double] = [:]
    for word in all("set") {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let number = Double(parts[1]), number.isFinite
      else {
        throw .usage(
          "--set is name=number, such as --set block=64, and not “\(word)”", command: command)
      }
      settings[String(parts[0])] = number
    }
    return settings
  }

  fileprivate func manner() throws(ToolError) -> RunOptions.Manner {
    let manners: [(String, RunOptions.Manner)] = [
      ("json", .json), ("quiet", .quiet), ("plain", .plain), ("interactive", .interactive),
    ]
    let given = manners.filter { has($0.0) }
    if given.count > 1 {
      throw .usage("--\(given[0].0) and --\(given[1].0) exclude each other", command: "run")
    }
    return given.first?.1 ?? .automatic
  }
}
