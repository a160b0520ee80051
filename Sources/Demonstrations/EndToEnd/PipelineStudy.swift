internal import Drawing
internal import Experiments
internal import Models

/// What the way of the base model gave, read from its record.
struct PipelineStudy: Sendable {
  static let parameters = [
    Parameter(
      "steps", Phrase(es: "pasos del adaptador", en: "steps of the adapter"), default: 2400,
      range: 20...20_000)
  ]

  /// Right answers of a stage: the three old subjects together, and divisions.
  struct Scores: Sendable {
    let old, oldTotal, new, newTotal: Int

    var oldShare: Double { oldTotal == 0 ? 0 : Double(old) / Double(oldTotal) }
    var newShare: Double { newTotal == 0 ? 0 : Double(new) / Double(newTotal) }
  }

  /// A folder: the bytes of its tensors and of all files, and how many tensors there are.
  struct Files: Sendable {
    let tensorBytes, bytes, tensors: Int
  }

  let experiment: ExamPipeline
  let isQuick: Bool
  /// By seed, that of the commands first, what the model of each stage answers.
  let runs: [[ExamPipeline.Stage: Scores]]
  let files: [ExamPipeline.Output: Files]
  let losses, layerErrors: [Double]
  let trainedParameters: Int
  let updateSize: Double

  static func experiment(
    _ demonstration: some Demonstration, _ input: DemonstrationInput
  ) throws -> ExamPipeline {
    let steps = try demonstration.whole("steps", in: input)
    return ExamPipeline(steps: input.isQuick ? max(steps / 8, 20) : steps, seed: input.seed)
  }

  /// The way of the commands, and then what other seeds end with.
  static func repetitions(
    _ demonstration: some Demonstration, _ input: DemonstrationInput
  ) throws -> [ExamPipeline] {
    let first = try experiment(demonstration, input)
    return [first]
      + input.trainingSeeds().dropFirst().map { seed in
        var other = first
        (other.seed, other.isScoresAlone) = (seed, true)
        return other
      }
  }

  /// Reads what was measured, of one seed or of all.
  init(
    _ demonstration: some Demonstration, _ input: DemonstrationInput, isRepeated: Bool = false
  ) throws {
    let all = try Self.repetitions(demonstration, input)
    experiment = all[0]
    isQuick = input.isQuick
    let record = try input.record(of: experiment)
    let first = try Self.scores(record, ExamPipeline.Stage.allCases)
    let repeated = isRepeated ? Array(all.dropFirst()) : []
    let others = try repeated.map {
      try Self.scores(
        input.record(of: $0), ExamPipeline.Stage.allCases.filter { !$0.isBeforeTraining })
    }
    // Before the training all seeds are one.
    runs = [first] + others.map { first.merging($0) { $1 } }
    var files: [ExamPipeline.Output: Files] = [:]
    for output in ExamPipeline.Output.allCases {
      let name = ExamPipeline.filesName(output)
      let list = try record.list(name).map { Int($0) }
      guard list.count == 3 else { throw ExperimentError.missing(name: name) }
      files[output] = Files(tensorBytes: list[0], bytes: list[1], tensors: list[2])
    }
    self.files = files
    losses = try record.list(ExamPipeline.Measure.losses.rawValue)
    layerErrors = try record.list(ExamPipeline.Measure.layerErrors.rawValue)
    trainedParameters = Int(try record.number(ExamPipeline.Measure.trainedParameters.rawValue))
    updateSize = try record.number(ExamPipeline.Measure.updateSize.rawValue)
  }

  private static func scores(
    _ record: ExperimentRecord, _ stages: [ExamPipeline.Stage]
  ) throws -> [ExamPipeline.Stage: Scores] {
    var scores: [ExamPipeline.Stage: Scores] = [:]
    for stage in stages {
      let name = ExamPipeline.scoresName(stage)
      let list = try record.list(name).map { Int($0) }
      guard list.count == 8 else { throw ExperimentError.missing(name: name) }
      scores[stage] = Scores(
        old: list[0] + list[2] + list[4], oldTotal: list[1] + list[3] + list[5], new: list[6],
        newTotal: list[7])
    }
    return scores
  }

  /// What the model of a stage answers with the seed of the commands.
  func score(_ stage: ExamPipeline.Stage) -> Scores { scores(stage)[0] }
  /// The same with every seed.
  func scores(_ stage: ExamPipeline.Stage) -> [Scores] {
    runs.map { $0[stage] ?? Scores(old: 0, oldTotal: 0, new: 0, newTotal: 0) }
  }

