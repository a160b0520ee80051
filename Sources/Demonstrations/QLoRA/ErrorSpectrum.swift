internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// How much of what four bits lose in a matrix an update of each rank could take back at best.
public struct ErrorSpectrum: Demonstration {
  public let id = "error-spectrum"
  public let parameters = [
    Parameter(
      "rank", Phrase(es: "rango del adaptador", en: "rank of the adapter"), default: 8,
      range: 1...64),
    Parameter.blockSize,
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToQuantizeAndDecompose(in: input)
    let result = try ErrorSpectrumResult(
      weights, rank: whole("rank", in: input), blockSize: whole("block", in: input),
      seed: input.seed)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isLikeNoise
            ? words.say(
              es: "El error se parece al ruido: no es de rango bajo",
              en: "The error is like noise: it is not of low rank")
            : words.say(
              es: "Qué parte del error cabe en cada rango",
              en: "What part of the error fits in each rank")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Three spectra of one shape: of the weight, of its error, and of random numbers.
struct ErrorSpectrumResult: Sendable {
  let name: String
  let rows: Int
  let columns: Int
  let rank: Int
  /// The error of the weight in four bits, relative to the weight.
  let relativeError: Double
  /// What the best update of each rank leaves, as a share, from rank 0 on.
  let weight: [Double]
  let error: [Double]
  let noise: [Double]

  /// How close the error may be to noise to count as such.
  static let tolerance = 0.1

  init(_ weights: NamedWeights, rank: Int, blockSize: Int, seed: UInt64) throws {
    let matrix = weights.matrix
    (name, rows, columns) = (weights.name, matrix.rows, matrix.columns)
    self.rank = min(rank, min(rows, columns))
    let restored = try BlockQuantizer(codebook: .nf4, blockSize: blockSize).quantize(matrix)
      .dequantizedMatrix()
    let difference = matrix - restored
    relativeError = matrix.norm > 0 ? difference.norm / matrix.norm : 0
    var generator = RandomGenerator(seed: seed)
    weight = try Self.left(matrix)
    error = try Self.left(difference)
    noise = try Self.left(.randomNormal(rows: rows, columns: columns, using: &generator))
  }

  private static func left(_ matrix: Matrix) throws -> [Double] {
    let values = try SingularValues.of(matrix)
    let all = values.reduce(0) { $0 + $1 * $1 }
    var rest = all
    return [1]
      + values.map { value in
        rest -= value * value
        return all > 0 ? (max(rest, 0) / all).squareRoot() : 0
      }
  }

  /// What the best update of the chosen rank takes back of the error, as a share of its norm.
  var takenBack: Double { 1 - error[rank] }
  /// The smallest rank that takes back half.
  var halfRank: Int { error.firstIndex { $0 <= 0.5 } ?? error.count - 1 }
  /// The bits a weight that factors in 16 bits add.
  var addedBits: Double { 16 * Double(rank * (rows + columns)) / Double(rows * columns) }
  /// The same for a matrix of the side of a large model.
  static let largeSide = 4096
  var addedBitsLarge: Double { 16 * Double(2 * rank) / Double(Self.largeSide) }
  var isLikeNoise: Bool { abs(error[rank] - noise[rank]) < Self.tolerance }

  var named: [String: Value] {
    [
      "name": .code(name), "rows": .integer(rows), "columns": .integer(columns),
      "rank": .integer(rank), "full_rank": .integer(error.count - 1),
      "relative_error": .percentage(relativeError, decimals: 1),
      "taken_back": .percentage(takenBack, decimals: 0),
      "left": .percentage(error[rank], decimals: 0),
      "noise_left": .percentage(noise[rank], decimals: 0),
      "weight_left": .percentage(weight[rank], decimals: 0),
      "half_rank": .integer(halfRank),
      "half_share": .percentage(Double(halfRank) / Double(max(error.count - 1, 1)), decimals: 0),
      "added_bits": .number(addedBits, decimals: 1),
      "added_bits_large": .number(addedBitsLarge, decimals: 2),
      "large_side": .integer(Self.largeSide),
      "like_noise": .flag(isLikeNoise), "takes_little": .flag(takenBack < 0.5),
      "costs_more_than_codes": .flag(addedBits >= 4),
    ]
  }

  private var shownRanks: [Int] {
    ([0, 1, 2, 4, 8, 16, 32, 64] + [error.count - 1]).filter { $0 < error.count }
      .reduce(into: []) { if $0.last != $1 { $0.append($1) } }.sorted()
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "left", title: Phrase(es: "lo que queda en cada rango", en: "what each rank leaves"),
        columns: [
          Phrase(es: "rango", en: "rank"), Phrase(es: "error", en: "error"),
          Phrase(es: "ruido", en: "noise"), Phrase(es: "pesos", en: "weights"),
        ],
        rows: shownRanks.map { rank in
          [.init(.integer(rank))]
            + [error, noise, weight].map { .init(.percentage($0[rank], decimals: 1)) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let (kept, plain, own) = (
      words.percentage(error[rank], 0), words.percentage(noise[rank], 0),
      words.percentage(weight[rank], 0)
    )
    return words.say(
      es: """
        Tres curvas que bajan según el rango de la mejor aproximación: lo que queda de los pesos, de su \
        error de cuantización y de números al azar de la misma forma. Con rango \(rank) queda un \
        \(kept) del error, un \(plain) del ruido y un \(own) de los pesos.
        """,
      en: """
        Three curves that fall with the rank of the best approximation: what is left of the weights, \
        of their quantization error, and of random numbers of the same shape. At rank \(rank), \(kept) \
        of the error is left, \(plain) of the noise and \(own) of the weights.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    func points(_ left: [Double]) -> [Point] {
      left.enumerated().map { Point(Double($0), $1) }
    }
    let last = Double(max(error.count - 1, 1))
    LinePanel(
      heading: words.say(es: "lo que queda", en: "what is left"),
      series: [
        .init(name: "", role: .frozen, points: points(weight)),
        .init(name: "", role: .int4, points: points(noise)),
        .init(name: "", role: .error, points: points(error)),
      ],
      across: .init(
        domain: 0...last,
        ticks: Axis.roundTicks(
          0...last, length: frame.width, spacing: 5 * canvas.style(.small).size, words: words),
        title: words.say(es: "rango", en: "rank")),
      up: .init(
        domain: 0...1.0, ticks: [0, 0.25, 0.5, 0.75, 1].map { ($0, words.percentage($0, 0)) }),
      rule: (
        Double(rank), words.say(es: "rango \(rank)", en: "rank \(rank)")
      ), isNamed: false
    ).draw(in: frame, on: &canvas)
    drawKey(in: frame, on: &canvas)
  }

  /// All lines end at nothing, and so they are named in the empty corner above them.
  private func drawKey(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    LineKey(entries: [
      (words.say(es: "error W − Ŵ", en: "error W − Ŵ"), .error),
      (words.say(es: "ruido al azar", en: "random noise"), .int4),
      (words.say(es: "pesos W", en: "weights W"), .frozen),
    ]).draw(topRight: Point(frame.maxX - canvas.em(0.8), frame.minY), on: &canvas)
  }
}

/// The names of lines with a piece of each, one below the other.
struct LineKey {
  var entries: [(name: String, role: Role)]

  /// Draws the key with its upper right corner at a point, below a heading's line.
  func draw(topRight corner: Point, on canvas: inout Canvas) {
    let small = canvas.style(.small, bold: true)
    let piece = canvas.em(1.6)
    let width = (entries.map { canvas.width($0.name, small) }.max() ?? 0) + piece + canvas.em(0.5)
    // Below the heading and the label of a rule, which may stand as far right.
    let top =
      corner.y + canvas.lineHeight(canvas.style(.base)) + canvas.lineHeight(small) + canvas.em(0.8)
    for (index, entry) in entries.enumerated() {
      let y = top + (Double(index) + 0.5) * canvas.lineHeight(small)
      let left = corner.x - width
      canvas.line(Point(left, y), Point(left + piece, y), canvas.dataStroke(entry.role))
      canvas.text(
        entry.name, at: Point(left + piece + canvas.em(0.5), y), small,
        color: canvas.theme.color(entry.role), vertical: .middle)
    }
  }
}

extension Demonstration {
  /// The upper left corner of the weights of the input, for decompositions of errors.
  ///
  /// - Parameters:
  ///   - input: The input.
  ///   - side: The most rows and columns of the corner.
  /// - Returns: The corner, with the name of the weights.
  /// - Throws: `DemonstrationError` where there are too few, or where they are none or not of a size.
  func weightsToQuantizeAndDecompose(
    in input: DemonstrationInput, side: Int = 64
  ) throws -> NamedWeights {
    var weights = try weightsToAdapt(in: input, atLeast: 4)
    weights.matrix = weights.matrix.corner(rows: side, columns: side)
    guard min(weights.matrix.rows, weights.matrix.columns) >= 2 else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name, reason: "needs at least two rows and two columns")
    }
    guard weights.matrix.norm > 0 else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name, reason: "has only zeros in its upper left corner")
    }
    return weights
  }
}
