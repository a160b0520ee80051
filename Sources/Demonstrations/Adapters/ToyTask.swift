internal import Adapters
internal import Drawing
internal import LinearAlgebra

/// A small layer, a few examples of what it should do, and the change that would do it.
///
/// The loss is half the mean squared error of an example: `Σ ‖y − t‖² / 2N`.
struct ToyTask: Sendable {
  static let (rows, columns, examples) = (4, 5, 8)
  /// The step of plain gradient descent.
  static let rate: Float = 0.2

  let weight: Matrix
  let configuration: LoRAConfiguration
  /// The inputs, [examples, in], and the outputs wanted, [examples, out].
  let input: Matrix
  let wanted: Matrix

  static let rankParameter = Parameter(
    "rank", Phrase(es: "rango", en: "rank"), default: 2, range: 1...3)

  /// Draws a layer whose wanted change has rank one; alpha is the rank, so that the scaling is one.
  init(rank: Int, seed: UInt64) throws {
    configuration = try LoRAConfiguration(rank: rank, alpha: Double(rank))
    var generator = RandomGenerator(seed: seed)
    let (rows, columns) = (Self.rows, Self.columns)
    weight = .randomNormal(
      rows: rows, columns: columns, standardDeviation: 0.6, using: &generator)
    let change = Matrix.randomNormal(rows: rows, columns: 1, using: &generator).multiplied(
      by: .randomNormal(rows: 1, columns: columns, using: &generator))
    input = .randomNormal(rows: Self.examples, columns: columns, using: &generator)
    // Of one size for every seed, so that one length of step suits it: of much larger changes
    // gradient descent of this rate would only jump around the minimum.
    let sized = Float(1 / change.norm) * change
    wanted = input.multiplied(by: (weight + sized).transposed)
  }

  private func missed(by adapter: LoRAAdapter) throws -> Matrix {
    try adapter.output(of: input, weight: weight) - wanted
  }

  func loss(_ adapter: LoRAAdapter) throws -> Double {
    let length = try missed(by: adapter).norm
    return length * length / Double(2 * Self.examples)
  }

  func gradients(_ adapter: LoRAAdapter) throws -> LoRAGradients {
    try adapter.gradients(
      upstream: 1 / Float(Self.examples) * missed(by: adapter), input: input, weight: weight)
  }

  /// The adapter after one step of gradient descent; the weight is not touched.
  func stepped(_ adapter: LoRAAdapter) throws -> LoRAAdapter {
    let gradients = try gradients(adapter)
    return try LoRAAdapter(
      loraA: adapter.loraA - Self.rate * gradients.loraA,
      loraB: adapter.loraB - Self.rate * gradients.loraB, scaling: adapter.scaling)
  }

  /// How far the outputs are from those without an adapter, as a share of their size.
  func movedOutput(_ adapter: LoRAAdapter) throws -> Double {
    let before = input.multiplied(by: weight.transposed)
    return (try adapter.output(of: input, weight: weight) - before).norm / before.norm
  }
}
