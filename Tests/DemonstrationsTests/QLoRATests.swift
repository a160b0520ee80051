import Adapters
import Drawing
import Experiments
import LinearAlgebra
import Quantization
import Testing

@testable import Demonstrations

@Suite("QLoRA")
struct QLoRATests {
  /// What the lesson gives to a demonstration, with other settings.
  private func observe(
    _ demonstration: any Demonstration, _ settings: [String: Double] = [:]
  ) throws -> Observation {
    var input = try LessonWeights.input(of: demonstration)
    input.settings.merge(settings) { $1 }
    return try demonstration.observe(input)
  }

  private func layer(rank: Int = 2) throws -> FourBitLayer {
    let weights = try #require(LessonWeights.input(of: FourBitForward()).weights)
    return try FourBitLayer(corner: weights.matrix, rank: rank, alpha: 4, seed: 7)
  }

  // MARK: One layer

  @Test("the layer computes with levels times absmax, plus the branch", arguments: 1...3)
  func forward(rank: Int) throws {
    let layer = try layer(rank: rank)
    let entry = Matrix(rows: 1, columns: 4, values: [0.5, -1, 2, 0.3])
    let result = try FourBitForwardResult(layer: layer, entry: entry)
    for row in 0..<3 {
      var sum = 0.0
      for column in 0..<4 {
        let level = Double(Codebook.nf4.levels[Int(layer.codes[row * 4 + column])])
        sum += Double(entry[0, column]) * level * Double(layer.absmax)
        for inner in 0..<rank {
          sum +=
            layer.adapter.scaling * Double(layer.adapter.loraB[row, inner])
            * Double(layer.adapter.loraA[inner, column]) * Double(entry[0, column])
        }
      }
      #expect(abs(sum - Double(result.output[0, row])) < 1e-5)
    }
    #expect(layer.absmax == 1.2)
  }

  @Test("the prediction of the first step is its level times the absmax, as written")
  func predicted() throws {
    let observation = try observe(FourBitForward())
    let product = try observation.number("level") * observation.number("absmax")
    #expect(abs(product - (try observation.number("restored"))) < 1e-3)
    #expect(try observation.number("stored_bits") == 12 * 4 + 32)
    #expect(observation.values["differs"] == .flag(true))
  }

  @Test("weights that lie on the levels come back, and nothing differs")
  func onLevels() throws {
    let levels = Codebook.nf4.levels
    let weights = NamedWeights(
      name: "levels",
      matrix: Matrix(rows: 3, columns: 4, values: (0..<12).map { levels[($0 * 5 + 15) % 16] }))
    let observation = try FourBitForward().observe(DemonstrationInput(weights: weights))
    #expect(observation.values["differs"] == .flag(false))
    #expect(try observation.number("difference") == 0)
  }

  @Test("the gradient of the input is the slope of the quantized function", arguments: 1...3)
  func gradient(rank: Int) throws {
    let observation = try observe(FourBitGradient(), ["rank": Double(rank)])
    #expect(observation.values["agrees"] == .flag(true))
    #expect(abs(try observation.number("slope") - observation.number("computed")) < 1e-4)
    #expect(try observation.number("adapter_gradients") == Double(7 * rank))
    #expect(try observation.number("base_gradients") == 0)
  }

  @Test("the gradient differs from the exact one by G times the error of the weight")
  func gradientError() throws {
    let layer = try layer()
    let upstream = Matrix(rows: 2, columns: 3, values: [1, -2, 0.5, 0.3, 0, -1])
    let entry = Matrix(rows: 2, columns: 4, values: [1, 2, 3, 4, -1, 0, 1, 0.5])
    let result = try FourBitGradientResult(layer: layer, entry: entry, upstream: upstream)
    let expected = upstream.multiplied(by: layer.restored - layer.exact)
    for (found, wanted) in zip(result.difference.values, expected.values) {
      #expect(abs(found - wanted) < 1e-5)
    }
  }

  // MARK: Errors and ranks

  @Test("the best update of a rank leaves the rest of the singular values")
  func spectrum() throws {
    let weights = TrialWeights.normal(40, 48).named
    let result = try ErrorSpectrumResult(weights, rank: 8, blockSize: 64, seed: 7)
    let restored = try BlockQuantizer().quantize(weights.matrix).dequantizedMatrix()
    let svd = try SingularValueDecomposition(weights.matrix - restored)
    #expect(result.error.count == 41)
    for rank in [0, 1, 8, 20, 40] {
      #expect(abs(result.error[rank] - svd.error(rank: rank) / svd.error(rank: 0)) < 1e-6)
    }
    #expect(result.isLikeNoise)
    #expect(abs(result.addedBits - 16 * 8 * 88 / (40.0 * 48)) < 1e-12)
  }

