import Interchange
import LinearAlgebra
import Quantization
import TestSupport
import Testing

@Suite("A QLoRA base in the layout of bitsandbytes") struct FourBitReadingTests {
  /// The names of the weights in a reference file, without the parts.
  private func weightNames(_ file: Safetensors) -> [String] {
    file.tensors.map(\.name).filter { $0.hasSuffix("_proj.weight") }.sorted()
  }

  @Test(
    "A file of bitsandbytes dequantizes to its numbers, bit by bit",
    arguments: CheckpointVectors.names)
  func dequantizes(name: String) throws {
    let file = try Safetensors(path: CheckpointVectors.path(name, "qlora-base.safetensors"))
    let expected = try Safetensors(
      path: CheckpointVectors.path(name, "qlora-dequantized.safetensors"))
    let names = weightNames(file)
    #expect(names.count == 14)
    for name in names {
      let weight = try #require(try FourBitWeights.read(name, from: file))
      let tensor = try expected.tensor(named: name)
      #expect(weight.shape == tensor.shape)
      let values = try expected.values(of: tensor)
      // Zeros may differ in their sign.
      #expect(weight.values == values, "\(name)")
      guard case .doubleFourBit = weight else {
        Issue.record("\(name) is not double-quantized")
        continue
      }
    }
  }

  @Test("Read and written, the file has the same bytes", arguments: CheckpointVectors.names)
  func sameBytes(name: String) throws {
    let folder = try TemporaryFolder()
    let path = CheckpointVectors.path(name, "qlora-base.safetensors")
    let file = try Safetensors(path: path)
    var tensors: [Safetensors.NewTensor] = []
    for name in weightNames(file) {
      guard case .doubleFourBit(let tensor) = try FourBitWeights.read(name, from: file) else {
        continue
      }
      tensors += FourBitWeights.tensors(named: name, tensor.restored, double: tensor)
    }
    try Safetensors.write(tensors, metadata: [("format", "pt")], to: folder("q"))
    #expect(folder.bytes("q") == (try contents(of: path)))
  }

  @Test(
    "The base quantized here has the codes and scales of bitsandbytes",
    arguments: CheckpointVectors.names)
  func sameQuantization(name: String) throws {
    let model = try LlamaCheckpoint(path: CheckpointVectors.path(name, "model"))
    let file = try Safetensors(path: CheckpointVectors.path(name, "qlora-base.safetensors"))
    for name in weightNames(file) {
      guard case .doubleFourBit(let expected) = try FourBitWeights.read(name, from: file),
        case .matrix(let matrix) = try model.weight(named: name)
      else {
        Issue.record("\(name) cannot be read")
        continue
      }
      // The offset is a mean, whose last bit depends on the order of the sum.
      let found = try BlockQuantizer(type: .nf4).quantize(matrix).doubleQuantized(
        rule: .bitsandbytesTable, offset: expected.scales.offset)
      #expect(found.packed == expected.packed, "\(name)")
      #expect(found.scales == expected.scales, "\(name)")
      let mean = try BlockQuantizer(type: .nf4).quantize(matrix).doubleQuantized().scales.offset
      #expect(abs(mean - expected.scales.offset) <= expected.scales.offset.ulp)
    }
  }

