internal import Course
internal import Interchange

extension SettingValues {
  /// What a command line says: the file of `--config`, and the options, which count more.
  ///
  /// - Returns: The settings, and the file's whole object if there is one.
  /// - Throws: `ToolError`, or `InterchangeError.unreadable`.
  static func of(
    _ arguments: ParsedArguments, _ tool: Tool
  ) throws -> (values: SettingValues, file: JSONNode?) {
    var values = SettingValues()
    var file: JSONNode?
    if let path = arguments.value("config") {
      let read = try read(
        Paths.joined(tool.workingDirectory, path), shown: path,
        besides: RunConfiguration.figureNames)
      (values, file) = (read.values, read.json)
    }
    switch (arguments.argument(0), arguments.value("data")) {
    case (nil, nil): break
    case (_?, _?):
      throw ToolError.usage("train takes a preset or --data, not both", command: "train")
    case (let name?, nil):
      try values.set(TrainingSetting.task, .string(name))
    case (nil, let path?):
      guard TrainingSettings.Source.isFile(path) else {
        throw ToolError.usage(
          "--data is a .csv, .txt or .jsonl file, not “\(printable(path))”", command: "train")
      }
      try values.set(TrainingSetting.task, .string(path))
    }
    try values.take(arguments)
    return (values, file)
  }
}
