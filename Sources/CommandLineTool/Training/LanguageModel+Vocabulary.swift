internal import Course
internal import Datasets
internal import Experiments

extension LanguageModel {
  /// The vocabulary as a file.
  var vocabularyText: String {
    var characters = String.UnicodeScalarView()
    characters.append(contentsOf: tokenizer.characters)
    return JSONNode.object([("characters", .string(String(characters)))]).serialized() + "\n"
  }
}
