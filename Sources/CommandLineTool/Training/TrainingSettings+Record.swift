internal import Course

extension TrainingSettings {
  /// The settings that `train` wrote down in `training.json`, checked as those of a command line are.
  ///
  /// - Parameters:
  ///   - record: What the file says.
  ///   - data: Where the file of the user's lies now; nothing for where it was.
  /// - Throws: `ToolError.usage` for what `train` would not take.
  init(record: JSONNode, data: String? = nil) throws(ToolError) {
    var words: [String] = []
    func add(_ option: String, _ name: String) throws(ToolError) {
      guard let member = record[name] else { return }
      switch member.content {
      case .string(let text), .number(let text): words += ["--\(option)=\(text)"]
      case .array(let elements):
        let texts = elements.compactMap(\.text)
        if texts.count == elements.count {
          words += ["--\(option)=\(texts.joined(separator: ","))"]
          return
        }
        fallthrough
      default: throw .usage("“\(name)” is not what train writes")
      }
    }
    guard let task = record["task"]?.text else {
      throw .usage("it has no “task”, and was not written by train")
    }
    if ["exam", "moons"].contains(task) { words.append(task) } else {
      words.append("--data=\(data ?? task)")
    }
    for (option, name) in [
      ("method", "method"), ("base", "base"), ("subject", "subjects"), ("rank", "rank"),
      ("alpha", "alpha"), ("lr", "learningRate"), ("steps", "steps"), ("batch", "batch"),
      ("seed", "seed"),
    ] { try add(option, name) }
    if record["targets"]?.elements?.first?.text != "all-linear" { try add("targets", "targets") }
    try self.init(ParsedArguments(words, TrainCommand.configuration))
  }
}
