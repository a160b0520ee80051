public import Datasets
public import Training

/// What a transformer learns, and what it is asked afterwards.
public struct LanguageData {
  public let tokenizer: CharacterTokenizer
  public let sequences: TokenSequences
  public let questions: [PromptAnswer]
  /// What is neither learned nor asked at the end, to be measured on while training goes; nothing unless
  /// that was asked for.
  public private(set) var validation: (sequences: TokenSequences, questions: [PromptAnswer])?
  /// What was set apart from a file or a text to measure the loss on at the end; nothing for the exam, and
  /// for a file with a single line.
  public private(set) var heldOut: TokenSequences?

  /// The seed of the choice of held-out exercises: always the same, so that no model has ever learned
  /// what another is asked.
  private static let examSeed: UInt64 = 0
  /// The number of held-out exercises of a subject.
  private static let heldOut = 500
  /// The most examples of a subject, or lines of a file, that are measured on while training goes.
  private static let mostValidated = 200
  /// Learned as a whole and asked as a whole.
  public static let learnedByHeart = Exercise.Subject.multiplication

  /// Longer sequences are nothing for a toy model, and would take memory without end.
  private static let longestSequence = 1024

  /// What is asked about some subjects.
  public static func questions(
    of subjects: [Exercise.Subject]
  ) throws(DatasetError) -> [PromptAnswer] {
    var questions: [PromptAnswer] = []
    for subject in subjects {
      let sets = try sets(of: subject)
      let asked = subject == learnedByHeart ? sets.train : sets.heldOut
      questions += asked.map {
        PromptAnswer(group: subject.rawValue, prompt: $0.prompt, answer: $0.answer)
      }
    }
    return questions
  }

  /// The exercises of a subject: those to learn from, and those held out from every model.
  static func sets(of subject: Exercise.Subject) throws(DatasetError) -> SchoolExam.Sets {
    try SchoolExam().exercises(
      of: subject, heldOut: subject == learnedByHeart ? 0 : heldOut, seed: examSeed)
  }

  /// The school exam; every subject comes as often as the one with the most exercises.
  ///
  /// - Parameters:
  ///   - subjects: What is learned.
  ///   - setsApart: Whether some exercises are left for ``validation``; there are none of what is learned
  ///     by heart.
  /// - Throws: `DatasetError`.
  public init(exam subjects: [Exercise.Subject], setsApart: Bool = false) throws(DatasetError) {
    var all: [[Exercise]] = []
    var apart: [(subject: Exercise.Subject, exercise: Exercise)] = []
    for subject in subjects {
      let train = try Self.sets(of: subject).train
      let count =
        setsApart && subject != Self.learnedByHeart ? min(train.count / 10, Self.mostValidated) : 0
      apart += train[..<count].map { (subject, $0) }
      all.append(Array(train[count...]))
    }
    if !apart.isEmpty {
      validation = (
        sequences: try SchoolExam().sequences(of: apart.map(\.exercise)),
        questions: apart.map {
          PromptAnswer(
            group: $0.subject.rawValue, prompt: $0.exercise.prompt, answer: $0.exercise.answer)
        }
      )
    }
    let most = all.map(\.count).max() ?? 0
    let exercises = all.flatMap { set in (0..<most).map { set[$0 % set.count] } }
    tokenizer = .exam
    sequences = try SchoolExam().sequences(of: exercises)
    questions = try Self.questions(of: subjects)
  }

