import Interchange
import LinearAlgebra
import Quantization
import TestSupport
import Testing

@Suite("A Llama model in a folder") struct LlamaCheckpointTests {
  @Test("A folder that transformers wrote is read", arguments: CheckpointVectors.names)
  func reference(name: String) throws {
    let checkpoint = try LlamaCheckpoint(path: CheckpointVectors.path(name, "model"))
    let configuration = checkpoint.configuration
    #expect(configuration.vocabularySize == 40)
    #expect(configuration.hiddenSize == 32)
    #expect(configuration.intermediateSize == 48)
    #expect(configuration.layerCount == 2)
    #expect(configuration.headCount == 4)
    #expect(configuration.keyValueHeadCount == 2)
    #expect(configuration.headSize == 8)
    #expect(configuration.longestSequence == 64)
    #expect(configuration.normEpsilon == 1e-6)
    #expect(configuration.ropeTheta == 10_000)
    #expect(configuration.beginToken == 1)
    #expect(configuration.endTokens == [2])
    #expect(configuration.paddingToken == nil)
    #expect(configuration.tiesEmbeddings == (name == "tied"))
    #expect(checkpoint.quantization == nil)
    let weights = try checkpoint.weights()
    #expect(weights.count == (name == "tied" ? 20 : 21))
    let raw = try Safetensors(path: CheckpointVectors.path(name, "model/model.safetensors"))
    for (name, weight) in weights {
      let tensor = try raw.tensor(named: name)
      #expect(weight.shape == tensor.shape, "\(name)")
      #expect(try weight.values == raw.values(of: tensor), "\(name)")
    }
  }

