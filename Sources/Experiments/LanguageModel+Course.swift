internal import Datasets
public import Models

extension LanguageModel {
  /// The sizes of the course's base model.
  public static let courseConfiguration = TransformerConfiguration(
    vocabularySize: CharacterTokenizer.exam.vocabularySize, hiddenSize: 64, intermediateSize: 176,
    layerCount: 2, headCount: 4, longestSequence: 64)

  /// The names and shapes, [out, in], of its linear layers, such as `model.layers.0.self_attn.q_proj`.
  public static var courseLayers: [(name: String, rows: Int, columns: Int)] {
    courseConfiguration.weightShapes.compactMap { name, shape in
      guard name.hasSuffix("_proj.weight") else { return nil }
      return (String(name.dropLast(".weight".count)), shape[0], shape[1])
    }
  }
}
