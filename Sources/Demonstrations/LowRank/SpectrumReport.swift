public import Drawing
internal import LinearAlgebra

/// What a matrix is worth rank by rank: its singular values, and what each approximation leaves out.
public struct SpectrumReport: Sendable {
  /// The longest shorter side that is decomposed.
  public static let largestShorterSide = 4096
  /// The most numbers of a matrix that is decomposed.
  public static let largestCount = 1 << 26
  /// As many ranks are listed one by one.
  static let longestList = 16

  /// How a kept rank is split into factors.
  public enum Split: String, CaseIterable, Sendable {
    /// A = √S Vᵀ and B = U √S, as an adapter has them: W ≈ B A.
    case ab
    /// U, S and Vᵀ: W ≈ U diag(S) Vᵀ.
    case usv
  }

  /// A factor with the name that a file gives it.
  public struct Factor: Equatable, Sendable {
    public let name: String
    public let shape: [Int]
    public let values: [Float]
  }

  /// An approximation that was asked for.
  public struct Kept: Sendable {
    public let rank: Int
    public let factors: [Factor]
    /// The Frobenius norm of the difference between the matrix and the product of the factors.
    public let measuredError: Double
  }

  public let weights: NamedWeights
  /// The singular values in decreasing order.
  public let values: [Double]
  public let kept: Kept?
  /// The sum of the squares of the values after each rank, from rank 0 on.
  private let tails: [Double]

  /// Decomposes a matrix.
  ///
  /// - Parameters:
  ///   - weights: The matrix, with the name that the report gives it.
  ///   - rank: The rank whose factors are wanted; nothing where only the values are.
  ///   - split: How the kept rank is split.
  /// - Throws: `DemonstrationError` where the matrix is empty or too large or the rank does not suit,
  ///   or `LinearAlgebraError`.
  public init(of weights: NamedWeights, rank: Int? = nil, split: Split = .ab) throws {
    let matrix = weights.matrix
    try Self.check(rows: matrix.rows, columns: matrix.columns, name: weights.name)
    let side = min(matrix.rows, matrix.columns)
    self.weights = weights
    if let rank {
      guard (1...side).contains(rank) else {
        throw DemonstrationError.outOfRange(
          demonstration: "decompose", parameter: "rank", value: Double(rank),
          range: 1...Double(side))
      }
      let svd = try SingularValueDecomposition(matrix)
      values = svd.values
      kept = Self.kept(svd, rank: rank, split, of: matrix)
    } else {
      values = try SingularValues.of(matrix)
      kept = nil
    }
    var tails = [0.0]
    for value in values.reversed() { tails.append(tails[tails.count - 1] + value * value) }
    self.tails = tails.reversed()
  }

  /// Refuses a matrix that is empty or would take too long.
  ///
  /// - Throws: `DemonstrationError`.
  public static func check(rows: Int, columns: Int, name: String) throws(DemonstrationError) {
    guard rows > 0, columns > 0 else {
      throw .needsWeights(demonstration: "decompose", atLeast: 1, found: 0)
    }
    guard min(rows, columns) <= largestShorterSide, rows <= largestCount / columns else {
      throw .unsuitableWeights(
        demonstration: "decompose", name: name,
        reason: """
          is \(rows)×\(columns), and at most \(largestShorterSide) on the shorter side and \
          \(largestCount) numbers are decomposed; choose a part with --slice
          """)
    }
  }

  private static func kept(
    _ svd: SingularValueDecomposition, rank: Int, _ split: Split, of matrix: Matrix
  ) -> Kept {
    let count = svd.values.count
    let values = svd.values.prefix(rank)
    let (leftScale, rightScale) =
      split == .ab
      ? (values.map { $0.squareRoot() }, values.map { $0.squareRoot() })
      : (values.map { _ in 1 }, values.map { _ in 1 })
    var left = Matrix.zeros(rows: svd.rows, columns: rank)
    var right = Matrix.zeros(rows: rank, columns: svd.columns)
    for index in 0..<rank {
      for row in 0..<svd.rows {
        left[row, index] = Float(svd.left[row * count + index] * leftScale[index])
      }
      for column in 0..<svd.columns {
        right[index, column] = Float(svd.right[index * svd.columns + column] * rightScale[index])
      }
    }
    let diagonal = values.map { Float($0) }
    let product =
      split == .ab
      ? left.multiplied(by: right) : left.multiplied(by: right.scalingRows(by: diagonal))
    func factor(_ name: String, _ matrix: Matrix) -> Factor {
      Factor(name: name, shape: [matrix.rows, matrix.columns], values: matrix.values)
    }
    return Kept(
      rank: rank,
      factors: split == .ab
        ? [factor("A", right), factor("B", left)]
        : [
          factor("U", left), Factor(name: "S", shape: [rank], values: diagonal),
          factor("Vh", right),
        ],
      measuredError: (matrix - product).norm)
  }
}

