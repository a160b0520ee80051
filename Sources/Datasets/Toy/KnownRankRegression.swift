public import LinearAlgebra

/// Learning a change whose rank is known: one number an example, `y = uᵀ (W₀ + ΔW) v`.
///
/// u and v are standard normal. W₀, the pretrained weight, has normal entries of variance 1 / size. ΔW is
/// the product of two normal factors, brought to a length: its rank is k. Every example is one equation
/// for the size² entries of ΔW, while k (2 size − k) numbers describe it: with fewer examples than entries,
/// only a model of the right rank can find it.
public struct KnownRankRegression: Equatable, Sendable {
  /// The sides of the weight.
  public var size: Int
  /// The rank of the change.
  public var rank: Int
  /// The examples to learn from.
  public var trainCount: Int
  /// The examples to check with; they have no noise.
  public var validationCount: Int
  /// The standard deviation of the noise, as a share of that of `uᵀ ΔW v`.
  public var noise: Double
  /// The length of ΔW (its Frobenius norm) divided by that of W₀.
  public var relativeChange: Double

  public init(
    size: Int = 16, rank: Int = 2, trainCount: Int = 160, validationCount: Int = 1000,
    noise: Double = 0.05, relativeChange: Double = 1
  ) {
    self.size = size
    self.rank = rank
    self.trainCount = trainCount
    self.validationCount = validationCount
    self.noise = noise
    self.relativeChange = relativeChange
  }

  /// The examples, and the truth behind them.
  public struct Task: Equatable, Sendable {
    /// The pretrained weight W₀, [size, size].
    public let base: Matrix
    /// The change ΔW to be found, [size, size].
    public let change: Matrix
    public let train: BilinearExamples
    public let validation: BilinearExamples

    /// The mean squared error of a change on the validation examples, divided by that of no change.
    public func relativeError(of change: Matrix) -> Double {
      let truth = validation.outputs(of: self.change)
      let found = validation.outputs(of: change)
      let error = zip(found, truth).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      return error / truth.reduce(0.0) { $0 + $1 * $1 }
    }
  }

  /// The task of a seed.
  ///
  /// - Throws: `setting`.
  public func make(seed: UInt64) throws(DatasetError) -> Task {
    try check()
    var generator = RandomGenerator(seed: seed, stream: Stream.weights)
    let base = Matrix.randomNormal(
      rows: size, columns: size, standardDeviation: 1 / Double(size).squareRoot(),
      using: &generator)
    let left = Matrix.randomNormal(rows: size, columns: rank, using: &generator)
    let right = Matrix.randomNormal(rows: rank, columns: size, using: &generator)
    let product = left.multiplied(by: right)
    let change = Float(relativeChange * base.norm / product.norm) * product
    // Independent standard normal u and v give uᵀ ΔW v the standard deviation ‖ΔW‖.
    let deviation = noise * change.norm
    return Task(
      base: base, change: change,
      train: examples(trainCount, base + change, deviation, seed, Stream.train),
      validation: examples(validationCount, base + change, 0, seed, Stream.validation))
  }

  private func examples(
    _ count: Int, _ weight: Matrix, _ deviation: Double, _ seed: UInt64, _ stream: UInt64
  ) -> BilinearExamples {
    var generator = RandomGenerator(seed: seed, stream: stream)
    let u = Matrix.randomNormal(rows: count, columns: size, using: &generator)
    let v = Matrix.randomNormal(rows: count, columns: size, using: &generator)
    var examples = BilinearExamples(u: u, v: v, y: [])
    examples.y = examples.outputs(of: weight).map {
      Float($0 + (deviation > 0 ? deviation * generator.nextNormal() : 0))
    }
    return examples
  }

  private func check() throws(DatasetError) {
    guard (2...256).contains(size) else {
      throw .setting(name: "the size", value: "\(size)", allowed: "from 2 to 256")
    }
    guard (1...size).contains(rank) else {
      throw .setting(name: "the rank", value: "\(rank)", allowed: "from 1 to the size, \(size)")
    }
    for (name, count) in [
      ("the number of examples", trainCount),
      ("the number of validation examples", validationCount),
    ] where !(1...100_000).contains(count) {
      throw .setting(name: name, value: "\(count)", allowed: "from 1 to 100000")
    }
    guard noise >= 0, noise <= 100 else {
      throw .setting(name: "the noise", value: "\(noise)", allowed: "from 0 to 100")
    }
    guard relativeChange > 0, relativeChange <= 1000 else {
      throw .setting(
        name: "the relative change", value: "\(relativeChange)", allowed: "above 0, up to 1000")
    }
  }
}

/// Examples of a bilinear form: two vectors and the number that a weight makes of them.
public struct BilinearExamples: Equatable, Sendable {
  /// The vectors on the left of the weight, [examples, size].
  public let u: Matrix
  /// The vectors on its right, [examples, size].
  public let v: Matrix
  /// The numbers to come out, [examples].
  public internal(set) var y: [Float]

  /// The number of examples.
  public var count: Int { u.rows }

  /// Some of the examples, in the order of their numbers.
  public subscript(indices: some Sequence<Int>) -> BilinearExamples {
    let indices = Array(indices)
    func rows(_ matrix: Matrix) -> Matrix {
      Matrix(
        rows: indices.count, columns: matrix.columns, values: indices.flatMap { matrix.row($0) })
    }
    return BilinearExamples(u: rows(u), v: rows(v), y: indices.map { y[$0] })
  }

  /// What comes out of a weight: `uᵀ W v` for every example, accumulated in double precision.
  public func outputs(of weight: Matrix) -> [Double] {
    (0..<count).map { example in
      let (left, right) = (u.row(example), v.row(example))
      return left.enumerated().reduce(0.0) { sum, element in
        let row = weight.row(element.offset)
        let product = zip(row, right).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        return sum + Double(element.element) * product
      }
    }
  }
}
