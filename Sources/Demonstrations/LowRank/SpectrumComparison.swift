internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The singular values of a weight matrix beside those of random numbers and of a true low-rank update.
public struct SpectrumComparison: Demonstration {
  public let id = "spectrum"
  public let parameters = [
    Parameter(
      "rank", Phrase(es: "rango de la actualización", en: "rank of the update"), default: 8,
      range: 1...512)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 4)
    let matrix = weights.matrix
    let side = min(matrix.rows, matrix.columns)
    guard side >= 2 else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name, reason: "needs at least two rows and two columns")
    }
    let rank = min(try whole("rank", in: input), side)
    var generator = RandomGenerator(seed: input.seed)
    let random = Matrix.randomNormal(rows: matrix.rows, columns: matrix.columns, using: &generator)
    let update = try LoRAAdapter(
      loraA: .randomNormal(rows: rank, columns: matrix.columns, using: &generator),
      loraB: .randomNormal(rows: matrix.rows, columns: rank, using: &generator), scaling: 1
    ).deltaWeight
    let result = SpectrumResult(
      name: weights.name, rank: rank, weight: try SingularValueDecomposition(matrix),
      random: try SingularValueDecomposition(random), update: try SingularValueDecomposition(update)
    )
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.isLowRank
            ? words.say(
              es: "Esta matriz es casi de rango bajo", en: "This matrix is nearly of low rank")
            : words.say(
              es: "Una matriz de pesos no es de rango bajo",
              en: "A weight matrix is not of low rank")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Three spectra of one shape.
struct SpectrumResult: Sendable {
  let name: String
  let rank: Int
  let weight: SingularValueDecomposition
  let random: SingularValueDecomposition
  let update: SingularValueDecomposition

  /// The smallest rank that holds a share of the squared norm.
  static func rank(holding share: Double, of svd: SingularValueDecomposition) -> Int {
    let all = svd.values.reduce(0) { $0 + $1 * $1 }
    var sum = 0.0
    for (index, value) in svd.values.enumerated() {
      sum += value * value
      if sum >= share * all { return index + 1 }
    }
    return svd.values.count
  }

  var ninety: Int { Self.rank(holding: 0.9, of: weight) }
  /// Whether a tenth of the ranks holds nine tenths of the matrix.
  var isLowRank: Bool { Double(ninety) <= 0.1 * Double(weight.values.count) }

  var named: [String: Value] {
    let count = weight.values.count
    return [
      "name": .code(name), "rows": .integer(weight.rows), "columns": .integer(weight.columns),
      "values": .integer(count), "update_rank": .integer(rank), "ninety": .integer(ninety),
      "ninety_share": .percentage(Double(ninety) / Double(count), decimals: 0),
      "ninety_random": .integer(Self.rank(holding: 0.9, of: random)),
      "ninety_update": .integer(Self.rank(holding: 0.9, of: update)),
      "kept_error": .percentage(
        weight.error(rank: rank) / max(weight.error(rank: 0), 1e-30), decimals: 0),
      "is_low_rank": .flag(isLowRank),
      "verdict": .words(
        isLowRank
          ? ClaimOutcome.holds.phrase
          : ClaimOutcome.doesNotHold.phrase),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "ranks", title: Phrase(es: "rango que recoge el 90 %", en: "rank that holds 90%"),
        columns: [
          Phrase(es: "pesos", en: "weights"), Phrase(es: "azar", en: "random"),
          Phrase(es: "actualización", en: "update"),
        ],
        rows: [
          [
            .init(.integer(ninety)), .init(.integer(Self.rank(holding: 0.9, of: random))),
            .init(.integer(Self.rank(holding: 0.9, of: update))),
          ]
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let randomRank = Self.rank(holding: 0.9, of: random)
    return words.say(
      es: """
        Tres curvas con los \(weight.values.count) valores singulares, divididos por el mayor: los \
        de los pesos, los de números al azar y los de una actualización de rango \(rank), que caen a \
        cero después del \(rank). Recoger el 90 % pide rango \(ninety) en los pesos y \(randomRank) \
        en los números al azar.
        """,
      en: """
        Three curves of the \(weight.values.count) singular values, divided by the largest: those of \
        the weights, of random numbers, and of an update of rank \(rank), which drop to zero after \
        \(rank). Holding 90% takes rank \(ninety) of the weights and \(randomRank) of the random \
        numbers.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let count = weight.values.count
    // Dashes tell the curves apart in grey.
    func stroke(_ role: Role, _ dashes: [Double]) -> Stroke {
      Stroke(
        canvas.theme.color(role), width: canvas.preset.lineWidth,
        dashes: dashes.map { $0 * canvas.preset.lineWidth })
    }
    let series: [(name: String, role: Role, stroke: Stroke, svd: SingularValueDecomposition)] = [
      (words.say(es: "pesos", en: "weights"), .original, stroke(.original, []), weight),
      (words.say(es: "azar", en: "random"), .frozen, stroke(.frozen, [1.5, 2]), random),
      (
        words.say(es: "rango \(rank)", en: "rank \(rank)"), .update, stroke(.update, [6, 2.5]),
        update
      ),
    ]
    let head = canvas.lineHeight(small) + canvas.em(0.5)
    let ticks = [0, 0.5, 1].map { (value: $0, label: words.number($0, $0 == 0.5 ? 1 : 0)) }
    let probe = Axis(scale: Scale(domain: 0...1, from: 0, to: 1), ticks: ticks)
    let title = words.say(es: "valor singular", en: "singular value")
    let below = Axis(scale: probe.scale, ticks: ticks, title: title)
    let plot = frame.inset(
      left: probe.width(on: canvas), top: head, right: canvas.em(0.8),
      bottom: below.height(on: canvas))
    let xScale = Scale(domain: 1...Double(max(count, 2)), from: plot.minX, to: plot.maxX)
    let yScale = Scale(domain: 0...1.02, from: plot.maxY, to: plot.minY)
    // The key names the curves above the plot: at their right ends all of them are near zero.
    var x = plot.minX
    for entry in series {
      let y = frame.minY + 0.36 * small.size
      canvas.line(Point(x, y), Point(x + canvas.em(2), y), entry.stroke)
      let label = canvas.text(
        entry.name, at: Point(x + canvas.em(2.4), y), small, color: canvas.theme.color(entry.role),
        vertical: .middle)
      x = label.maxX + canvas.em(1.2)
    }
    Axis(scale: yScale, ticks: ticks).drawLeft(of: plot, on: &canvas)
    let places = Axis.roundTicks(
      1...Double(max(count, 2)), length: plot.width, spacing: 5 * small.size, words: words)
    Axis(scale: xScale, ticks: places, title: title).drawBelow(plot, on: &canvas)
    for entry in series {
      let first = max(entry.svd.values.first ?? 0, 1e-30)
      let points = entry.svd.values.enumerated().map { index, value in
        Point(xScale(Double(index + 1)), yScale(value / first))
      }
      canvas.add(
        .path(
          .polyline(points), fill: nil, stroke: entry.stroke))
    }
  }
}
