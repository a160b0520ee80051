internal import CairoRendering
internal import Course
internal import Demonstrations
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
  /// Whether figures are drawn without their background.
  var isTransparent: Bool
  /// Whether captions are drawn below the pictures.
  var showsCaptions: Bool
  var svgText: SVGText
  /// How long an animation shows each step, in seconds, where that was said.
  var frameTime: Double?
  var settings: [String: Double]
  var seed: UInt64?
  /// Whether lessons that train do less of it.
  var isQuick: Bool
  /// Whether lessons that train do it again, whatever is kept.
  var retrains: Bool
  var weights: WeightsChoice?
  /// The folder of the files; for a single figure, its file.
  var outputFolder: String
  var lessonsFolder: String?
  var manner: Manner

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
    isTransparent = arguments.has("transparent")
    showsCaptions = arguments.has("caption")
    svgText =
      try arguments.choice("svg-text", among: SVGText.allCases.map(\.rawValue))
      .flatMap(SVGText.init(rawValue:)) ?? .outlines
    frameTime = try arguments.frameTime()
    if formats.contains(.webp), steps != .all {
      throw .usage(
        "--format webp makes one animation of all steps, so --step and --steps do not go with it",
        command: arguments.command)
    }
    settings = try arguments.settings()
    if let word = arguments.value("seed") {
      guard let number = UInt64(word), number <= 1 << 53 else {
        throw .usage(
          "--seed is a whole number from 0 to \(UInt64(1) << 53), not “\(word)”",
          command: arguments.command)
      }
      seed = number
    }
    isQuick = arguments.has("quick")
    retrains = arguments.has("retrain")
    if let path = arguments.value("weights") {
      weights = WeightsChoice(path: path, arguments)
    } else if arguments.has("tensor") || arguments.has("slice") {
      throw .usage(
        "--tensor and --slice choose a part of the file that --weights names",
        command: arguments.command)
    }
    outputFolder = arguments.value("out") ?? "Output"
    if outputFolder.isEmpty {
      throw .usage("--out needs a name", command: arguments.command)
    }
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
  /// The formats of a list, each among those that are known; all but animations where none was given.
  func formats(
    among known: [FigureFormat] = FigureFormat.allCases
  ) throws(ToolError) -> [FigureFormat] {
    guard let list = value("format") else { return FigureFormat.stills }
    var formats: [FigureFormat] = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let format = known.first(where: { $0.rawValue == word }) else {
        throw .usage(
          "--format is a list of \(known.map(\.rawValue).joined(separator: ", ")), and “\(word)” is none of them",
          command: command)
      }
      if !formats.contains(format) { formats.append(format) }
    }
    return formats
  }

  fileprivate func frameTime() throws(ToolError) -> Double? {
    guard let word = value("frame-time") else { return nil }
    guard let seconds = Double(word), (0.1...60).contains(seconds) else {
      throw .usage(
        "--frame-time is a number of seconds from 0.1 to 60, not “\(word)”", command: command)
    }
    return seconds
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
      throw .usage("--\(given[0].0) and --\(given[1].0) exclude each other", command: command)
    }
    return given.first?.1 ?? .automatic
  }
}

extension RunOptions {
  /// The formats in which every step has a file.
  var stillFormats: [FigureFormat] { formats.filter(FigureFormat.stills.contains) }

  /// The words of the figures.
  func words(_ tool: Tool) -> Words {
    Words(
      language ?? .preferred(in: tool.environment),
      numbers: decimalMark.map { NumberFormat(decimalMark: $0) })
  }

  /// How the figures look.
  func look(_ tool: Tool) throws -> FigureLook {
    FigureLook(
      preset: preset, theme: theme, words: words(tool), resolution: resolution.map(Double.init),
      isTransparent: isTransparent, showsCaptions: showsCaptions, svgText: svgText,
      frameTime: frameTime ?? FigureLook.usualFrameTime,
      timestamp: try FigureMetadata.timestamp(in: tool.environment))
  }
}
