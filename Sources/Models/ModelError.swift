/// Why a model cannot be built or loaded.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// A side or a count of the configuration that is not usable.
  case setting(name: String, value: Int, needed: String)
  case number(name: String, value: Double, needed: String)
  case sequenceTooLong(length: Int, longest: Int)
  case missingWeight(String)
  case wrongShape(name: String, found: [Int], needed: [Int])
  /// Targets that name no layer, with the layers that there are.
  case noTarget(targets: [String], layers: [String])
  /// A token or a label that is not in the vocabulary.
  case outOfVocabulary(token: Int, vocabulary: Int)
  case wrongCount(name: String, found: Int, needed: Int)
  /// A layer of which four bits lose nothing, so that an adapter cannot start with what they lost.
  case nothingLost(String)

  public var description: String {
    func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
    switch self {
    case .setting(let name, let value, let needed):
      return "\(name) is \(value), and it has to be \(needed)"
    case .number(let name, let value, let needed):
      return "\(name) is \(value), and it has to be \(needed)"
    case .sequenceTooLong(let length, let longest):
      return "a sequence of \(length) tokens is longer than the \(longest) positions of the model"
    case .missingWeight(let name): return "the weight “\(name)” is missing"
    case .wrongShape(let name, let found, let needed):
      return "the weight “\(name)” is \(text(found)), and the model needs \(text(needed))"
    case .nothingLost(let layer):
      return
        "“\(layer)” is in four bits already, so they lose nothing that an adapter could start with; take the "
        + "base that it was made from"
    case .noTarget(let targets, let layers):
      return "no layer is called \(targets.joined(separator: ", ")): the layers are "
        + layers.joined(separator: ", ")
    case .outOfVocabulary(let token, let vocabulary):
      return "the token \(token) is not among the \(vocabulary) of the vocabulary"
    case .wrongCount(let name, let found, let needed):
      return "\(name): \(found) numbers were given, and \(needed) are needed"
    }
  }
}
