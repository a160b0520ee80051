#if canImport(Glibc)
  internal import Glibc
#endif

/// How the learning rate changes from step to step, as the schedules of transformers do.
///
/// The first step reads the rate of step 0: with a warm-up it is 0.
public struct LearningRateSchedule: Equatable, Sendable {
  public enum Shape: String, CaseIterable, Sendable {
    case constant, linear, cosine
  }

  public let shape: Shape
  /// The steps in which the rate rises in a straight line from 0.
  public let warmUpSteps: Int

  public init(_ shape: Shape = .constant, warmUpSteps: Int = 0) {
    self.shape = shape
    self.warmUpSteps = warmUpSteps
  }

  /// What the learning rate is multiplied by at a step, counted from 0.
  public func factor(step: Int, of steps: Int) -> Double {
    if step < warmUpSteps { return Double(step) / Double(max(1, warmUpSteps)) }
    let progress = Double(step - warmUpSteps) / Double(max(1, steps - warmUpSteps))
    return switch shape {
    case .constant: 1
    case .linear: max(0, 1 - progress)
    case .cosine: max(0, 0.5 * (1 + cos(.pi * progress)))
    }
  }
}