  @Test(
    "A whole model is written and read with the same bits", arguments: FourBitType.allCases,
    [false, true])
  func roundTrip(type: FourBitType, double: Bool) throws {
    let folder = try TemporaryFolder()
    let configuration = try CheckpointVectors.configuration(layers: 2)
    let weights = try CheckpointVectors.weights(
      configuration, fourBit: true, double: double, type: type)
    try LlamaCheckpoint.write(weights, configuration: configuration, to: folder.path)
    let checkpoint = try LlamaCheckpoint(path: folder.path)
    #expect(areEqual(try checkpoint.weights(), weights))
    #expect(checkpoint.configuration == configuration)
    #expect(
      checkpoint.quantization == FourBitConfiguration(type: type, usesDoubleQuantization: double))
  }

  @Test("Layers that stay as they are are listed in the configuration")
  func skipped() throws {
    let folder = try TemporaryFolder()
    let configuration = try CheckpointVectors.configuration()
    let plain = try CheckpointVectors.weights(configuration)
    let weights = try CheckpointVectors.weights(configuration, fourBit: true).enumerated().map {
      $1.name.hasSuffix("down_proj.weight") ? plain[$0] : $1
    }
    try LlamaCheckpoint.write(weights, configuration: configuration, to: folder.path)
    let checkpoint = try LlamaCheckpoint(path: folder.path)
    #expect(
      checkpoint.quantization?.skippedModules == ["lm_head", "model.layers.0.mlp.down_proj"])
    #expect(areEqual(try checkpoint.weights(), weights))
  }

  @Test("Weights in 4 bits that transformers could not load are not written")
  func notWritten() throws {
    let folder = try TemporaryFolder()
    let configuration = try CheckpointVectors.configuration()
    func problem(_ index: Int, _ weight: StoredWeight) throws -> ModelProblem? {
      var weights = try CheckpointVectors.weights(configuration, fourBit: true)
      weights[index].weight = weight
      let error = interchangeError {
        try LlamaCheckpoint.write(weights, configuration: configuration, to: folder("m"))
      }
      guard case .model(_, let problem) = error else { return nil }
      return problem
    }
    let nf4 = try BlockQuantizer(type: .nf4)
    let embedding = try nf4.quantize(Matrix.zeros(rows: 20, columns: 64))
    #expect(
      try problem(0, .fourBit(embedding))
        == .notSupported(field: "model.embed_tokens.weight", value: "a weight in 4 bits"))
    let names = configuration.parameters.map(\.name)
    let index = try #require(names.firstIndex { $0.hasSuffix("o_proj.weight") })
    let fp4 = try BlockQuantizer(type: .fp4).quantize(Matrix.zeros(rows: 64, columns: 64))
    #expect(
      try problem(index, .doubleFourBit(try fp4.doubleQuantized()))
        == .otherFourBitType(tensor: names[index], declared: "nf4", found: "fp4"))
    let zeros = Matrix.zeros(rows: 64, columns: 64)
    #expect(
      try problem(index, .fourBit(try nf4.quantize(zeros)))
        == .mixedDoubleQuantization(tensor: names[index]))
    let other = try Codebook(name: "nf4", values: [-1, 0, 1])
    #expect(
      try problem(index, .fourBit(try BlockQuantizer(codebook: other).quantize(zeros)))
        == .notSupported(field: names[index], value: "another codebook than nf4 or fp4"))
    let blocks = try BlockQuantizer(codebook: .nf4, blockSize: 48).quantize(zeros)
    #expect(
      try problem(index, .doubleFourBit(try blocks.doubleQuantized()))
        == .notSupported(field: names[index], value: "in blocks of 48"))
  }

  @Test(
    "A broken part is named",
    arguments: [
      BrokenFile(".absmax", "", "the part “w.absmax” is missing"),
      BrokenFile(".quant_map", "", "the part “w.quant_map” is missing"),
      BrokenFile(".nested_absmax", "", "the part “w.nested_absmax” is missing"),
      BrokenFile(".nested_quant_map", "", "the part “w.nested_quant_map” is missing"),
      BrokenFile("", "", "the part “w” is missing"),
      BrokenFile(".absmax", "short", "the part “w.absmax” is not 2 numbers of type U8"),
      BrokenFile("", "short", "the part “w” is not 64 numbers of type U8"),
      BrokenFile(
        ".nested_absmax", "NaN", "the part “w.nested_absmax” is not made of finite numbers"),
      BrokenFile(
        ".quant_map", "ones",
        "the numbers of “.quant_map” are not those of bitsandbytes, so its codes mean others"),
      BrokenFile(
        ".nested_quant_map", "ones",
        "the numbers of “.nested_quant_map” are not those of bitsandbytes, so its codes mean others"
      ),
    ])
  func brokenParts(broken: BrokenFile) throws {
    let found = try message { tensors in
      let index = try #require(tensors.firstIndex { $0.name == "w" + broken.from })
      switch broken.to {
      case "": tensors.remove(at: index)
      case "short":
        tensors[index].bytes.removeLast()
        tensors[index].shape = [tensors[index].bytes.count]
      case "NaN":
        tensors[index] = .init(name: tensors[index].name, shape: [1], values: [.nan])
      default:
        let count = tensors[index].bytes.count / 4
        tensors[index] = .init(
          name: tensors[index].name, shape: [count], values: Array(repeating: 1, count: count))
      }
    }
    #expect(found == "f: tensor “w”: " + broken.message)
  }

  @Test(
    "A malformed state is named",
    arguments: [
      BrokenFile("{", "", "it is not a JSON object"),
      BrokenFile("\"nf4\"", "\"int4\"", "quant_type is neither nf4 nor fp4 as in its name"),
      BrokenFile("\"nf4\"", "\"fp4\"", "quant_type is neither nf4 nor fp4 as in its name"),
      BrokenFile(
        "\"blocksize\": 64", "\"blocksize\": 0", "blocksize is none of bitsandbytes' block sizes"),
      BrokenFile(
        "\"blocksize\": 64", "\"blocksize\": 9223372036854775807",
        "blocksize is none of bitsandbytes' block sizes"),
      BrokenFile("[8, 16]", "[8, -16]", "shape is not a list of lengths"),
      BrokenFile("[8, 16]", "[9223372036854775807, 16]", "shape is not a list of lengths"),
      BrokenFile("[8, 16]", "\"x\"", "the value of shape is not a whole number or a list of them"),
      BrokenFile(
        "\"nested_blocksize\": 256", "\"nested_blocksize\": 0",
        "nested_blocksize or nested_offset is out of range"),
      BrokenFile(
        "\"nested_offset\": ", "\"nested_offset\": 1e99",
        "nested_blocksize or nested_offset is out of range"),
    ])
  func brokenStates(broken: BrokenFile) throws {
    let found = try message { tensors in
      let index = try #require(tensors.firstIndex { $0.name.contains("quant_state") })
      var text = String(decoding: tensors[index].bytes, as: UTF8.self)
      if broken.to.hasSuffix("1e99"), let last = text.lastIndex(of: ":") {
        text = text[...last] + " 1e99}"
      } else {
        text = text.replacing(broken.from, with: broken.to)
      }
      tensors[index].bytes = Array(text.utf8)
      tensors[index].shape = [text.utf8.count]
    }
    #expect(found == "f: tensor “w”: its quant_state is malformed: " + broken.message)
  }

  /// The message about a weight whose tensors have been changed.
  private func message(
    _ change: (inout [Safetensors.NewTensor]) throws -> Void
  ) throws -> String {
    let folder = try TemporaryFolder()
    let tensor = try BlockQuantizer(type: .nf4).quantize(
      (0..<128).map { Float($0) * 0.01 }, shape: [8, 16])
    var tensors = FourBitWeights.tensors(
      named: "w", tensor, double: try tensor.doubleQuantized())
    try change(&tensors)
    try Safetensors.write(tensors, to: folder("f"))
    let file = try Safetensors(path: folder("f"))
    let error = interchangeError { try FourBitWeights.read("w", from: file) }
    return (error?.description ?? "no error").replacing(folder.path + "/", with: "")
  }

  @Test("A configuration that does not declare the 4 bits, or another type, is refused")
  func undeclared() throws {
    let folder = try TemporaryFolder()
    let configuration = try CheckpointVectors.configuration()
    try LlamaCheckpoint.write(
      CheckpointVectors.weights(configuration, fourBit: true), configuration: configuration,
      to: folder.path)
    let text = String(decoding: folder.bytes("config.json") ?? [], as: UTF8.self)
    try folder.write(
      text.replacing("\"quantization_config\"", with: "\"x\""), to: "config.json")
    let first = "model.layers.0.mlp.down_proj.weight"
    #expect(
      interchangeError { try LlamaCheckpoint(path: folder.path) }
        == .model(file: folder("model.safetensors"), .fourBitUndeclared(tensor: first)))
    try folder.write(text.replacing("\"nf4\"", with: "\"fp4\""), to: "config.json")
    #expect(
      interchangeError { try LlamaCheckpoint(path: folder.path) }
        == .model(
          file: folder("model.safetensors"),
          .otherFourBitType(tensor: first, declared: "fp4", found: "nf4")))
  }
}
