internal import Adapters
internal import Drawing
internal import LinearAlgebra

/// A layer `y = x Wᵀ` with examples to learn: inputs, and the answers that are wanted.
///
/// The inputs are halves and the errors have one digit, so that products can be checked in the head.
struct LayerExample: Sendable {
  /// The weight, [out, in].
  let weight: Matrix
  /// The examples, [batch, in].
  let input: Matrix
  /// What the layer answers, [batch, out].
  let output: Matrix
  /// What it should answer, [batch, out].
  let target: Matrix
  /// The power of ten that errors are tenths of; 1 where all weights are zero.
  let unit: Float

  /// Draws examples for a weight; the first has an input that is zero where it has three or more.
  init(weight: Matrix, examples: Int, using generator: inout RandomGenerator) {
    self.weight = weight
    let halves: [Float] = [-1, -0.5, 0.5, 1, 1.5]
    var input = Matrix.zeros(rows: examples, columns: weight.columns)
    for index in input.values.indices {
      input.values[index] = halves[Int(generator.nextUniform() * Double(halves.count))]
    }
    if weight.columns >= 3 { input[0, weight.columns - 2] = 0 }
    self.input = input
    output = input.multiplied(by: weight.transposed)
    // The errors are of the size of the weights: tenths of the first power of ten that is at least
    // half the largest weight.
    let half = weight.values.reduce(0) { max($0, $1.magnitude) } / 2
    var unit: Float = 1
    while half > 0, unit < half { unit *= 10 }
    while half > 0, unit / 10 >= half { unit /= 10 }
    var target = output
    for index in target.values.indices {
      let tenths = (generator.nextNormal() * 6).rounded()
      target.values[index] -= Float(tenths == 0 ? 1 : tenths) / 10 * unit
    }
    self.target = target
    self.unit = unit
  }

  /// The loss of the layer with a weight, and the gradients at it.
  func pass(_ weight: Matrix) throws -> (error: SquaredError, gradients: LayerGradients) {
    let error = try SquaredError(
      output: input.multiplied(by: weight.transposed), target: target)
    return (
      error, try LayerGradients(upstream: error.gradient, input: input, weight: weight)
    )
  }
}

extension Matrix {
  /// The top left corner with at most so many rows and columns: what a picture with values has room for.
  func corner(rows: Int, columns: Int) -> Matrix {
    self[rows: 0..<min(rows, self.rows), columns: 0..<min(columns, self.columns)]
  }
}

/// The colours of the numbers that training keeps for each weight: four steps of one scale, which
/// stay apart in grey.
enum Kept: CaseIterable, Sendable {
  case value, gradient, first, second

  var name: Phrase {
    switch self {
    case .value: Phrase(es: "valor", en: "value")
    case .gradient: Phrase(es: "gradiente", en: "gradient")
    case .first: Phrase(es: "1.er momento, m", en: "1st moment, m")
    case .second: Phrase(es: "2.º momento, v", en: "2nd moment, v")
    }
  }

  /// The letter that stands for it where there is little room.
  var symbol: String {
    switch self {
    case .value: "w"
    case .gradient: "g"
    case .first: "m"
    case .second: "v"
    }
  }

  func color(_ theme: Theme) -> Color {
    let place =
      switch self {
      case .value: 0.95
      case .gradient: 0.7
      case .first: 0.45
      case .second: 0.22
      }
    return theme.magnitudeScale.color(at: place)
  }
}
