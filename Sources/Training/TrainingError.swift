/// Why training cannot start or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss of a step, counted from 1, is NaN or infinite.
  case lossNotFinite(step: Int, loss: Float)
  /// The loss on what was set apart, after a step, is.
  case heldOutLossNotFinite(step: Int, loss: Float)
  /// The gradients of a step, counted from 1, are not.
  case gradientNotFinite(step: Int)
  case setting(name: String, value: Double, needed: String)
  case noExamples
  case nothingToTrain
  /// Examples of different lengths, or with more or fewer labels than inputs.
  case exampleDoesNotFit(index: Int, found: Int, needed: Int)
  /// A token, a label or a class that does not exist.
  case outOfRange(example: Int, value: Int, count: Int)
  case numberNotFinite(example: Int)
  /// A saved state that belongs to another model or another method.
  case stateDoesNotFit(name: String)

  public var description: String {
    switch self {
    case .lossNotFinite(let step, let loss):
      return "the loss of step \(step) is \(loss): a smaller learning rate or clipping may help,"
        + " unless the batch has no label or the weights were not finite before"
    case .heldOutLossNotFinite(let step, let loss):
      return "after step \(step) the loss on what was set apart is \(loss): a smaller learning rate"
        + " or clipping may help"
    case .gradientNotFinite(let step):
      return "a gradient of step \(step) is not finite: a smaller learning rate may help"
    case .setting(let name, let value, let needed):
      return "the \(name) is \(value), and it has to be \(needed)"
    case .noExamples: return "there are no examples to train on"
    case .nothingToTrain: return "no weight of the model is trained"
    case .exampleDoesNotFit(let index, let found, let needed):
      return "example \(index + 1) has \(found) numbers, and \(needed) are needed"
    case .outOfRange(let example, let value, let count):
      return "example \(example + 1) has the number \(value), and only 0 to \(count - 1) exist"
    case .numberNotFinite(let example):
      return "example \(example + 1) has a number that is not finite"
    case .stateDoesNotFit(let name):
      return "the saved state does not fit this run: “\(name)” is missing or has another size"
    }
  }
}
