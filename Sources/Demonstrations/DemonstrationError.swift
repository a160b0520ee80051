/// Why a demonstration cannot compute.
public enum DemonstrationError: Error, Equatable, CustomStringConvertible {
  case outOfRange(
    demonstration: String, parameter: String, value: Double, range: ClosedRange<Double>)
  case notWhole(demonstration: String, parameter: String, value: Double)
  case needsWeights(demonstration: String, atLeast: Int, found: Int)
  case unsuitableWeights(demonstration: String, name: String, reason: String)

  public var description: String {
    switch self {
    case .outOfRange(let demonstration, let parameter, let value, let range):
      "\(demonstration): \(parameter)=\(short(value)) is outside \(short(range.lowerBound))…\(short(range.upperBound))"
    case .notWhole(let demonstration, let parameter, let value):
      "\(demonstration): \(parameter)=\(short(value)) must be a whole number"
    case .needsWeights(let demonstration, let least, let found):
      "\(demonstration): needs at least \(least) weights, and there are \(found)"
    case .unsuitableWeights(let demonstration, let name, let reason):
      "\(demonstration): \(name) \(reason)"
    }
  }
}

private func short(_ value: Double) -> String {
  value == value.rounded() && value.magnitude < 1e15 ? String(Int(value)) : String(value)
}
