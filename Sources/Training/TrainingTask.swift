public import Autograd

/// A model with examples to learn from, and a plan for batches of one size.
public protocol TrainingTask: AnyObject {
  var plan: Plan { get }
  /// The loss of a batch.
  var loss: Tensor { get }
  /// The randomness of dropout.
  var randomness: Randomness { get }
  /// All weights of the model.
  var parameters: [Parameter] { get }
  var exampleCount: Int { get }
  var batchSize: Int { get }
  /// The tokens, or rows, of a batch.
  var tokensPerBatch: Int { get }
  /// Puts a batch into the plan's inputs.
  func load(_ examples: [Int])
}

extension TrainingTask {
  /// The loss of some examples, as many as a batch has, as the model now is.
  public func loss(of examples: [Int]) -> Float {
    load(examples)
    plan.forward()
    return plan.value(of: loss)
  }
}
