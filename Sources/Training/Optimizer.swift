public import Autograd
internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#endif

/// The rule by which gradients change weights.
public enum OptimizerConfiguration: Equatable, Sendable {
  /// v ← momentum · v + g and w ← w − rate · v, as `torch.optim.SGD`.
  case sgd(momentum: Double = 0, weightDecay: Double = 0)
  /// Adam with weight decay apart from the gradient, as `torch.optim.AdamW`. Source: Loshchilov and
  /// Hutter 2019, arXiv:1711.05101.
  case adamW(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)

  /// - Throws: `TrainingError.setting`.
  func check() throws(TrainingError) {
    func require(
      _ name: String, _ value: Double, _ isFine: Bool, _ needed: String
    ) throws(TrainingError) {
      guard value.isFinite, isFine else {
        throw .setting(name: name, value: value, needed: needed)
      }
    }
    switch self {
    case .sgd(let momentum, let decay):
      try require("momentum", momentum, momentum >= 0 && momentum < 1, "from 0 up to below 1")
      try require("weight decay", decay, decay >= 0, "0 or more")
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      try require("first beta", beta1, beta1 >= 0 && beta1 < 1, "from 0 up to below 1")
      try require("second beta", beta2, beta2 >= 0 && beta2 < 1, "from 0 up to below 1")
      try require("epsilon", epsilon, epsilon > 0, "above 0")
      try require("weight decay", decay, decay >= 0, "0 or more")
    }
  }
}

/// The trained weights with what the optimiser remembers of each.
public final class Optimizer {
  private struct Slot {
    let parameter: Parameter
    let rateFactor: Double
    /// The first moment, or the velocity.
    let first: Floats
    /// The second moment; empty for SGD.
    let second: Floats
  }

  public let configuration: OptimizerConfiguration
  /// The number of steps that were done.
  public internal(set) var stepCount = 0
  private let slots: [Slot]
  private let threads: Threads

  /// - Parameters:
  ///   - configuration: The rule.
  ///   - parameters: The trainable weights.
  ///   - loraPlusRatio: By what the rate of B and of DoRA's row lengths is multiplied. Source: Hayou et al.
  ///     2024, arXiv:2402.12354.
  ///   - threads: How many threads work; the results do not depend on it.
  public init(
    _ configuration: OptimizerConfiguration, parameters: [Parameter], loraPlusRatio: Double = 1,
    threads: Threads = .processors
  ) {
    self.configuration = configuration
    self.threads = threads
    slots = parameters.map { parameter in
      let isRaised = parameter.name.contains(".lora_B") || parameter.name.contains("lora_magnitude")
      let hasSecond = if case .adamW = configuration { true } else { false }
      return Slot(
        parameter: parameter, rateFactor: isRaised ? loraPlusRatio : 1,
        first: Floats([Float](repeating: 0, count: parameter.count)),
        second: Floats([Float](repeating: 0, count: hasSecond ? parameter.count : 0)))
    }
  }

  /// The bytes of what is remembered.
  public var byteCount: Int { slots.reduce(0) { $0 + $1.first.byteCount + $1.second.byteCount } }

  /// Changes every weight by its gradient.
  ///
  /// - Parameters:
  ///   - rate: The learning rate of this step.
  ///   - gradientFactor: By what gradients are multiplied first.
  public func step(rate: Double, gradientFactor: Double = 1) {
    stepCount += 1
    for slot in slots {
      guard let weights = slot.parameter.dense, let gradient = slot.parameter.gradient else {
        continue
      }
      update(weights, gradient, slot, rate * slot.rateFactor, Float(gradientFactor))
    }
  }

  private func update(
    _ weights: Floats, _ gradient: Floats, _ slot: Slot, _ rate: Double, _ factor: Float
  ) {
    unsafe weights.withUnsafeBuffer { weights in
      unsafe gradient.withUnsafeBuffer { gradient in
        unsafe slot.first.withUnsafeBuffer { first in
          unsafe slot.second.withUnsafeBuffer { second in
            guard let w = weights.baseAddress, let g = gradient.baseAddress,
              let m = first.baseAddress, let v = second.baseAddress
            else { return }
            let count = weights.count
            threads.forEachRange(of: count) { range in
              let (start, length) = (range.lowerBound, range.count)
              switch configuration {
              case .sgd(let momentum, let decay):
                unsafe lora_sgd_step(
                  factor, Float(rate), Float(momentum), Float(decay), g + start, length, w + start,
                  m + start)
              case .adamW(let beta1, let beta2, let epsilon, let decay):
                let step = Double(stepCount)
                let settings = lora_adamw(
                  gradient_factor: factor, decay: Float(1 - rate * decay), beta1: Float(beta1),
                  beta2: Float(beta2), step_size: Float(rate / (1 - pow(beta1, step))),
                  root_of_correction: Float((1 - pow(beta2, step)).squareRoot()),
                  epsilon: Float(epsilon))
                unsafe lora_adamw_step(
                  settings, g + start, length, w + start, m + start, v + start)
              }
            }
          }
        }
      }
    }
  }

  // MARK: State

  /// What is remembered, by the names of the weights with `.first` and `.second` behind them.
  var memory: [(name: String, values: Floats)] {
    slots.flatMap { slot in
      [
        (slot.parameter.name + ".first", slot.first),
        (slot.parameter.name + ".second", slot.second),
      ]
    }.filter { $0.1.count > 0 }
  }
}