extension SpectrumReport {
  public var rows: Int { weights.matrix.rows }
  public var columns: Int { weights.matrix.columns }
  /// The Frobenius norm of the matrix.
  public var norm: Double { tails[0].squareRoot() }

  /// The Frobenius norm of what the best approximation of a rank leaves out.
  public func error(rank: Int) -> Double { tails[rank].squareRoot() }
  /// The same as a share of the norm of the matrix; 0 where the matrix is zero.
  public func relativeError(rank: Int) -> Double { norm > 0 ? error(rank: rank) / norm : 0 }
  /// The share of the squared norm that the best approximation of a rank holds.
  public func energy(rank: Int) -> Double { tails[0] > 0 ? 1 - tails[rank] / tails[0] : 1 }
  /// How many numbers the factors of a rank have.
  public func numbers(rank: Int) -> Int { rank * (rows + columns) }
  /// The smallest rank that holds a share of the squared norm.
  public func rank(holding share: Double) -> Int {
    tails.firstIndex { tails[0] - $0 >= share * tails[0] } ?? values.count
  }

  /// The number of singular values that are not zero to the rounding of single precision.
  public var exactRank: Int {
    let limit = (values.first ?? 0) * Double(max(rows, columns)) * 0x1p-24
    return values.count { $0 > limit }
  }

  /// The largest rank whose factors have fewer numbers than the matrix.
  public var largestSavingRank: Int { max((rows * columns - 1) / (rows + columns), 0) }

  /// The ranks that are listed: all of a short spectrum, else powers of two and those with a meaning.
  public var listedRanks: [Int] {
    let count = values.count
    guard count > Self.longestList else { return Array(1...count) }
    var ranks: Set = [rank(holding: 0.9), rank(holding: 0.99), largestSavingRank, count]
    if let kept { ranks.insert(kept.rank) }
    var power = 1
    while power < count {
      ranks.insert(power)
      power *= 2
    }
    return ranks.filter { (1...count).contains($0) }.sorted()
  }

  /// The measures, each with its name.
  public var measures: [(name: Phrase, value: Value)] {
    var measures: [(name: Phrase, value: Value)] = [
      (Phrase(es: "forma", en: "shape"), .code("\(rows)×\(columns)")),
      (Phrase("‖W‖"), .significant(norm, digits: 4)),
      (Phrase("σ₁"), .significant(values.first ?? 0, digits: 4)),
      (Phrase(es: "rango exacto", en: "exact rank"), .integer(exactRank)),
      (Phrase(es: "rango para el 90 %", en: "rank for 90%"), .integer(rank(holding: 0.9))),
      (Phrase(es: "rango para el 99 %", en: "rank for 99%"), .integer(rank(holding: 0.99))),
      (Phrase(es: "ahorra hasta rango", en: "saves up to rank"), .integer(largestSavingRank)),
    ]
    if let kept {
      measures += [
        (Phrase(es: "rango guardado", en: "rank kept"), .integer(kept.rank)),
        (
          Phrase(es: "error relativo", en: "relative error"),
          .percentage(norm > 0 ? kept.measuredError / norm : 0, decimals: 2)
        ),
        (Phrase(es: "números", en: "numbers"), .integer(numbers(rank: kept.rank))),
      ]
    }
    return measures
  }

  /// The measures, and the ranks with what each leaves out.
  public var tables: [DataTable] {
    [
      DataTable(
        id: "measures", title: Phrase(es: "medidas", en: "measures"),
        rows: measures.map { [.init(.words($0.name)), .init($0.value)] }),
      DataTable(
        id: "ranks", title: Phrase(es: "rango a rango", en: "rank by rank"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase("σ"), Phrase(es: "error", en: "error"),
          Phrase(es: "relativo", en: "relative"), Phrase(es: "energía", en: "energy"),
          Phrase(es: "números", en: "numbers"), Phrase(es: "ahorro", en: "saved"),
        ],
        rows: listedRanks.map { rank in
          let saved = 1 - Double(numbers(rank: rank)) / Double(rows * columns)
          return [
            .init(.integer(rank), shade: rank == kept?.rank ? .role(.update) : .none),
            .init(.significant(values[rank - 1], digits: 4)),
            .init(.significant(error(rank: rank), digits: 4)),
            .init(.percentage(relativeError(rank: rank), decimals: 2)),
            .init(.percentage(energy(rank: rank), decimals: 2)),
            .init(.integer(numbers(rank: rank))), .init(.percentage(saved, decimals: 1)),
          ]
        }),
    ]
  }
}
