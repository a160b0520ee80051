import Adapters
import Autograd
import CMalloc
import Models
import Testing
import Training

/// A step takes all its memory from what was laid out before the first one.
@Suite struct AllocationTests {
  private struct Growth: Error { let bytes: Int }

  private static func perceptron() throws -> Trainer {
    let sizes = [2, 16, 1]
    let model = try MultilayerPerceptron(
      sizes: sizes, weights: MultilayerPerceptron.randomWeights(sizes: sizes, seed: 1),
      method: .full)
    let examples = try TableExamples(
      inputs: (0..<32).map { [Float($0) / 16 - 1, Float($0 * 7 % 32) / 16 - 1] },
      targets: .binary((0..<32).map { $0 % 3 == 0 ? 1 : 0 }))
    return try Trainer(
      TableTask(model, examples: examples, batchSize: 16, threads: Threads(count: 1)),
      TrainingConfiguration(steps: 1000, learningRate: 1e-3), threads: Threads(count: 1))
  }

  /// Whether steps leave no more bytes in use than the first ones did.
  ///
  /// - Throws: `Growth` with what was added.
  private static func checkGrowth(_ method: String) throws {
    let trainer =
      method == "perceptron"
      ? try perceptron() : try TrainerTests.trainer(method, threads: 1) { $0.steps = 1000 }
    // The library of products keeps what it compiles for a shape at the first call.
    for _ in 0..<10 { _ = try trainer.step() }
    let before = used
    for _ in 0..<200 { _ = try trainer.step() }
    // A step that kept a number would have kept 200 of them.
    let bytes = used - before
    if bytes >= 200 * MemoryLayout<Float>.size { throw Growth(bytes: bytes) }
  }

  /// The bytes in use, in blocks of the heap and in pages of their own.
  private static var used: Int {
    let information = mallinfo2()
    return Int(information.uordblks + information.hblkhd)
  }

  // Each in a process of its own, where no other test takes memory at the same time.

  @Test func aFullStepKeepsNothing() async {
    await #expect(processExitsWith: .success) { try Self.checkGrowth("full") }
  }

  @Test func aStepOfLoRAKeepsNothing() async {
    await #expect(processExitsWith: .success) { try Self.checkGrowth("lora") }
  }

  @Test func aStepOfQLoRAKeepsNothing() async {
    await #expect(processExitsWith: .success) { try Self.checkGrowth("qlora") }
  }

  @Test func aStepOfAPerceptronKeepsNothing() async {
    await #expect(processExitsWith: .success) { try Self.checkGrowth("perceptron") }
  }
}
