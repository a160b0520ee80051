import Models
import Testing
import Training

@Suite struct ValidationTests {
  @Test("the loss on what was set apart is that of one batch of it all", arguments: [1, 3, 7, 50])
  func loss(batchSize: Int) throws {
    let trainer = try TrainerTests.trainer("full", dropout: 0)
    let model = try #require(trainer.task as? LanguageTask).model
    let tokens: [[Int32]] = (0..<7).map { row in (0..<8).map { Int32((3 * row + 2 * $0) % 13) } }
    // Sequences with more and fewer labels, one of them with none.
    let labels = tokens.enumerated().map { row, tokens in
      tokens.enumerated().map { $0.offset > row ? $0.element : -100 }
    }
    let examples = try LanguageExamples(tokens: tokens, labels: labels)
    let validation = try Validation(model, examples: examples, batchSize: batchSize)
    let whole = try LanguageTask(model, examples: examples, batchSize: 7, trains: false)
    for _ in 0..<3 {
      let expected = whole.loss(of: Array(0..<7))
      #expect(abs(validation.loss() - expected) < 1e-5 * expected)
      _ = try trainer.step()
    }
  }

  @Test("measuring changes nothing of what is learned")
  func isPure() throws {
    let states = try [true, false].map { measures in
      let trainer = try TrainerTests.trainer("lora")
      let task = try #require(trainer.task as? LanguageTask)
      let validation = try Validation(task.model, examples: task.examples, batchSize: 4)
      for _ in 0..<6 {
        _ = try trainer.step()
        if measures { _ = validation.loss() }
      }
      return trainer.state
    }
    #expect(states[0] == states[1])
  }
}
