internal import Course
internal import Demonstrations
internal import Drawing

/// Runs a lesson: computes it, draws it and tells it.
struct RunCommand: Command {
  static let configuration = CommandConfiguration(
    name: "run", summary: "run a lesson: compute it, draw its figures and tell it",
    arguments: [.init(name: "lesson", summary: "the lesson, as list names it", isRequired: false)],
    options: [
      .init("all", nil, "run all lessons"),
      .init("step", "N|ID", "one step, by its number or its id"),
      .init("steps", "N-M", "a range of steps"),
      .init("lang", "es|en", "the language; else that of the locale, else Spanish"),
      .init("for", "PRESET", "slide, beamer, column, text or web: the size of the figures"),
      .init("theme", "THEME", "light, dark or print: the colours of the figures"),
      .init("format", "LIST", "png, svg, pdf, webp, with commas; the first three if not said"),
      .init("dpi", "N", "pixels per inch of PNG and WebP files"),
      .init("decimal", "comma|point", "the decimal mark; else the language's"),
      .init("transparent", nil, "leave out the background of the figures"),
      .init("caption", nil, "write the captions below the pictures"),
      .init("svg-text", "KIND", "outlines, or live for text that can be selected and edited"),
      .init("frame-time", "SECONDS", "how long the WebP animation shows each step; else 2.5"),
      .init("set", "NAME=N", "set a parameter; may stand more than once", repeats: true),
      .init("seed", "N", "the seed of random numbers"),
      .init("quick", nil, "where a lesson trains: fewer and shorter runs; the figures say so"),
      .init("retrain", nil, "where a lesson trains: do it again, whatever results are kept"),
      .init("weights", "FILE", "work on weights of yours: .csv, .npy or .safetensors"),
      .init("tensor", "NAME", "the tensor in that file"),
      .init("slice", "R,C", "the rows and columns of it, such as 0:16,0:16"),
      .init("out", letter: "o", "DIR", "the folder of the files; Output if not said"),
      .init("interactive", nil, "step by step, even where the output is no terminal"),
      .init("plain", nil, "plain text from first to last, even on a terminal"),
      .init("quiet", nil, "print the paths of the files and nothing else"),
      .init("json", nil, "print what was computed as JSON"),
      .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: [
      "\(Tool.name) run quantization",
      "\(Tool.name) run quantization --step 3 --lang en --for beamer --format pdf",
      "\(Tool.name) run quantization --weights weights.npy --slice 0:16,0:16",
    ])

  let options: RunOptions

  init(_ arguments: ParsedArguments) throws(ToolError) { options = try RunOptions(arguments) }

  func run(_ tool: Tool) throws -> ExitCode {
    if options.manner == .interactive, tool.terminal == nil {
      throw ToolError.usage(
        "--interactive needs a terminal to read keys from; --plain tells the lesson as text",
        command: "run")
    }
    let catalogue = try tool.catalogue(options.lessonsFolder)
    let weights = try options.readWeights(tool)
    let lessons: [Lesson]
    if let id = options.lesson {
      lessons = [try catalogue.lesson(id, for: "run")]
    } else {
      // In course order, and with the findings of the one that cannot be run.
      lessons = try catalogue.ids.map { try catalogue.lesson($0) }
        .sorted { ($0.plan.order, $0.plan.id) < ($1.plan.order, $1.plan.id) }
    }
    // Everything is computed and drawn before the first file is written.
    let runs = try lessons.map {
      try LessonRun(lesson: $0, options: options, weights: weights, tool)
    }
    let drawn = try runs.map { try $0.draw() }
    let paths = try zip(runs, drawn).map { try $0.output.write($1, tool) }
    if options.lesson == nil, options.manner == .json {
      tool.print(JSONNode.array(zip(runs, paths).map { $0.json($1) }).serialized())
      return .success
    }
    for (run, paths) in zip(runs, paths) {
      guard try run.tell(paths: paths) else { break }
    }
    return .success
  }
}