  /// Whether two stages compare in one way with every seed.
  func always(
    _ one: ExamPipeline.Stage, _ other: ExamPipeline.Stage, _ isSo: (Scores, Scores) -> Bool
  ) -> Bool {
    zip(scores(one), scores(other)).allSatisfy(isSo)
  }
  func file(_ output: ExamPipeline.Output) -> Files {
    files[output] ?? Files(tensorBytes: 0, bytes: 0, tensors: 0)
  }

  /// The numbers of all weights of the model.
  static var parameterCount: Int {
    LanguageModel.courseConfiguration.weightShapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// The values that every step has.
  var named: [String: Value] {
    var values: [String: Value] = [
      "steps": .integer(experiment.steps), "batch": .integer(experiment.batch),
      "rank": .integer(experiment.rank), "alpha": .integer(Int(experiment.alpha)),
      "seed": .integer(Int(clamping: experiment.seed)), "seeds": .integer(runs.count),
      "weights": .integer(Self.parameterCount), "trained": .integer(trainedParameters),
      "new_total": .integer(score(.base).newTotal), "old_total": .integer(score(.base).oldTotal),
    ]
    for stage in ExamPipeline.Stage.allCases {
      let key = stage.rawValue.split(separator: " ").joined(separator: "_")
      values["new_\(key)"] = .integer(score(stage).new)
      values["old_\(key)"] = .integer(score(stage).old)
      values["new_share_\(key)"] = .percentage(score(stage).newShare, decimals: 1)
      values["old_share_\(key)"] = .percentage(score(stage).oldShare, decimals: 1)
      guard !stage.isBeforeTraining else { continue }
      let all = scores(stage)
      values["new_least_\(key)"] = .integer(all.map(\.new).min() ?? 0)
      values["new_most_\(key)"] = .integer(all.map(\.new).max() ?? 0)
    }
    for output in ExamPipeline.Output.allCases {
      values["bytes_\(output.rawValue)"] = .integer(file(output).tensorBytes)
      values["tensors_\(output.rawValue)"] = .integer(file(output).tensors)
    }
    return values
  }

  static func name(_ stage: ExamPipeline.Stage) -> Phrase {
    switch stage {
    case .base: Phrase(es: "base", en: "base")
    case .quantized: Phrase(es: "base en 4 bits", en: "base in 4 bits")
    case .adapted: Phrase(es: "4 bits y adaptador", en: "4 bits and adapter")
    case .merged: Phrase(es: "fusionado, 32 bits", en: "merged, 32 bits")
    case .mergedElsewhere: Phrase(es: "fusionado en la original", en: "merged into the original")
    case .requantized: Phrase(es: "fusionado, a 4 bits", en: "merged, to 4 bits")
    }
  }

  /// What stands below a picture: how often it was done, and whether less was trained.
  func note(_ words: Words, isShort: Bool) -> String {
    var parts: [String] = []
    if isQuick {
      parts.append(
        words.say(
          es: "versión rápida: \(experiment.steps) pasos",
          en: "quick version: \(experiment.steps) steps"))
    }
    if runs.count > 1, !isShort {
      parts.append(
        words.say(
          es:
            "barras: la semilla \(experiment.seed), la de las órdenes; marcas: las \(runs.count) semillas",
          en: "bars: seed \(experiment.seed), that of the commands; ticks: all \(runs.count) seeds")
      )
    }
    return parts.joined(separator: "; ")
  }

  /// The scores of some stages as a table; where there are several seeds, with the range of each.
  func table(_ stages: [ExamPipeline.Stage]) -> DataTable {
    let seeds =
      runs.count > 1
      ? [Phrase(es: "\(runs.count) semillas", en: "\(runs.count) seeds")] : []
    return DataTable(
      id: "scores", title: Phrase(es: "respuestas exactas", en: "exact answers"),
      columns: [
        Phrase(es: "modelo", en: "model"), Phrase(es: "divisiones", en: "divisions"),
      ] + seeds + [Phrase(es: "de", en: "of"), Phrase(es: "lo anterior", en: "old subjects")]
        + seeds + [Phrase(es: "de", en: "of")],
      rows: stages.map { stage in
        let scores = score(stage)
        let new: [DataTable.Cell] =
          [.init(.integer(scores.new))] + range(stage, \.new) + [.init(.integer(scores.newTotal))]
        let old: [DataTable.Cell] =
          [.init(.integer(scores.old))] + range(stage, \.old) + [.init(.integer(scores.oldTotal))]
        return [.init(.words(Self.name(stage)))] + new + old
      })
  }

  /// The least and the greatest count over the seeds.
  private func range(
    _ stage: ExamPipeline.Stage, _ count: (Scores) -> Int
  ) -> [DataTable.Cell] {
    guard runs.count > 1 else { return [] }
    let counts = scores(stage).map(count)
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    return [.init(.code(least == most ? "\(least)" : "\(least)–\(most)"))]
  }
}
