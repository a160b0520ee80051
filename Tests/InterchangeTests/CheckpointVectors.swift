import Interchange
import LinearAlgebra
import Quantization
import TestSupport

/// Models with random weights that transformers 5.23.0, PEFT 0.21.2 and bitsandbytes 0.50.2 wrote.
enum CheckpointVectors {
  static let names = ["untied", "tied"]

  static func path(_ name: String, _ file: String) -> String {
    "\(repositoryRoot)/Tests/Vectors/llama-tiny/\(name)/\(file)"
  }

  /// A small model whose numbers are easy to check.
  static func configuration(
    layers: Int = 1, tied: Bool = false
  ) throws -> LlamaConfiguration {
    try LlamaConfiguration(
      vocabularySize: 20, hiddenSize: 64, intermediateSize: 64, layerCount: layers, headCount: 4,
      keyValueHeadCount: 2, longestSequence: 32, tiesEmbeddings: tied, paddingToken: 0)
  }

  /// Weights for a configuration, in 4 bits where asked for.
  static func weights(
    _ configuration: LlamaConfiguration, fourBit: Bool = false, double: Bool = true,
    type: FourBitType = .nf4
  ) throws -> [(name: String, weight: StoredWeight)] {
    var generator = RandomGenerator(seed: 11)
    return try configuration.parameters.map { parameter in
      guard parameter.shape.count == 2 else {
        return (parameter.name, .vector((0..<parameter.count).map { 1 + 0.01 * Float($0) }))
      }
      let matrix = Matrix.randomNormal(
        rows: parameter.shape[0], columns: parameter.shape[1], standardDeviation: 0.1,
        using: &generator)
      guard fourBit, parameter.isQuantizable else { return (parameter.name, .matrix(matrix)) }
      let tensor = try BlockQuantizer(type: type).quantize(matrix)
      return (
        parameter.name,
        double ? .doubleFourBit(try tensor.doubleQuantized()) : .fourBit(tensor)
      )
    }
  }
}

/// Compares lists of named weights.
func areEqual(
  _ one: [(name: String, weight: StoredWeight)], _ other: [(name: String, weight: StoredWeight)]
) -> Bool {
  one.elementsEqual(other) { $0.name == $1.name && $0.weight == $1.weight }
}
