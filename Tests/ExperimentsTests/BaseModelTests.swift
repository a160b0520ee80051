import Autograd
import Datasets
import Experiments
import Models
import TestSupport
import Testing

@Suite("Base model of the course")
struct BaseModelTests {
  @Test("It answers the old subjects as its record says, and no division")
  func itAnswersAsItsRecordSays() throws {
    let base = try LanguageModel(
      folder: repositoryRoot + "/Lessons/Data/" + LanguageModel.courseBase, shown: "base")
    let examination = try Examination(
      model: base.frozen(adapter: nil), tokenizer: base.tokenizer)
    let scores = try examination.scores(
      LanguageData.questions(of: Exercise.Subject.allCases)
    ) { _ in }
    #expect(scores.count == 4)
    for score in scores {
      if score.group == Exercise.Subject.division.rawValue {
        #expect(score.right == 0)
      } else {
        #expect(score.share >= 0.99, "\(score)")
      }
    }
  }
}
