internal import Autograd

/// Clipping by the length of all gradients together, as `torch.nn.utils.clip_grad_norm_`.
enum GradientClipping {
  /// The Euclidean length of all gradients as one vector.
  static func norm(of parameters: [Parameter]) -> Double {
    parameters.reduce(0) { $0 + ($1.gradient?.sumOfSquares ?? 0) }.squareRoot()
  }

  /// By what the gradients are multiplied: limit / (norm + 10⁻⁶), and never more than 1.
  static func factor(norm: Double, limit: Double?) -> Double {
    guard let limit else { return 1 }
    return min(1, limit / (norm + 1e-6))
  }
}
