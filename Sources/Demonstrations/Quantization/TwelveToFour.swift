internal import Drawing
internal import Charts
internal import LinearAlgebra
internal import Quantization

/// The article's picture, computed: weights sorted into groups of equal size, one value kept for each.
public struct TwelveToFour: Demonstration {
  public let id = "twelve-to-four"
  public let parameters = [
    Parameter(
      "levels", Phrase(es: "cuántos valores quedan", en: "how many values remain"), default: 4,
      range: 2...16)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToWrite(in: input, atLeast: 2)
    let levels = try whole("levels", in: input)
    guard weights.matrix.count >= levels else {
      throw DemonstrationError.needsWeights(
        demonstration: id, atLeast: levels, found: weights.matrix.count)
    }
    let result = try TwelveToFourResult(weights.matrix, levels: levels)
    return Observation(
      values: result.values, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "\(result.count) pesos, \(result.levels) valores: cada grupo guarda uno",
            en: "\(result.count) weights, \(result.levels) values: each group keeps one")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in TwelveToFourDrawing(result).draw(on: &canvas, in: frame) }))
  }
}

/// What the quantile code did to the weights and to their colour classes.
struct TwelveToFourResult: Sendable {
  let matrix: Matrix
  let levels: Int
  let classes: ValueClasses
  let code: QuantileCode
  /// The members of each group, in increasing order.
  let groups: [[Float]]
  let before: [Int]
  let after: [Int]

  init(_ matrix: Matrix, levels: Int) throws {
    self.matrix = matrix
    self.levels = levels
    classes = ValueClasses(of: matrix.values)
    code = try QuantileCode(of: matrix.values, levels: levels)
    var groups: [[Float]] = Array(repeating: [], count: levels)
    for (value, bin) in zip(matrix.values, code.bins) { groups[bin].append(value) }
    self.groups = groups.map { $0.sorted() }
    before = classes.counts(matrix.values)
    after = classes.counts(code.representatives)
  }

  var count: Int { matrix.count }
  /// The classes that had weights and have no representative.
  var lost: [ValueClass] {
    zip(ValueClass.allCases, zip(before, after)).filter { $1.0 > 0 && $1.1 == 0 }.map(\.0)
  }
  /// The largest weight and the value that is kept for it.
  var largest: (value: Float, kept: Float) {
    (classes.range.upperBound, code.representatives[levels - 1])
  }
  /// The decimals with which the weights are written.
  var decimals: Int { decimalsFor(matrix.values) }

  private var hasArticleCounts: Bool { before == [3, 6, 2, 1] && after == [1, 2, 1, 0] }

  /// What the article draws is found in the values alone: every weight is still there with a code.
  private func verdict(_ isFound: Bool) -> Phrase {
    isFound
      ? count > levels
        ? ClaimOutcome.holdsWithLimit.phrase
        : ClaimOutcome.holds.phrase
      : ClaimOutcome.doesNotHold.phrase
  }

  var values: [String: Value] {
    var values: [String: Value] = [
      "count": .integer(count), "levels": .integer(levels),
      "rows": .integer(matrix.rows), "columns": .integer(matrix.columns),
      "group": .integer(groups.map(\.count).max() ?? 0),
      "bits": .integer(bitsFor(levels)),
      "largest": .number(Double(largest.value), decimals: decimals),
      "largest_kept": .number(Double(largest.kept), decimals: decimals),
      "lost_any": .flag(!lost.isEmpty),
      "pink_lost": .flag(lost == [.pink]),
      "article_counts": .flag(hasArticleCounts),
      "verdict_c8": .words(verdict(hasArticleCounts)),
      "claim_number_c8": .integer(levels),
      "claim_measure_c8": .words(
        Phrase(
          es: "valores; los pesos siguen siendo \(count)",
          en: "values; there are still \(count) weights")),
      "verdict_c9": .words(verdict(lost == [.pink])),
      "claim_number_c9": .number(
        abs(Double(largest.value) - Double(largest.kept)), decimals: decimals),
      "claim_measure_c9": .words(
        Phrase(
          es: "se aparta el mayor peso del valor guardado",
          en: "between the largest weight and what is kept")),
      "before": .words(
        Phrase(
          es: ValueClasses.listed(before, Words(.spanish)),
          en: ValueClasses.listed(before, Words(.english)))),
      "after": .words(
        Phrase(
          es: ValueClasses.listed(after, Words(.spanish)),
          en: ValueClasses.listed(after, Words(.english)))),
    ]
    for (index, valueClass) in ValueClass.allCases.enumerated() {
      values[valueClass.rawValue] = .integer(before[index])
      values["\(valueClass.rawValue)_after"] = .integer(after[index])
      values["\(valueClass.rawValue)_share"] = .number(
        Double(before[index]) * Double(levels) / Double(count), decimals: 2)
    }
    return values
  }

  var tables: [DataTable] {
    guard count <= 64 else { return [] }
    func cell(_ value: Float) -> DataTable.Cell {
      .init(
        .number(Double(value), decimals: decimals), shade: .valueClass(classes[value]))
    }
    return [
      DataTable(
        id: "weights", title: Phrase(es: "los pesos", en: "the weights"),
        rows: (0..<matrix.rows).map { row in
          (0..<matrix.columns).map { cell(matrix[row, $0]) }
        }),
      DataTable(
        id: "groups",
        title: Phrase(es: "grupos y valor que se guarda", en: "groups and value kept"),
        columns: [
          Phrase(es: "grupo", en: "group"), Phrase(es: "se guarda", en: "kept"),
          Phrase(es: "pesos", en: "weights"),
        ],
        rows: groups.enumerated().map { index, members in
          [.init(.integer(index)), cell(code.representatives[index])] + members.map(cell)
        }),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let rows = words.integer(matrix.rows)
    let columns = words.integer(matrix.columns)
    var text = words.say(
      es: """
        A la izquierda, una matriz de \(rows)×\(columns) con \(words.integer(count)) pesos coloreados \
        según su valor: \(ValueClasses.listed(before, words)). A la derecha, los mismos pesos \
        ordenados en \(levels) grupos, cada uno con el valor que se guarda: \
        \(ValueClasses.listed(after, words)).
        """,
      en: """
        On the left, a \(rows)×\(columns) matrix of \(words.integer(count)) weights coloured by \
        value: \(ValueClasses.listed(before, words)). On the right, the same weights sorted into \
        \(levels) groups, each with the value that is kept: \(ValueClasses.listed(after, words)).
        """)
    if lost.contains(.pink) {
      text += words.say(
        es:
          " El mayor, \(words.number(Double(largest.value), decimals)), se guarda como \(words.number(Double(largest.kept), decimals)).",
        en:
          " The largest, \(words.number(Double(largest.value), decimals)), is kept as \(words.number(Double(largest.kept), decimals))."
      )
    }
    return text
  }
}

/// The smallest number of bits that can count a number of levels.
func bitsFor(_ levels: Int) -> Int {
  var bits = 1
  while 1 << bits < levels { bits += 1 }
  return bits
}

/// The decimals that show about three digits of the largest of some weights, from 0 to 5.
func decimalsFor(_ values: [Float]) -> Int {
  let largest = Double(values.map(\.magnitude).max() ?? 0)
  guard largest > 0 else { return 2 }
  var decimals = 2
  var limit = 0.095
  while decimals < 5, largest < limit {
    decimals += 1
    limit /= 10
  }
  return largest >= 1000 ? 0 : largest >= 10 ? 1 : decimals
}
