import LinearAlgebra
import Quantization
import Testing
import Training

@testable import Demonstrations

@Suite("Real weights")
struct RealWeightsTests {
  @Test("a real outlier leaves its block two codes, and larger blocks lose more")
  func outlier() throws {
    let weights = try LessonWeights.sample(LessonWeights.dense)
    let observation = try OutlierBlock().observe(DemonstrationInput(weights: weights))
    #expect(try observation.number("codes_used") == 2)
    #expect(try observation.number("typical_codes") > 12)
    #expect(observation.values["is_outlier"] == .flag(true))
    #expect(try observation.number("deviations") > 100)
    #expect(try observation.number("block_error") > 5 * observation.number("other_error"))
    let result = try OutlierBlockResult(weights: weights, blockSize: 64)
    #expect(result.sweep.map(\.blockSize) == [32, 64, 128, 256, 512, 1024, 2048, 4096])
    for (step, next) in zip(result.sweep, result.sweep.dropFirst()) {
      #expect(step.meanError < next.meanError)
      #expect(step.bits > next.bits)
    }
    #expect(observation.drawn().contains("2 of 16 codes"))
  }

  @Test("ordinary weights are not called outliers")
  func noOutlier() throws {
    let observation = try OutlierBlock().observe(
      DemonstrationInput(weights: TrialWeights.normal(16, 16).named))
    #expect(observation.values["is_outlier"] == .flag(false))
  }

  @Test("double quantization costs 0.126953125 bits a weight instead of 0.5")
  func doubleQuantization() throws {
    let observation = try DoubleQuantization().observe(
      DemonstrationInput(weights: try LessonWeights.sample(LessonWeights.query)))
    #expect(try observation.number("overhead") == 0.5)
    #expect(try observation.number("double_overhead") == 0.126953125)
    #expect(try observation.number("saved") == 0.373046875)
    #expect(try observation.number("largest_error") < 5)
    #expect(try observation.number("double_loss") >= observation.number("loss") * 0.99)
    #expect(try observation.text("saved_65b") == "3.0")
    #expect(observation.drawn().contains("0.127"))
  }

  @Test("what is said of the real matrix is what its difference shows")
  func realMatrix() throws {
    let weights = try LessonWeights.sample(LessonWeights.query)
    let observation = try RealMatrix().observe(DemonstrationInput(weights: weights))
    let restored = try BlockQuantizer(type: .nf4).quantize(weights.matrix).doubleQuantized()
      .dequantized()
    let errors = zip(restored, weights.matrix.values).map { Double(abs($0 - $1)) }
    let largest = try #require(errors.indices.max { errors[$0] < errors[$1] })
    #expect(abs(try observation.number("mean_error") - Statistics.mean(errors)) < 1e-9)
    #expect(try observation.number("largest_error") == errors[largest])
    #expect(try observation.number("largest_row") == Double(largest / weights.matrix.columns))
    #expect(try observation.number("largest_column") == Double(largest % weights.matrix.columns))
    #expect(try 8...11 ~= observation.number("relative_error"))
    let count = Double(weights.matrix.count)
    let bits = try observation.number("bytes_after") * 8 / count
    #expect(try observation.number("bits") == bits)
    #expect(abs(bits - 4.127) < 0.01)
  }

  @Test("up to four times is 3.88 times for the codes, and the claim holds with a limit")
  func fourTimes() throws {
    let observation = try FourTimes().observe(
      DemonstrationInput(weights: try LessonWeights.sample(LessonWeights.query)))
    #expect(abs(try observation.number("ratio_double") - 16 / 4.126953125) < 1e-12)
    #expect(try observation.text("ratio_double") == "3.88")
    #expect(abs(try observation.number("ratio_single") - 16 / 4.5) < 1e-12)
    #expect(try observation.text("verdict") == "holds, with a limit")
    #expect(observation.drawn().contains("3.88×"))
    #expect(try observation.number("model_ratio") < observation.number("ratio_double"))
  }

  @Test("the shape of Llama 2 7B has its 6 738 415 616 parameters")
  func llama() {
    let shape = ModelShape(layers: 32, hidden: 4096, intermediate: 11008, vocabulary: 32000)
    // Attention and feed-forward matrices and two norms a layer; two embeddings and a last norm.
    let layer = 4 * 4096 * 4096 + 3 * 4096 * 11008 + 2 * 4096
    #expect(shape.parameterCount == 32 * layer + 2 * 32000 * 4096 + 4096)
    #expect(shape.parameterCount == 6_738_415_616)
    #expect(shape.linearCount == 32 * (layer - 2 * 4096))
  }

  @Test(
    "every parameter of the model counts",
    arguments: ["layers", "hidden", "intermediate", "vocabulary"])
  func modelParameters(name: String) throws {
    let weights = TrialWeights.normal(8, 8).named
    let before = try FourTimes().observe(DemonstrationInput(weights: weights))
    let after = try FourTimes().observe(
      DemonstrationInput(settings: [name: 1000], weights: weights))
    #expect(before.values["model_parameters"] != after.values["model_parameters"])
  }
}
