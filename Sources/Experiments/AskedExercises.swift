internal import Autograd
internal import Datasets
internal import Models

/// Exercises that no model has learned, and the times tables, on which functions of models are compared.
struct AskedExercises {
  private let sequences: TokenSequences

  /// - Throws: `DatasetError`.
  init(_ subjects: [Exercise.Subject]) throws {
    var exercises: [Exercise] = []
    for subject in subjects {
      let sets = try LanguageData.sets(of: subject)
      exercises += subject == LanguageData.learnedByHeart ? sets.train : sets.heldOut
    }
    sequences = try SchoolExam().sequences(
      of: exercises, length: SchoolExam().longestSequence(of: subjects))
  }

  /// What a model says.
  ///
  /// - Throws: `ModelError` or `TrainingError`.
  func answers(of model: Transformer, threads: Threads) throws -> Answers {
    let answers = try ForcedAnswers(model, sequences, threads: threads)
    return Answers(result: answers.result(), logits: answers.logits())
  }
}

/// How well a model answers, and its logits at every place of the answers.
struct Answers {
  let result: ForcedAnswers.Result
  let logits: [Float]

  /// How far the logits are from those of another model: ‖L − L*‖ / ‖L*‖ over all places.
  func error(to truth: Answers) -> Double {
    var (difference, size) = (0.0, 0.0)
    for (found, wanted) in zip(logits, truth.logits) {
      difference += (Double(found) - Double(wanted)) * (Double(found) - Double(wanted))
      size += Double(wanted) * Double(wanted)
    }
    return (difference / max(size, .leastNormalMagnitude)).squareRoot()
  }
}
