import Autograd
import Datasets
import Models
import TestSupport
import Testing
import Training

@testable import Experiments

@Suite("Fine-tuning on the exam")
struct ExamFineTuningTests {
  static let base = Result {
    try LanguageModel(
      folder: repositoryRoot + "/Lessons/Data/" + LanguageModel.courseBase, shown: "base")
  }

  private func context() throws -> ExperimentContext {
    ExperimentContext(base: try Self.base.get())
  }

  private func short(_ method: ExamFineTuning.Method, seed: UInt64 = 3) -> ExamFineTuning {
    ExamFineTuning(
      method, rank: 2, learningRate: 0.003, steps: 12, batch: 8, divisions: 16, seed: seed)
  }

  @Test("Answers that are forced score as those that the model writes itself")
  func forcedAnswersScoreAsWritten() throws {
    let base = try Self.base.get()
    // A base in four bits answers some differences wrong.
    var damaged = base
    try damaged.quantize()
    let model = try damaged.frozen(adapter: nil)
    let exercises = try LanguageData.sets(of: .subtraction).heldOut
    let forced = try ForcedAnswers(
      model, SchoolExam().sequences(of: exercises), threads: Threads(count: 1)
    ).result()
    let written = try Examination(model: model, tokenizer: base.tokenizer).scores(
      exercises.map { PromptAnswer(group: "a", prompt: $0.prompt, answer: $0.answer) }
    ) { _ in }
    #expect(forced.right == written[0].right)
    #expect(forced.right < forced.total)
    #expect(forced.total == written[0].total)
    #expect(forced.characterShare >= forced.share)
  }

  @Test("The loss of forced answers is the one that training sees")
  func forcedLossIsTheTrainers() throws {
    let model = try Self.base.get().frozen(adapter: nil)
    let exercises = try LanguageData.sets(of: .division).heldOut.prefix(32)
    let sequences = try SchoolExam().sequences(of: exercises)
    let forced = try ForcedAnswers(model, sequences, threads: Threads(count: 1)).result()
    let task = try LanguageTask(
      model, examples: LanguageExamples(sequences), batchSize: 32, trains: false)
    #expect(abs(forced.loss - Double(task.loss(of: Array(0..<32)))) < 1e-4)
  }

  @Test("The same experiment gives the same record, on any number of threads")
  func recordsAreReproducible() throws {
    let base = try Self.base.get()
    let one = try short(.lora).record(ExperimentContext(base: base, threads: Threads(count: 1)))
    let two = try short(.lora).record(ExperimentContext(base: base, threads: Threads(count: 2)))
    #expect(one == two)
    #expect(try short(.lora, seed: 4).record(context()) != one)
  }

  @Test(
    "An adapter leaves the base as it was, and full fine-tuning does not",
    arguments: ExamFineTuning.Method.allCases)
  func adaptersLeaveTheBase(_ method: ExamFineTuning.Method) throws {
    let record = try short(method).record(context())
    let changed = try record.number(ExamFineTuning.Measure.changedWeights.rawValue)
    let logits = try record.number(ExamFineTuning.Measure.removalChanged.rawValue)
    let compared = try record.number(ExamFineTuning.Measure.removalCompared.rawValue)
    #expect((changed == 0) == method.isAdapter)
    #expect((logits == 0) == method.isAdapter)
    #expect(compared > 10_000)
    // d (r + c) numbers a layer: four of 64×64, two of 176×64, one of 64×176, in two blocks.
    let adapters = 2 * 2 * (4 * (64 + 64) + 3 * (176 + 64))
    #expect(
      try record.number(ExamFineTuning.Measure.trainedParameters.rawValue)
        == Double(method.isAdapter ? adapters : 103_104))
  }

  @Test("The change of an adapter has no more singular values than its rank")
  func changesHaveTheRank() throws {
    let name = ExamFineTuning.changeName(ExamFineTuning.changedLayers[0])
    let adapter = try short(.lora).record(context()).list(name)
    #expect(adapter[1] > 0)
    #expect(adapter[2] < 1e-6 * adapter[0])
    let full = try short(.full).record(context()).list(name)
    #expect(full[30] > 1e-3 * full[0])
  }

  @Test("No held-out division is learned, and a batch has its share of old exercises")
  func heldOutDivisionsStayUnseen() throws {
    var experiment = short(.full)
    (experiment.divisions, experiment.steps, experiment.oldShare) = (400, 100, 0.25)
    let data = try ExamFineTuningData(experiment)
    let heldOut =
      (0..<data.choosing.count).map { Array(data.choosing.tokens(at: $0)) }
      + (0..<data.reporting.count).map { Array(data.reporting.tokens(at: $0)) }
    #expect(Set(heldOut).count == 300)
    let learned = Set(data.schedule.tokens)
    #expect(learned.isDisjoint(with: heldOut))
    let slash = try #require(try CharacterTokenizer.exam.tokens(of: "/").first.map(Int32.init))
    #expect(learned.count { $0.contains(slash) } == 400)
    for step in 0..<100 {
      let batch = data.schedule.tokens[step * 8..<(step + 1) * 8]
      #expect(batch.count { !$0.contains(slash) } == 2)
    }
  }

  @Test("Too many divisions, and a rank that does not suit, are errors")
  func impossibleSettingsAreErrors() throws {
    let many = ExamFineTuning(.full, learningRate: 0.001, divisions: 421, seed: 1)
    #expect(throws: DatasetError.self) { try many.record(context()) }
    let wide = ExamFineTuning(.lora, rank: 65, learningRate: 0.001, steps: 1, seed: 1)
    #expect(throws: (any Error).self) { try wide.record(context()) }
    #expect(throws: ExperimentError.self) {
      try short(.full).record(ExperimentContext(base: nil))
    }
  }

  @Test("The key says everything that decides the record")
  func keysDiffer() {
    let one = short(.lora)
    var others = [short(.full), short(.qlora), short(.lora, seed: 4)]
    for change: (inout ExamFineTuning) -> Void in [
      { $0.rank = 3 }, { $0.alpha = 9 }, { $0.targets = ["q_proj"] }, { $0.learningRate = 0.1 },
      { $0.steps = 13 }, { $0.batch = 9 }, { $0.divisions = 17 }, { $0.largestDividend = 999 },
      { $0.oldShare = 0.5 },
    ] {
      var other = one
      change(&other)
      others.append(other)
    }
    #expect(Set((others + [one]).map(\.key)).count == others.count + 1)
  }
}
