internal import Autograd

/// The bytes that training takes, by what they are for.
public struct TrainingMemory: Equatable, Sendable {
  /// Weights that are frozen, and with full fine-tuning all of them.
  public let base: Int
  /// Trained factors beside frozen weights.
  public let adapter: Int
  public let gradients: Int
  public let optimizer: Int
  /// Results of operations that are kept for the backward pass, and the gradients of these.
  public let activations: Int
  /// The one layer's weight that is dequantized or merged at a time.
  public let weightBuffer: Int
  public let scratch: Int

  public var total: Int {
    base + adapter + gradients + optimizer + activations + weightBuffer + scratch
  }

  init(parameters: [Parameter], plan: Plan, optimizer: Optimizer) {
    let adapters = parameters.filter { $0.name.contains(".lora_") }
    adapter = adapters.reduce(0) { $0 + $1.byteCount }
    base = parameters.reduce(0) { $0 + $1.byteCount } - adapter
    gradients = parameters.reduce(0) { $0 + ($1.gradient?.byteCount ?? 0) }
    self.optimizer = optimizer.byteCount
    activations = plan.memory.activations
    weightBuffer = plan.memory.weightBuffer
    scratch = plan.memory.scratch
  }
}
