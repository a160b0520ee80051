import FoundationEssentials
import Interchange
import LinearAlgebra
import Quantization
import TestSupport
import Testing

/// The two halves of `Scripts/check-ecosystem`: what the real libraries open, and what they saved.
///
/// They run only where the script names a folder.
@Suite(
  "The files of the real libraries",
  .enabled(if: ecosystemFolder != nil, "Scripts/check-ecosystem names the folder"))
struct EcosystemTests {
  private let folder = ecosystemFolder ?? ""

  private func configuration(tied: Bool) throws -> LlamaConfiguration {
    try LlamaConfiguration(
      vocabularySize: 37, hiddenSize: 64, intermediateSize: 128, layerCount: 2, headCount: 4,
      keyValueHeadCount: 2, headSize: 16, longestSequence: 48, normEpsilon: 1e-5,
      ropeTheta: 5000, tiesEmbeddings: tied, paddingToken: 0)
  }

  @Test("Models, 4-bit bases and adapters are written")
  func write() throws {
    for tied in [false, true] {
      let configuration = try configuration(tied: tied)
      try LlamaCheckpoint.write(
        CheckpointVectors.weights(configuration), configuration: configuration,
        to: "\(folder)/model-\(tied ? "tied" : "untied")")
    }
    let configuration = try configuration(tied: false)
    let plain = try Dictionary(
      uniqueKeysWithValues: CheckpointVectors.weights(configuration).map { ($0.name, $0) })
    func leftOut(_ name: String) -> Bool { name.hasSuffix(".1.mlp.down_proj.weight") }
    for type in FourBitType.allCases {
      for double in [false, true] {
        var weights = try CheckpointVectors.weights(
          configuration, fourBit: true, double: double, type: type)
        // A part of the model may be left out of the quantization.
        if type == .fp4 { weights = weights.map { leftOut($0.name) ? plain[$0.name] ?? $0 : $0 } }
        let name = "\(type.rawValue)-\(double ? "double" : "single")"
        try LlamaCheckpoint.write(
          weights, configuration: configuration, to: "\(folder)/base-\(name)")
        // The same numbers in single precision, for comparison.
        let dequantized = weights.map { name, weight in
          (name, weight.quantized.map { .matrix($0.dequantizedMatrix()) } ?? weight)
        }
        try LlamaCheckpoint.write(
          dequantized, configuration: configuration, to: "\(folder)/dequantized-\(name)")
      }
    }
    for usesDoRA in [false, true] {
      var adapter = PEFTAdapterWriter.Configuration(rank: 4, alpha: 8)
      adapter.usesDoRA = usesDoRA
      adapter.isRankStabilized = true
      adapter.baseModel = "\(folder)/model-untied"
      adapter.targets = ["q_proj", "v_proj", "down_proj"]
      try PEFTAdapterWriter.write(
        modules(configuration, adapter), configuration: adapter,
        to: "\(folder)/adapter-\(usesDoRA ? "dora" : "lora")")
    }
    var some = PEFTAdapterWriter.Configuration(rank: 4, alpha: 8)
    some.baseModel = "\(folder)/model-untied"
    let all = try modules(configuration, some)
    try PEFTAdapterWriter.write(
      Array(all.prefix(3)), configuration: some, to: "\(folder)/adapter-some")
  }

  /// Factors for the queries, values and down-projections; ranks and alphas differ.
  private func modules(
    _ configuration: LlamaConfiguration, _ adapter: PEFTAdapterWriter.Configuration
  ) throws -> [PEFTAdapterWriter.Module] {
    var generator = RandomGenerator(seed: 5)
    let ends = ["q_proj.weight", "v_proj.weight", "down_proj.weight"]
    let parameters = configuration.parameters.filter { parameter in
      ends.contains { parameter.name.hasSuffix($0) }
    }
    return parameters.enumerated().map { index, parameter in
      let rank = index == 1 ? 2 : adapter.rank
      var module = PEFTAdapterWriter.Module(
        path: String(parameter.name.dropLast(".weight".count)),
        loraA: .randomNormal(
          rows: rank, columns: parameter.shape[1], standardDeviation: 0.2, using: &generator),
        loraB: .randomNormal(
          rows: parameter.shape[0], columns: rank, standardDeviation: 0.2, using: &generator))
      if index == 2 { module.alpha = 3 }
      if adapter.usesDoRA {
        module.magnitude = (0..<parameter.shape[0]).map { 0.5 + 0.01 * Float($0) }
      }
      return module
    }
  }

  @Test(
    "A model that transformers saved is read with the same numbers",
    arguments: ["model-untied", "model-tied"])
  func read(name: String) throws {
    let saved = "\(folder)/saved/\(name)"
    // The first half of the script runs before anything was saved.
    guard FileManager.default.fileExists(atPath: saved) else { return }
    let ours = try LlamaCheckpoint(path: "\(folder)/\(name)")
    let theirs = try LlamaCheckpoint(path: saved)
    #expect(theirs.configuration == ours.configuration)
    #expect(areEqual(try theirs.weights(), try ours.weights()))
  }

  @Test(
    "A 4-bit base that transformers saved dequantizes to the same numbers",
    arguments: FourBitType.allCases, [false, true])
  func read(type: FourBitType, double: Bool) throws {
    let saved = "\(folder)/saved/base-\(type.rawValue)-\(double ? "double" : "single")"
    guard FileManager.default.fileExists(atPath: saved) else { return }
    let base = try LlamaCheckpoint(path: saved)
    #expect(base.quantization?.type == type)
    #expect(base.quantization?.usesDoubleQuantization == double)
    let plain = try LlamaCheckpoint(path: "\(folder)/model-untied")
    let dequantized = try Safetensors(path: "\(saved)/dequantized.safetensors")
    for parameter in base.parameters {
      let weight = try base.weight(named: parameter.name)
      #expect((weight.quantized != nil) == parameter.isQuantizable)
      let expected =
        parameter.isQuantizable
        ? try dequantized.values(of: try dequantized.tensor(named: parameter.name))
        : try plain.weight(named: parameter.name).values
      #expect(weight.values == expected, "\(parameter.name)")
    }
  }
}

/// The folder that the script and these tests share.
private let ecosystemFolder = ProcessInfo.processInfo.environment["LORA_LESSONS_ECOSYSTEM"]
