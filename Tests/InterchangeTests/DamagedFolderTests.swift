import Interchange
import LinearAlgebra
import Quantization
import TestSupport
import Testing

@Suite("A damaged folder of a model is refused or read, and nothing crashes")
struct DamagedFolderTests {
  @Test("With some bytes of a file changed", arguments: ["config.json", "model.safetensors"])
  func changedBytes(name: String) throws {
    let folder = try TemporaryFolder()
    let configuration = try LlamaConfiguration(
      vocabularySize: 8, hiddenSize: 8, intermediateSize: 8, layerCount: 1, headCount: 2)
    try LlamaCheckpoint.write(
      CheckpointVectors.weights(configuration, fourBit: true), configuration: configuration,
      to: folder.path)
    let bytes = try #require(folder.bytes(name))
    var generator = RandomGenerator(seed: 3)
    var refused = 0
    for round in 0..<250 {
      var damaged = bytes
      for _ in 0...round % 3 {
        let place = Int(generator.next() % UInt64(damaged.count))
        // Digits keep the text valid, and make numbers that nobody would write.
        damaged[place] =
          round % 2 == 0
          ? UInt8(truncatingIfNeeded: generator.next()) : UInt8(ascii: "0") + UInt8(round % 10)
      }
      if round % 5 == 0 { damaged.removeLast(Int(generator.next() % UInt64(damaged.count))) }
      try folder.write(damaged, to: name)
      if interchangeError({ try LlamaCheckpoint(path: folder.path).weights() }) != nil {
        refused += 1
      }
    }
    #expect(refused > 100)
    #expect(refused < 250)
  }
}
