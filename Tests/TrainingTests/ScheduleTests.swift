import Autograd
import Testing

@testable import Training

@Suite struct ScheduleTests {
  /// Values of `get_scheduler` of transformers 5.23.0 are these formulas at whole steps.
  @Test(arguments: [
    (LearningRateSchedule.Shape.constant, 0, 0, 1.0), (.constant, 4, 1, 0.25), (.constant, 4, 9, 1),
    (.linear, 0, 0, 1), (.linear, 0, 5, 0.5), (.linear, 2, 1, 0.5), (.linear, 2, 6, 0.5),
    (.linear, 2, 10, 0), (.linear, 2, 11, 0), (.cosine, 0, 5, 0.5), (.cosine, 2, 0, 0),
    (.cosine, 2, 2, 1), (.cosine, 2, 4, 0.8535533905932737), (.cosine, 2, 10, 0),
    (.linear, 10, 10, 1), (.linear, 20, 10, 0.5),
  ])
  func theRateFollowsItsShape(
    _ shape: LearningRateSchedule.Shape, _ warmUp: Int, _ step: Int, _ factor: Double
  ) {
    let schedule = LearningRateSchedule(shape, warmUpSteps: warmUp)
    #expect(abs(schedule.factor(step: step, of: 10) - factor) < 1e-12)
  }

  @Test func clippingShortensAndNeverLengthens() {
    #expect(GradientClipping.factor(norm: 2, limit: 1) == 1 / (2 + 1e-6))
    #expect(GradientClipping.factor(norm: 0.5, limit: 1) == 1)
    #expect(GradientClipping.factor(norm: 0, limit: 1) == 1)
    #expect(GradientClipping.factor(norm: 1e9, limit: nil) == 1)
  }

  @Test func everyExampleIsSeenOnceARound() {
    var order = BatchOrder(exampleCount: 10, batchSize: 4, seed: 1)
    let seen = (0..<5).flatMap { order.examples(ofBatch: $0) }
    #expect(seen.count == 20)
    #expect(Set(seen.prefix(10)) == Set(0..<10))
    #expect(Set(seen.suffix(10)) == Set(0..<10))
    #expect(Array(seen.prefix(10)) != Array(seen.suffix(10)))
  }

  @Test func theBatchOfAStepDoesNotDependOnTheStepsBefore() {
    var whole = BatchOrder(exampleCount: 7, batchSize: 3, seed: 1)
    let batches = (0..<9).map { whole.examples(ofBatch: $0) }
    for batch in [8, 3, 0, 5] {
      var order = BatchOrder(exampleCount: 7, batchSize: 3, seed: 1)
      #expect(order.examples(ofBatch: batch) == batches[batch])
    }
  }

  @Test func withoutASeedTheExamplesComeInTheirOwnOrder() {
    var order = BatchOrder(exampleCount: 5, batchSize: 2, seed: nil)
    #expect((0..<3).flatMap { order.examples(ofBatch: $0) } == [0, 1, 2, 3, 4, 0])
  }
}
