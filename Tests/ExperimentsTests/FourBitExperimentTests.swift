import Experiments
import TestSupport
import Testing

@Suite("Experiments in four bits")
struct FourBitExperimentTests {
  private func context() throws -> ExperimentContext {
    ExperimentContext(
      base: try LanguageModel(
        folder: repositoryRoot + "/Lessons/Data/" + LanguageModel.courseBase, shown: "base"))
  }

  @Test("without training an adapter whose B is zero changes nothing")
  func zeroStart() throws {
    let record = try FourBitRecovery(rank: 2, start: .zero, steps: 0, seed: 1).record(context())
    for name in ["error", "loss", "right", "weights"] {
      let (four, start) = (try record.number("four.\(name)"), try record.number("start.\(name)"))
      #expect(abs(four - start) < 1e-6 * max(four, 1), "\(name)")
    }
    #expect(try record.number("exact.error") == 0)
    #expect(try record.number("four.error") > 0.03)
    #expect(try record.number("four.weights") > 0.05)
  }

  @Test("a few steps of imitation bring the outputs closer to those of the exact base")
  func imitation() throws {
    let record = try FourBitRecovery(rank: 4, start: .zero, steps: 30, seed: 1).record(context())
    #expect(try record.number("trained.error") < 0.8 * record.number("four.error"))
    #expect(try record.number("merged.error") > record.number("trained.error"))
  }

  @Test("everything that makes a difference is in the key")
  func keys() {
    let keys = [
      FourBitRecovery(rank: 1, start: .zero, steps: 500, seed: 1),
      FourBitRecovery(rank: 2, start: .zero, steps: 500, seed: 1),
      FourBitRecovery(rank: 1, start: .zero, steps: 400, seed: 1),
      FourBitRecovery(rank: 1, start: .zero, steps: 500, seed: 2),
      FourBitRecovery(rank: 1, start: .loftQ(iterations: 1), steps: 500, seed: 1),
      FourBitRecovery(rank: 1, start: .loftQ(iterations: 5), steps: 500, seed: 1),
    ].map(\.key)
    #expect(Set(keys).count == keys.count)
    let swapped = [
      SwappedBase(trainsInFourBits: true, steps: 10, seed: 1),
      SwappedBase(trainsInFourBits: false, steps: 10, seed: 1),
      SwappedBase(trainsInFourBits: true, steps: 20, seed: 1),
      SwappedBase(trainsInFourBits: true, steps: 10, seed: 2),
    ].map(\.key)
    #expect(Set(swapped).count == swapped.count)
  }

  @Test("an adapter beside another base answers otherwise than beside its own")
  func swapped() throws {
    let record = try SwappedBase(trainsInFourBits: true, steps: 10, seed: 1).record(context())
    #expect(try record.number("own.loss") != record.number("other.loss"))
    #expect(try record.number("total") == 500)
  }

  @Test("a base that is missing is said to be")
  func noBase() {
    #expect(throws: ExperimentError.self) {
      _ = try LayerQuantization().record(ExperimentContext(base: nil))
    }
  }
}
