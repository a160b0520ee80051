internal import Course
internal import Datasets
internal import Demonstrations
internal import Drawing
internal import Experiments
internal import Interchange
internal import Training

/// What `train` says about a run, and keeps beside its results.
struct TrainingReport {
  let settings: TrainingSettings
  let log: TrainingLog
  let scores: [Score]
  let measures: [Measure]
  /// What the model writes, where it learned to write.
  let sample: String?
  let memory: TrainingMemory
  /// The numbers of weights of the model, and of those that were trained.
  let parameters: (all: Int, trained: Int)
  let ending: TrainingLoop.Ending
  /// The step after which the weights were as they are kept.
  let keptStep: Int

  /// Why the run failed, if it did.
  var stop: String? {
    if case .failed(let error) = ending { "\(error)" } else { nil }
  }

  /// Which weights are kept, in English as complaints are.
  var keptText: String {
    settings.keep == .best && !log.measurements.isEmpty
      ? "the best weights, those of step \(keptStep), are kept"
      : "the last weights with a finite loss are kept"
  }

  func lines(_ words: Words) -> [String] {
    let source = printable(settings.source.name)
    var lines = [
      words.say(
        es: "\(source), \(settings.method.rawValue): \(words.integer(log.steps.count)) pasos de "
          + "\(words.integer(settings.batch)) ejemplos; se entrenan "
          + "\(words.integer(parameters.trained)) de \(words.integer(parameters.all)) números",
        en: "\(source), \(settings.method.rawValue): \(words.integer(log.steps.count)) steps of "
          + "\(words.integer(settings.batch)) examples; "
          + "\(words.integer(parameters.trained)) of \(words.integer(parameters.all)) numbers are "
          + "trained")
    ]
    if let first = log.steps.first, let last = log.steps.last {
      let (from, to) = (first.loss, last.loss)
      lines.append(
        words.say(es: "pérdida: ", en: "loss: ")
          + words.numbers.significant(Double(from), digits: 3) + " → "
          + words.numbers.significant(Double(to), digits: 3))
    }
    if let line = heldOutLine(words) { lines.append(line) }
    if !scores.isEmpty { lines += ["", ScoreText.lines(scores, words)] }
    if !measures.isEmpty { lines += [""] + measures.map { $0.line(words) } }
    if let sample {
      lines.append("")
      lines += sample.split(separator: "\n", omittingEmptySubsequences: false).map {
        printable(String($0), limit: .max)
      }
    }
    return lines
  }

  /// How the loss on what was set apart went, and which weights are kept.
  private func heldOutLine(_ words: Words) -> String? {
    guard let best = log.best, let last = log.measurements.last else { return nil }
    func text(_ loss: Float) -> String { words.numbers.significant(Double(loss), digits: 3) }
    let (step, kept) = (words.integer(best.step), words.integer(keptStep))
    let early =
      ending == .noBetter
      ? words.say(
        es: "; se ha parado antes porque ya no mejoraba",
        en: "; it stopped early, as nothing better came") : ""
    return words.say(
      es:
        "en lo apartado: \(text(best.loss)) en el paso \(step), la mejor, y \(text(last.loss)) al "
        + "final; quedan los pesos del paso \(kept)",
      en: "on what was set apart: \(text(best.loss)) at step \(step), the best, and "
        + "\(text(last.loss)) at the end; the weights of step \(kept) are kept") + early
  }

  var json: [(String, JSONNode)] {
    let rest: [(String, JSONNode)] =
      [
        ("parameters", .integer(parameters.all)),
        ("trainedParameters", .integer(parameters.trained)),
        ("stepsDone", .integer(log.steps.count)),
        ("firstLoss", .optional(log.steps.first.map { Double($0.loss) })),
        ("lastLoss", .optional(log.steps.last.map { Double($0.loss) })),
        ("stopped", stop.map(JSONNode.string) ?? JSONNode(.null)),
        ("keptStep", .integer(keptStep)),
      ] + heldOut + [
        ("scores", ScoreText.json(scores)), ("measures", Measure.json(measures)),
        ("sample", sample.map(JSONNode.string) ?? JSONNode(.null)),
        (
          "memoryBytes",
          .object([
            ("base", .integer(memory.base)), ("adapter", .integer(memory.adapter)),
            ("gradients", .integer(memory.gradients)), ("optimizer", .integer(memory.optimizer)),
            ("activations", .integer(memory.activations)),
            // Scratch space is left out: it grows with the threads, and a run's files do not.
            ("weightBuffer", .integer(memory.weightBuffer)),
          ])
        ),
      ]
    return settings.json + rest
  }

  private var heldOut: [(String, JSONNode)] {
    guard let best = log.best, let last = log.measurements.last else { return [] }
    return [
      ("stoppedEarly", JSONNode(.boolean(ending == .noBetter))),
      ("bestStep", .integer(best.step)), ("bestValidationLoss", .number(Double(best.loss))),
      ("lastValidationLoss", .number(Double(last.loss))),
    ]
  }
}

/// Scores for people and for programs.
enum ScoreText {
  static func lines(_ scores: [Score], _ words: Words) -> String {
    ColumnText(
      words: words,
      head: [
        words.say(es: "bien", en: "right"), words.say(es: "de", en: "of"), "%",
        words.say(es: "preguntas", en: "questions"),
      ],
      rows: scores.map { score in
        [
          .integer(score.right), .integer(score.total), .percentage(score.share, decimals: 1),
          .code(
            name(score, words)
              + (score.isHeldOut ? "" : words.say(es: " (de memoria)", en: " (learned by heart)"))),
        ]
      }
    ).lines.joined(separator: "\n")
  }

  /// What was asked.
  private static func name(_ score: Score, _ words: Words) -> String { name(score.group, words) }

  static func name(_ group: String, _ words: Words) -> String {
    switch group {
    case Score.heldOut: words.say(es: "apartadas", en: "held out")
    case Score.asked: words.say(es: "preguntadas", en: "asked")
    default:
      Exercise.Subject(rawValue: group).map { $0.name(words) } ?? printable(group)
    }
  }

  /// The scores as bars.
  static func picture(_ scores: [Score]) -> Picture {
    ScoreBars(
      rows: scores.map { score in
        ScoreBars.Row(
          name: Phrase(es: name(score, Words(.spanish)), en: name(score, Words(.english))),
          right: score.right, total: score.total, isByHeart: !score.isHeldOut)
      }
    ).picture
  }

  static func json(_ scores: [Score]) -> JSONNode {
    .array(
      scores.map { score in
        .object([
          ("questions", .string(score.group)), ("right", .integer(score.right)),
          ("total", .integer(score.total)), ("share", .optional(score.share)),
          ("heldOut", JSONNode(.boolean(score.isHeldOut))),
        ])
      })
  }
}

extension Exercise.Subject {
  /// What the exercises are, in words.
  func name(_ words: Words) -> String {
    switch self {
    case .addition: words.say(es: "sumas", en: "additions")
    case .subtraction: words.say(es: "restas", en: "subtractions")
    case .multiplication: words.say(es: "multiplicaciones", en: "multiplications")
    case .division: words.say(es: "divisiones", en: "divisions")
    }
  }
}
