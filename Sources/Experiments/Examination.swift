public import Autograd
public import Datasets
public import Models

/// A question that a trained transformer is asked, and the right answer.
public struct PromptAnswer: Equatable {
  /// The subject, or another name of those that are counted together.
  public var group: String
  public var prompt: String
  public var answer: String

  public init(group: String, prompt: String, answer: String) {
    self.group = group
    self.prompt = prompt
    self.answer = answer
  }
}

/// How many questions of a group were answered exactly.
public struct Score: Equatable {
  /// The group of what was set apart from a file or a toy task.
  public static let heldOut = "held out"

  /// The group of what a user asks about.
  public static let asked = "asked"

  public var group: String
  public var right: Int
  public var total: Int
  /// Whether they were held out; the times tables are learned by heart.
  public var isHeldOut: Bool

  public init(group: String, right: Int, total: Int, isHeldOut: Bool = true) {
    self.group = group
    self.right = right
    self.total = total
    self.isHeldOut = isHeldOut
  }

  public var share: Double { total == 0 ? 0 : Double(right) / Double(total) }
}

/// Asks a model questions.
public struct Examination {
  public let model: Transformer
  public let tokenizer: CharacterTokenizer
  /// How many threads work; the scores do not depend on it.
  private let threads: Threads

  public init(
    model: Transformer, tokenizer: CharacterTokenizer, threads: Threads = .processors
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.threads = threads
  }

  /// The scores, group by group in the order of the questions; those with a character that the model
  /// does not know count as wrong.
  public func scores(_ questions: [PromptAnswer], progress: (Double) -> Void) throws -> [Score] {
    guard !questions.isEmpty else { return [] }
    let prompts = questions.map { question in
      (try? tokenizer.tokens(of: question.prompt)).map {
        ([CharacterTokenizer.begin] + $0).map(Int32.init)
      } ?? []
    }
    let needed =
      questions.map {
        $0.prompt.unicodeScalars.count + $0.answer.unicodeScalars.count + 2
      }.max() ?? 1
    let length = min(needed, model.configuration.longestSequence)
    let generator = try TextGenerator(
      model, batch: min(64, questions.count), length: length, threads: threads)
    let answers = generator.continuations(of: prompts, end: Int32(CharacterTokenizer.end)) {
      progress(Double($0) / Double(questions.count))
    }
    var scores: [Score] = []
    for (question, answer) in zip(questions, answers) {
      if scores.last?.group != question.group {
        scores.append(
          Score(
            group: question.group, right: 0, total: 0,
            isHeldOut: question.group != LanguageData.learnedByHeart.rawValue))
      }
      let right = (try? tokenizer.tokens(of: question.answer)).map {
        ($0 + [CharacterTokenizer.end]).map(Int32.init)
      }
      scores[scores.count - 1].total += 1
      if right == answer { scores[scores.count - 1].right += 1 }
    }
    return scores
  }
}
