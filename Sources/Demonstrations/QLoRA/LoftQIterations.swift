internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// LoftQ by turns: what base and adapter together still miss of a weight, after each iteration.
public struct LoftQIterations: Demonstration {
  public let id = "loftq-iterations"
  public let parameters = [
    Parameter("iterations", Phrase(es: "vueltas", en: "iterations"), default: 5, range: 1...12),
    Parameter.blockSize,
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToQuantizeAndDecompose(in: input, side: 32)
    let result = try LoftQIterationsResult(
      weights, iterations: whole("iterations", in: input), blockSize: whole("block", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "LoftQ: cuantizar sabiendo que hay un adaptador",
            en: "LoftQ: quantizing with an adapter in mind")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// What is missed at each rank, from before the first iteration on, relative to the weight.
struct LoftQIterationsResult: Sendable {
  struct Course: Sendable {
    let rank: Int
    /// ‖W − Q − BA‖ / ‖W‖: quantized alone, and after each iteration.
    let errors: [Double]

    /// The share of the error of quantizing alone that is gone after so many iterations.
    func gain(_ iteration: Int) -> Double {
      errors[0] > 0 ? 1 - errors[iteration] / errors[0] : 0
    }
  }

  let name: String
  let rows: Int
  let columns: Int
  let iterations: Int
  let courses: [Course]

  static let ranks = [1, 4, 16]

  init(_ weights: NamedWeights, iterations: Int, blockSize: Int) throws {
    let matrix = weights.matrix
    (name, rows, columns) = (weights.name, matrix.rows, matrix.columns)
    self.iterations = iterations
    let restored = try BlockQuantizer(codebook: .nf4, blockSize: blockSize).quantize(matrix)
      .dequantizedMatrix()
    let plain = (matrix - restored).norm
    let side = min(rows, columns)
    courses = try Set(Self.ranks.map { min($0, side) }).sorted().map { rank in
      let errors = try LoRAAdapter.loftQ(
        matrix, LoRAConfiguration(rank: rank, alpha: Double(rank)), iterations: iterations,
        blockSize: blockSize
      ).errors
      return Course(rank: rank, errors: ([plain] + errors).map { $0 / matrix.norm })
    }
  }

  /// The rank in the middle, which the text speaks of.
  var usual: Course { courses[min(1, courses.count - 1)] }
  /// How much the iterations after the first add, as a share of the error of quantizing alone.
  var addedByTurns: Double { usual.gain(iterations) - usual.gain(1) }

  var named: [String: Value] {
    let (first, last) = (courses[0], courses[courses.count - 1])
    return [
      "name": .code(name), "rows": .integer(rows), "columns": .integer(columns),
      "iterations": .integer(iterations), "rank": .integer(usual.rank),
      "low_rank": .integer(first.rank), "high_rank": .integer(last.rank),
      "plain": .percentage(usual.errors[0], decimals: 1),
      "once": .percentage(usual.errors[1], decimals: 1),
      "last": .percentage(usual.errors[iterations], decimals: 1),
      "gain_once": .percentage(usual.gain(1), decimals: 0),
      "gain": .percentage(usual.gain(iterations), decimals: 0),
      "gain_low": .percentage(first.gain(iterations), decimals: 0),
      "gain_high": .percentage(last.gain(iterations), decimals: 0),
      "turns_help": .flag(iterations > 1 && addedByTurns > 0.01),
      "never_whole": .flag(last.errors[iterations] > 0.01 * last.errors[0]),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "iterations", title: Phrase(es: "error relativo", en: "relative error"),
        columns: [Phrase(es: "vuelta", en: "iteration")]
          + courses.map { Phrase(es: "rango \($0.rank)", en: "rank \($0.rank)") },
        rows: (0...iterations).map { iteration in
          [.init(.integer(iteration))]
            + courses.map { .init(.percentage($0.errors[iteration], decimals: 2)) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = courses.map { course in
      let (from, to) = (
        words.percentage(course.errors[0], 1), words.percentage(course.errors[iterations], 1)
      )
      return words.say(
        es: "con rango \(course.rank), de \(from) a \(to)",
        en: "at rank \(course.rank), from \(from) to \(to)")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Una curva por rango con el error relativo que dejan la base cuantizada y el adaptador juntos, \
        según las vueltas de LoftQ: \(list).
        """,
      en: """
        A curve for each rank with the relative error that the quantized base and the adapter leave \
        together, against LoftQ's iterations: \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let top = courses.flatMap(\.errors).max() ?? 1
    let limit = top > 0 ? top * 1.08 : 1
    let roles: [Role] = courses.count == 1 ? [.update] : [.loraB, .update, .loraA]
    LinePanel(
      heading: words.say(
        es: "error de Ŵ + BA, relativo a W", en: "error of Ŵ + BA, relative to W"),
      series: zip(courses, roles).map { course, role in
        .init(
          name: words.say(es: "rango \(course.rank)", en: "rank \(course.rank)"), role: role,
          points: course.errors.enumerated().map { Point(Double($0), $1) })
      },
      across: .init(
        domain: 0...Double(iterations),
        ticks: (0...iterations).map { (Double($0), words.integer($0)) },
        title: words.say(
          es: "vueltas (0: solo cuantizar)", en: "iterations (0: quantized alone)")),
      up: .init(
        domain: 0...limit,
        ticks: Ticks.linear(0...limit, count: canvas.isCompact ? 3 : 5).map {
          ($0, words.percentage($0, limit < 0.05 ? 1 : 0))
        })
    ).draw(in: frame, on: &canvas)
  }
}