  @Test("LoftQ's first iteration leaves what the best update leaves, and more rank leaves less")
  func loftQ() throws {
    let weights = TrialWeights.normal(32, 32).named
    let result = try LoftQIterationsResult(weights, iterations: 4, blockSize: 64)
    let spectrum = try ErrorSpectrumResult(weights, rank: 4, blockSize: 64, seed: 7)
    for course in result.courses {
      let best = spectrum.error[course.rank] * spectrum.relativeError
      #expect(abs(course.errors[1] - best) < 1e-5)
      #expect(course.errors.count == 5)
    }
    #expect(result.courses.map(\.rank) == [1, 4, 16])
    #expect(result.courses[0].errors[4] > result.courses[1].errors[4])
    #expect(result.courses[1].errors[4] > result.courses[2].errors[4])
  }

  // MARK: Storage and arithmetic

  @Test("the base takes its codes and the rest in 32 bits; a step does a LoRA step's work and more")
  func storage() throws {
    let observation = try observe(StorageAndCompute())
    let linear = 2 * (4 * 64 * 64 + 3 * 64 * 176)
    let others = 103_104 - linear
    var bytes = 4 * others
    for count in [4096, 4096, 4096, 4096, 11264, 11264, 11264] {
      bytes +=
        2 * (try QuantizationStorage(count: count, blockSize: 64, doubleQuantized: true).total)
    }
    #expect(abs(try observation.number("qlora_base") - Double(bytes) / 1000) < 0.051)
    #expect(try observation.number("buffer") > 4 * 11.264 - 1)
    // Each weight on the way forward, and all but three of the first block on the way back.
    let uses = 2 * linear - 3 * 4096
    #expect(try observation.number("dequantization") == Double(uses + 2 * uses / 64))
    #expect(
      observation.values["verdict"]
        == .words(Phrase(es: "aquí no se cumple", en: "does not hold here")))
  }

  @Test("dequantizing counts for more the fewer exercises there are in a step")
  func added() throws {
    let one = try observe(StorageAndCompute(), ["batch": 1])
    let many = try observe(StorageAndCompute(), ["batch": 64])
    #expect(try one.number("added") > 10 * many.number("added"))
    #expect(try abs(one.number("added") - many.number("added_one")) < 0.06)
  }

  // MARK: Verdicts

  /// Records in which the error of the outputs falls from 0.1 to other values.
  private func recovery(trained: [Double], merged: Double) throws -> Observation {
    var input = DemonstrationInput()
    let demonstration = BackToFourBits()
    for (index, experiment) in try demonstration.experiments(for: input).enumerated() {
      let error = trained[index % trained.count]
      input.records[experiment.key] = ExperimentRecord([
        "four.error": [0.1], "trained.error": [error], "merged.error": [merged],
        "moved.error": [0.09], "start.error": [0.08], "exact.right": [99], "four.right": [90],
        "trained.right": [98], "merged.right": [91], "total": [100],
      ])
    }
    return try demonstration.observe(input)
  }

  @Test(
    "what is recovered with every seed, and survives, decides the verdict",
    arguments: [
      ([0.02], 0.03, "holds"), ([0.02], 0.09, "holds, with a limit"),
      ([0.02, 0.04], 0.07, "holds, with a limit"), ([0.07], 0.08, "does not hold here"),
      ([0.02, 0.09], 0.02, "does not hold here"),
    ] as [([Double], Double, String)])
  func recovered(trained: [Double], merged: Double, verdict: String) throws {
    let observation = try recovery(trained: trained, merged: merged)
    #expect(try observation.text("verdict") == verdict)
    #expect(abs(try observation.number("claim_number") - (1 - merged / 0.1) * 100) < 0.51)
  }

  @Test("a quick version needs fewer and shorter trainings, and its picture says so")
  func quick() throws {
    let quick = DemonstrationInput(isQuick: true)
    let whole = DemonstrationInput()
    for demonstration in [FunctionRecovery(), SwappedBases()] as [any TrainedDemonstration] {
      let (few, all) = try (
        demonstration.experiments(for: quick), demonstration.experiments(for: whole)
      )
      #expect(few.reduce(0) { $0 + $1.cost } < 0.5 * all.reduce(0) { $0 + $1.cost })
    }
    #expect(!quick.quickNote(Words(.spanish)).isEmpty)
    #expect(whole.quickNote(Words(.spanish)).isEmpty)
  }

  @Test("a record that is missing is named")
  func missing() {
    #expect(throws: ExperimentError.self) {
      _ = try LayerErrors().observe(DemonstrationInput())
    }
  }

  @Test("the shipped trainings bear out what the prose says without asking")
  func shipped() throws {
    let recovery = try observe(FunctionRecovery())
    #expect(recovery.values["low_most"] == .flag(true))
    #expect(recovery.values["weights_worse"] == .flag(true))
    let back = try observe(BackToFourBits())
    #expect(back.values["keeps"] == .flag(false))
    let swapped = try observe(SwappedBases())
    #expect(try swapped.number("worse") > 2)
    let layers = try observe(LayerErrors())
    #expect(layers.values["even_weights"] == .flag(true))
    let noise = try observe(ErrorSpectrum())
    #expect(noise.values["takes_little"] == .flag(true))
  }
}
