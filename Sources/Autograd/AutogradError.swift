/// Why a graph cannot be built.
public enum AutogradError: Error, Equatable, CustomStringConvertible {
  /// Two shapes that an operation cannot take together.
  case shapesDoNotFit(operation: String, left: [Int], right: [Int])
  /// A shape that an operation cannot take at all.
  case shapeNotUsable(operation: String, shape: [Int], needed: String)
  /// A number that an operation cannot work with.
  case settingOutOfRange(operation: String, setting: String, value: Double, needed: String)
  /// A weight that is stored compressed, where it would have to be trained or read directly.
  case compressed(name: String, operation: String)

  public var description: String {
    func text(_ shape: [Int]) -> String {
      shape.isEmpty ? "a single number" : shape.map(String.init).joined(separator: "×")
    }
    switch self {
    case .shapesDoNotFit(let operation, let left, let right):
      return "\(operation) cannot take \(text(left)) and \(text(right)) together"
    case .shapeNotUsable(let operation, let shape, let needed):
      return "\(operation) cannot take \(text(shape)): it needs \(needed)"
    case .settingOutOfRange(let operation, let setting, let value, let needed):
      return "the \(setting) of \(operation) is \(value), and it has to be \(needed)"
    case .compressed(let name, let operation):
      return "\(operation) cannot use \(name), which is stored compressed"
    }
  }
}
