public import LinearAlgebra

/// AdamW: steps of about the learning rate along running averages of the gradient.
///
/// With the gradient g of step t:
///
///     w ← w − η λ w
///     m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
///     w ← w − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// The decay λ acts on the weight alone, and the divisors make up for averages that start at zero.
/// Source: Loshchilov and Hutter 2019, arXiv:1711.05101; defaults and order as in PyTorch's `AdamW`.
public struct AdamW: Hashable, Sendable {
  public var learningRate: Double
  /// How much of the first moment stays from step to step.
  public var beta1: Double
  /// How much of the second moment stays from step to step.
  public var beta2: Double
  public var epsilon: Double
  public var weightDecay: Double

  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0.01
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// What is kept for every weight from step to step, beside its value and its gradient.
  public struct Moments: Equatable, Sendable {
    /// The running average of the gradient, in the shape of the weight.
    public private(set) var first: Matrix
    /// The running average of its square, in the shape of the weight.
    public private(set) var second: Matrix
    /// The number of steps that were taken.
    public private(set) var steps = 0
    /// What the averages still owe to their start at zero: β₁ᵗ and β₂ᵗ.
    private var owed = (first: 1.0, second: 1.0)

    /// Creates the moments of a weight of a shape before its first step: zeros.
    public init(rows: Int, columns: Int) {
      first = .zeros(rows: rows, columns: columns)
      second = first
    }

    public static func == (left: Moments, right: Moments) -> Bool {
      left.first == right.first && left.second == right.second && left.steps == right.steps
    }

    /// Takes a gradient into the averages and returns the step that they ask for, without decay.
    mutating func take(_ gradient: Matrix, _ rule: AdamW) -> Matrix {
      precondition(
        gradient.rows == first.rows && gradient.columns == first.columns,
        "A gradient of \(gradient.rows)×\(gradient.columns) has other moments.")
      steps += 1
      owed = (owed.first * rule.beta1, owed.second * rule.beta2)
      var change = gradient
      for index in gradient.values.indices {
        let slope = Double(gradient.values[index])
        first.values[index] = Float(
          rule.beta1 * Double(first.values[index]) + (1 - rule.beta1) * slope)
        second.values[index] = Float(
          rule.beta2 * Double(second.values[index]) + (1 - rule.beta2) * slope * slope)
        let mean = Double(first.values[index]) / (1 - owed.first)
        let size = (Double(second.values[index]) / (1 - owed.second)).squareRoot()
        change.values[index] = Float(-rule.learningRate * mean / (size + rule.epsilon))
      }
      return change
    }
  }

  /// Moves a weight by one step.
  ///
  /// - Parameters:
  ///   - weight: The weight; it is changed.
  ///   - gradient: The gradient of the loss, in the shape of the weight.
  ///   - moments: The moments of this weight; they are brought up to date.
  /// - Returns: The step without the decay, as it was before its sum with the weight was rounded.
  @discardableResult
  public func step(_ weight: inout Matrix, gradient: Matrix, moments: inout Moments) -> Matrix {
    let change = moments.take(gradient, self)
    let kept = 1 - learningRate * weightDecay
    for index in weight.values.indices {
      weight.values[index] = Float(
        kept * Double(weight.values[index]) + Double(change.values[index]))
    }
    return change
  }
}
