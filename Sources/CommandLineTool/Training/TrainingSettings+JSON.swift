internal import Course
internal import Datasets
internal import Interchange
internal import Training

extension TrainingSettings {
  /// The options of a command that trains, with that of the user's data.
  static let options: [CommandConfiguration.Option] =
    [.init("data", "FILE", "your own: a .csv table, a .txt, or .jsonl of prompt and completion")]
    + TrainingSetting.all.map(\.option)

  /// The settings of a JSON object, such as the ones that `train` writes.
  ///
  /// - Parameters:
  ///   - json: The object.
  ///   - file: The file it comes from, as the user wrote it.
  ///   - known: The names of members that are no settings, and may be there.
  /// - Throws: `ToolError` with the line of what is wrong.
  init(json: JSONNode, file: String, besides known: Set<String> = []) throws(ToolError) {
    try self.init(SettingValues(json, file: file, besides: known))
  }

  /// The settings that `train` wrote down in `training.json`, among what it measured.
  ///
  /// - Parameters:
  ///   - record: What the file says.
  ///   - data: Where the file of the user's lies now; nothing for where it was.
  /// - Throws: `ToolError.usage` for what `train` would not take.
  init(record: JSONNode, data: String? = nil) throws(ToolError) {
    guard case .object(let members) = record.content, record[TrainingSetting.task]?.text != nil
    else { throw .usage("it has no “task”, and was not written by train") }
    var values = SettingValues()
    for member in members {
      let isNothing = member.value.content == .null && member.name != "clip"
      let isSetting =
        TrainingSetting.named(member.name) != nil || member.name == TrainingSetting.task
      if isSetting, !isNothing { try values.set(member.name, member.value) }
    }
    if let data, let task = record[TrainingSetting.task]?.text,
      !Source.presets.contains(where: { $0.name == task })
    {
      try values.set(TrainingSetting.task, .string(data))
    }
    try self.init(values)
  }

  /// The settings of the trainer.
  var trainer: TrainingConfiguration {
    TrainingConfiguration(
      steps: steps, learningRate: learningRate,
      optimizer: optimizer == .adamw
        ? .adamW(weightDecay: weightDecay) : .sgd(momentum: momentum, weightDecay: weightDecay),
      schedule: schedule, clip: clip, accumulation: accumulation, loraPlusRatio: loraPlusRatio,
      shuffleSeed: seed)
  }

  /// All settings by their names; those that say nothing here are left out.
  var json: [(String, JSONNode)] {
    var members: [(String, JSONNode)] = [
      (TrainingSetting.task, .string(source.name)), ("method", .string(method.rawValue)),
    ]
    if source == .exam {
      members.append(("subjects", .array(subjects.map { .string($0.rawValue) })))
    }
    if let base { members.append(("base", .string(base))) }
    if method.isAdapter {
      members += [
        ("rank", .integer(rank)), ("alpha", .number(alpha)),
      ]
      if source != .knownRank {
        members.append(("targets", .array((targets ?? [Self.allLayers]).map(JSONNode.string))))
      }
      members += [
        ("init", .string(start.rawValue)), ("dropout", .number(dropout)),
        ("rankStabilized", JSONNode(.boolean(isRankStabilized))),
        ("dora", JSONNode(.boolean(usesDoRA))), ("loraPlusRatio", .number(loraPlusRatio)),
      ]
    }
    members += [
      ("optimizer", .string(optimizer.rawValue)), ("learningRate", .number(learningRate)),
    ]
    if optimizer == .sgd { members.append(("momentum", .number(momentum))) }
    members += [
      ("weightDecay", .number(weightDecay)), ("schedule", .string(schedule.shape.rawValue)),
      ("warmUpSteps", .integer(schedule.warmUpSteps)), ("clip", .optional(clip)),
      ("steps", .integer(steps)), ("batch", .integer(batch)),
      ("accumulation", .integer(accumulation)),
    ]
    if let validateEvery { members.append(("validateEvery", .integer(validateEvery))) }
    if let patience { members.append(("patience", .integer(patience))) }
    return members + [("keep", .string(keep.rawValue)), ("seed", .integer(seed))]
  }
}