  /// Prompts and completions of a file, of which a tenth is held out.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - tokenizer: The vocabulary of the base; nothing for that of the file.
  ///   - seed: The seed of the choice.
  ///   - setsApart: Whether another tenth is left for ``validation``.
  /// - Throws: `DatasetError` with the lines that are wrong.
  public init(
    path: String, tokenizer: CharacterTokenizer?, seed: UInt64, setsApart: Bool = false
  ) throws(DatasetError) {
    let file = try PromptCompletions(path: path)
    let tokenizer = tokenizer ?? file.tokenizer
    let longest = file.pairs.reduce(0) {
      max($0, $1.prompt.unicodeScalars.count + $1.completion.unicodeScalars.count + 2)
    }
    // With a limit below the longest pair, the lines that are too long are named.
    let all = try file.sequences(tokenizer: tokenizer, length: min(longest, Self.longestSequence))
    let order = EpochOrder.indices(of: file.pairs.count, seed: seed, epoch: 0)
    let heldOut = order.count > 1 ? max(order.count / 10, 1) : 0
    self.tokenizer = tokenizer
    func questions(_ lines: ArraySlice<Int>) -> [PromptAnswer] {
      lines.map {
        PromptAnswer(
          group: Score.heldOut, prompt: file.pairs[$0].prompt, answer: file.pairs[$0].completion)
      }
    }
    let apart = setsApart && order.count > 2 ? min(heldOut, Self.mostValidated) : 0
    let learned = order[(heldOut + apart)...]
    sequences = all[learned]
    self.questions = questions(order[..<heldOut])
    if heldOut > 0 { self.heldOut = all[order[..<heldOut]] }
    if apart > 0 {
      let lines = order[heldOut..<heldOut + apart]
      validation = (sequences: all[lines], questions: questions(lines))
    }
  }

  /// The tokens of a window of text, beginning included.
  public static let textLength = 96
  /// The share of a text, at its end, that is held out.
  private static let textShare = 0.1

  /// A text, of whose end a tenth is held out.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - path: The file that it comes from, for messages.
  ///   - tokenizer: The vocabulary of the base; nothing for that of the text.
  ///   - length: The tokens of a window; in a short text they are fewer.
  ///   - setsApart: Whether another tenth is left for ``validation``.
  /// - Throws: `DatasetError` for a text that is too short, or with the lines that are wrong.
  public init(
    text: String, path: String, tokenizer: CharacterTokenizer?, length: Int,
    setsApart: Bool = false
  ) throws(DatasetError) {
    // A fifth of the text is the least that is set apart, and it has to fill a window.
    let fitting = min(length, max(text.unicodeScalars.count / (setsApart ? 4 : 3), 8))
    let whole = try CharacterText(
      text: text, path: path, length: fitting, validationShare: Self.textShare,
      tokenizer: tokenizer, hasBeginning: true)
    self.tokenizer = whole.tokenizer
    questions = []
    heldOut = whole.validation
    guard setsApart, whole.train.count > 1 else {
      sequences = whole.train
      return
    }
    let count = min(max(whole.train.count / 10, 1), Self.mostValidated)
    sequences = whole.train[0..<whole.train.count - count]
    validation = (
      sequences: whole.train[whole.train.count - count..<whole.train.count], questions: []
    )
  }

  /// All lines of a file, to examine a model with.
  ///
  /// - Throws: `DatasetError` with the lines that are wrong.
  public init(examining path: String, tokenizer: CharacterTokenizer) throws(DatasetError) {
    let file = try PromptCompletions(path: path)
    let longest = file.pairs.reduce(0) {
      max($0, $1.prompt.unicodeScalars.count + $1.completion.unicodeScalars.count + 2)
    }
    self.tokenizer = tokenizer
    sequences = try file.sequences(
      tokenizer: tokenizer, length: min(longest, Self.longestSequence))
    heldOut = sequences
    questions = file.pairs.map {
      PromptAnswer(group: Score.asked, prompt: $0.prompt, answer: $0.completion)
    }
  }

  /// A whole text, to examine a model with.
  ///
  /// - Throws: `DatasetError` for a text that is too short, or with the lines that are wrong.
  public init(
    examining text: String, path: String, tokenizer: CharacterTokenizer, length: Int
  ) throws(DatasetError) {
    let whole = try CharacterText(
      text: text, path: path, length: min(length, max(text.unicodeScalars.count, 8)),
      validationShare: 0, tokenizer: tokenizer, hasBeginning: true)
    self.tokenizer = tokenizer
    sequences = whole.train
    heldOut = sequences
    questions = []
  }

  /// What was held out, as the trainer takes it.
  public func heldOutExamples() throws(TrainingError) -> LanguageExamples? {
    guard let heldOut, heldOut.count > 0 else { return nil }
    return try LanguageExamples(heldOut)
  }

  /// The sequences as the trainer takes them.
  public func examples() throws(TrainingError) -> LanguageExamples {
    try LanguageExamples(sequences)
  }

  /// What is measured on while training goes, as the trainer takes it.
  public func validationExamples() throws(TrainingError) -> LanguageExamples? {
    guard let validation else { return nil }
    return try LanguageExamples(validation.sequences)
  }
}
