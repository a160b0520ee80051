internal import Adapters
internal import Drawing
internal import LinearAlgebra

#if canImport(Glibc)
  internal import Glibc
#endif

extension LoRAAdapter {
  /// A random adapter whose update has a share of the norm of a weight.
  ///
  /// Its factors are normal and of about one size, so that one colour scale suits both.
  ///
  /// - Parameters:
  ///   - weight: The weight, [out, in]; the rank is at most its shorter side.
  ///   - wanted: The rank, where the weight is large enough for it.
  ///   - share: The norm of the update divided by that of the weight.
  ///   - scaling: The factor in front of the product; the factors make up for it.
  ///   - isRound: Whether the entries of the factors keep one digit of their usual size, so that
  ///     products can be checked by hand; the share then holds only roughly.
  ///   - generator: Where the factors come from.
  /// - Returns: The adapter, without DoRA's magnitude.
  /// - Throws: `AdapterError` where the rank is not positive or a number is not finite.
  static func drawn(
    for weight: Matrix, rank wanted: Int, share: Double, scaling: Double = 1,
    isRound: Bool = false, using generator: inout RandomGenerator
  ) throws -> LoRAAdapter {
    let rank = min(wanted, weight.rows, weight.columns)
    let loraA = Matrix.randomNormal(rows: rank, columns: weight.columns, using: &generator)
    let loraB = Matrix.randomNormal(rows: weight.rows, columns: rank, using: &generator)
    let product = loraB.multiplied(by: loraA).norm
    let factor = product > 0 ? (share * weight.norm / (scaling.magnitude * product)) : 0
    let size = factor.squareRoot()
    let step = isRound && size > 0 ? pow(10, floor(log10(size))) : 0
    func sized(_ matrix: Matrix) -> Matrix {
      Matrix(
        rows: matrix.rows, columns: matrix.columns,
        values: matrix.values.map { value in
          let scaled = Double(value) * size
          return Float(step > 0 ? (scaled / step).rounded() * step : scaled)
        })
    }
    return try LoRAAdapter(loraA: sized(loraA), loraB: sized(loraB), scaling: scaling)
  }
}

extension Demonstration {
  /// The weights of the input, for sums with an update in proportion to them.
  ///
  /// - Throws: `DemonstrationError.needsWeights`, or `.unsuitableWeights` where all of them are zero, or
  ///   where they are so large or so small that such sums leave the range of single precision.
  func weightsToAdapt(
    in input: DemonstrationInput, atLeast count: Int = 1
  ) throws -> NamedWeights {
    let weights = try weights(in: input, atLeast: count)
    let largest = Statistics.absoluteMaximum(weights.matrix.values)?.value.magnitude ?? 0
    guard (1e-20...1e20).contains(largest) else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name,
        reason: """
          has \(largest) as its largest magnitude, and an update in proportion to it needs one from \
          1e-20 to 1e20
          """)
    }
    return weights
  }

  /// The same for a picture that writes the values.
  ///
  /// - Throws: `DemonstrationError.needsWeights` or `.unsuitableWeights`.
  func weightsToAdaptAndWrite(in input: DemonstrationInput) throws -> NamedWeights {
    _ = try weightsToWrite(in: input)
    return try weightsToAdapt(in: input)
  }
}

extension Parameter {
  /// The rank of an adapter.
  static func rank(_ rank: Double) -> Parameter {
    Parameter(
      "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: rank,
      range: 1...512)
  }

  /// How large an update is against its weight.
  static func share(_ share: Double) -> Parameter {
    Parameter(
      "share",
      Phrase(
        es: "norma de la actualización entre la del peso",
        en: "norm of the update divided by that of the weight"), default: share,
      range: 0.0001...10, isWhole: false)
  }
}