  @Test(
    "Written again, its weights have the bytes of save_pretrained",
    arguments: CheckpointVectors.names)
  func sameBytes(name: String) throws {
    let folder = try TemporaryFolder()
    let checkpoint = try LlamaCheckpoint(path: CheckpointVectors.path(name, "model"))
    try LlamaCheckpoint.write(
      checkpoint.weights(), configuration: checkpoint.configuration, to: folder("new/model"))
    let expected = try contents(of: CheckpointVectors.path(name, "model/model.safetensors"))
    #expect(folder.bytes("new/model/model.safetensors") == expected)
    #expect(
      folder.contents.keys.sorted() == [
        "new/model/config.json", "new/model/generation_config.json", "new/model/model.safetensors",
      ])
  }

  @Test("The configuration has the lines of save_pretrained, and rope_theta for older releases")
  func configurationLines() throws {
    let folder = try TemporaryFolder()
    let checkpoint = try LlamaCheckpoint(path: CheckpointVectors.path("untied", "model"))
    try LlamaCheckpoint.write(
      checkpoint.weights(), configuration: checkpoint.configuration, to: folder("m"))
    func lines(_ bytes: [UInt8]?) -> [Substring] {
      String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
    }
    let ours = lines(folder.bytes("m/config.json"))
    let theirs = lines(try contents(of: CheckpointVectors.path("untied", "model/config.json")))
    #expect(Set(ours).subtracting(theirs) == ["  \"rope_theta\": 10000.0,"])
    #expect(Set(theirs).subtracting(ours) == ["  \"transformers_version\": \"5.23.0\","])
    #expect(ours.filter { theirs.contains($0) } == theirs.filter { ours.contains($0) })
    #expect(
      lines(folder.bytes("m/generation_config.json")) == [
        "{", "  \"_from_model_config\": true,", "  \"bos_token_id\": 1,", "  \"eos_token_id\": 2,",
        "  \"use_cache\": true", "}",
      ])
  }

  @Test("What is written is read with the same bits", arguments: [false, true], [false, true])
  func roundTrip(tied: Bool, fourBit: Bool) throws {
    let folder = try TemporaryFolder()
    let configuration = try LlamaConfiguration(
      vocabularySize: 20, hiddenSize: 64, intermediateSize: 32, layerCount: 2, headCount: 4,
      keyValueHeadCount: 1, headSize: 8, longestSequence: 99, normEpsilon: 1e-5, ropeTheta: 500,
      tiesEmbeddings: tied, beginToken: nil, endTokens: [3, 4], paddingToken: 0,
      initializerRange: 0.1)
    let weights = try CheckpointVectors.weights(configuration, fourBit: fourBit)
    try LlamaCheckpoint.write(weights, configuration: configuration, to: folder("m"))
    let checkpoint = try LlamaCheckpoint(path: folder("m/"))
    #expect(checkpoint.configuration == configuration)
    #expect(areEqual(try checkpoint.weights(), weights))
    #expect((checkpoint.quantization != nil) == fourBit)
  }

  @Test(
    "Shards are read together, even where they part a weight from its scales",
    arguments: [false, true])
  func shards(fourBit: Bool) throws {
    let folder = try TemporaryFolder()
    let configuration = try CheckpointVectors.configuration()
    let weights = try CheckpointVectors.weights(configuration, fourBit: fourBit)
    try LlamaCheckpoint.write(weights, configuration: configuration, to: folder.path)
    let file = try Safetensors(path: folder("model.safetensors"))
    var map: [String] = []
    for shard in 0..<2 {
      let part = file.tensors.enumerated().filter { $0.offset % 2 == shard }.map(\.element)
      try Safetensors.write(
        part.map {
          .init(name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: file.bytes(of: $0))
        }, to: folder("part-\(shard).safetensors"))
      map += part.map { "\"\($0.name)\":\"part-\(shard).safetensors\"" }
    }
    try folder.write(
      "{\"weight_map\":{\(map.joined(separator: ","))}}", to: "model.safetensors.index.json")
    try folder.remove("model.safetensors")
    #expect(areEqual(try LlamaCheckpoint(path: folder.path).weights(), weights))
    try folder.write(
      "{\"weight_map\":{\"a\":\"../part-0.safetensors\"}}", to: "model.safetensors.index.json")
    #expect(
      interchangeError { try LlamaCheckpoint(path: folder.path) }?.description.hasSuffix(
        "is not the name of a shard in the folder") == true)
  }

  @Test("A failed write leaves the earlier files, and no new folder")
  func nothingHalfWritten() throws {
    let folder = try TemporaryFolder()
    let configuration = try CheckpointVectors.configuration()
    let weights = try CheckpointVectors.weights(configuration)
    try LlamaCheckpoint.write(weights, configuration: configuration, to: folder("m"))
    let before = folder.contents
    var broken = weights
    broken[3].weight = .vector([1])
    #expect(
      interchangeError {
        try LlamaCheckpoint.write(broken, configuration: configuration, to: folder("m"))
      }
        == .model(
          file: folder("m"),
          .wrongShape(tensor: weights[3].name, expected: weights[3].weight.shape, found: [1])))
    #expect(folder.contents == before)
    // A folder in the place of a file: none of the others takes its name.
    try folder.write("", to: "n/config.json/x")
    #expect(
      interchangeError {
        try LlamaCheckpoint.write(weights, configuration: configuration, to: folder("n"))
      } == .unwritable(file: folder("n/config.json"), reason: "it is a directory"))
    #expect(folder.contents.keys.filter { $0.hasPrefix("n/") } == ["n/config.json/x"])
    #expect(
      interchangeError {
        try LlamaCheckpoint.write(
          weights, configuration: configuration, to: folder("m/config.json/x"))
      }?.category == .cannotWrite)
  }

  @Test("Only a complete set of finite parameters is written")
  func incompleteWeights() throws {
    let folder = try TemporaryFolder()
    let configuration = try CheckpointVectors.configuration()
    let weights = try CheckpointVectors.weights(configuration)
    func problem(_ weights: [(name: String, weight: StoredWeight)]) -> InterchangeError? {
      interchangeError {
        try LlamaCheckpoint.write(weights, configuration: configuration, to: folder("m"))
      }
    }
    #expect(
      problem(Array(weights.dropLast()))
        == .model(file: folder("m"), .missingTensors(["lm_head.weight"], more: 0)))
    #expect(
      problem(weights + [("x", .vector([1]))])
        == .model(file: folder("m"), .unexpectedTensors(["x"], more: 0)))
    #expect(
      problem(weights + [weights[0]])
        == .model(file: folder("m"), .duplicateTensor(weights[0].name)))
    var broken = weights
    var matrix = Matrix(rows: 20, columns: 64, values: weights[0].weight.values)
    matrix[2, 5] = .nan
    broken[0].weight = .matrix(matrix)
    #expect(
      problem(broken)
        == .notFinite(file: folder("m"), tensor: weights[0].name, row: 2, column: 5, value: "NaN"))
    #expect(folder.contents.isEmpty)
  }
}
