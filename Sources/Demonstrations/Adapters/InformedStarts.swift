internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// Starts in which B·A is not zero: PiSSA, OLoRA and LoftQ, on matrices with different spectra.
public struct InformedStarts: Demonstration {
  public let id = "informed-starts"
  public let parameters = [
    Parameter("rank", Phrase(es: "rango", en: "rank"), default: 4, range: 1...16),
    Parameter(
      "iterations", Phrase(es: "vueltas de LoftQ", en: "rounds of LoftQ"), default: 5, range: 1...20
    ),
  ]

  static let side = 32

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try finiteWeights(in: input, atLeast: 4)
    let matrix = weights.matrix
    guard matrix.rows >= 2, matrix.columns >= 2 else {
      throw DemonstrationError.unsuitableWeights(
        demonstration: id, name: weights.name, reason: "needs at least two rows and two columns")
    }
    let corner = matrix[
      rows: 0..<min(Self.side, matrix.rows), columns: 0..<min(Self.side, matrix.columns)]
    let rank = min(try whole("rank", in: input), corner.rows, corner.columns)
    let iterations = try whole("iterations", in: input)
    var generator = RandomGenerator(seed: input.seed)
    let decaying = try Self.decaying(using: &generator)
    let noise = Matrix.randomNormal(rows: Self.side, columns: Self.side, using: &generator)
    let result = InformedStartsResult(
      name: weights.name, rank: rank, iterations: iterations,
      trials: try [decaying, noise, corner].map {
        try StartTrial($0, rank: rank, iterations: iterations)
      })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Empezar con un trozo de W y congelar el resto",
            en: "Start with a piece of W, and freeze the rest")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          InformedStartsDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }

  /// A matrix whose singular values fall by a fifth from one to the next.
  private static func decaying(using generator: inout RandomGenerator) throws -> Matrix {
    let left = try QRDecomposition(
      .randomNormal(rows: side, columns: side, using: &generator)
    ).orthogonal
    let right = try QRDecomposition(
      .randomNormal(rows: side, columns: side, using: &generator)
    ).orthogonal
    var value: Float = 4
    let values = (0..<side).map { _ -> Float in
      defer { value *= 0.8 }
      return value
    }
    return left.multiplied(by: right.scalingRows(by: values))
  }
}

/// All starts of one matrix.
struct StartTrial: Sendable {
  let matrix: Matrix
  let pissa: Initialization
  let olora: Initialization
  let loftQ: Initialization
  /// Relative errors: of NF4 alone, of LoftQ, and of PiSSA with its residual in NF4.
  let plainError: Double
  let loftQError: Double
  let quantizedPiSSAError: Double

  init(_ matrix: Matrix, rank: Int, iterations: Int) throws {
    self.matrix = matrix
    let configuration = try LoRAConfiguration(rank: rank, alpha: Double(rank))
    pissa = try LoRAAdapter.pissa(matrix, configuration)
    olora = try LoRAAdapter.olora(matrix, configuration)
    loftQ = try LoRAAdapter.loftQ(matrix, configuration, iterations: iterations).start
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: 64)
    func quantized(_ matrix: Matrix) throws -> Matrix {
      try quantizer.quantize(matrix).dequantizedMatrix()
    }
    let size = max(matrix.norm, 1e-30)
    plainError = (try quantized(matrix) - matrix).norm / size
    loftQError = (Self.sum(loftQ) - matrix).norm / size
    quantizedPiSSAError =
      (try quantized(pissa.baseWeight) + pissa.adapter.deltaWeight - matrix).norm / size
  }

  static func sum(_ start: Initialization) -> Matrix {
    start.baseWeight + start.adapter.deltaWeight
  }

  /// The relative difference between the matrix and the sum that a start makes of it.
  func difference(_ start: Initialization) -> Double {
    (Self.sum(start) - matrix).norm / max(matrix.norm, 1e-30)
  }

  /// The size of the frozen part, as a share of the matrix.
  func residual(_ start: Initialization) -> Double {
    start.baseWeight.norm / max(matrix.norm, 1e-30)
  }
}

/// The trials of the three matrices.
struct InformedStartsResult: Sendable {
  let name: String
  let rank: Int
  let iterations: Int
  /// A decaying spectrum, white noise, and the weights of the input.
  let trials: [StartTrial]

  static let names = [
    Phrase(es: "espectro que decae", en: "decaying spectrum"),
    Phrase(es: "ruido blanco", en: "white noise"),
    Phrase(es: "pesos", en: "weights"),
  ]
  static let methods = ["NF4", "LoftQ", "PiSSA + NF4"]

  func errors(_ trial: StartTrial) -> [Double] {
    [trial.plainError, trial.loftQError, trial.quantizedPiSSAError]
  }

  private func share(_ value: Double) -> Value { .percentage(value, decimals: 1) }

  var named: [String: Value] {
    var values: [String: Value] = [
      "rank": .integer(rank), "iterations": .integer(iterations), "name": .code(name),
      "side": .integer(InformedStarts.side),
      "rows": .integer(trials[2].matrix.rows), "columns": .integer(trials[2].matrix.columns),
    ]
    for (key, trial) in zip(["decaying", "noise", "real"], trials) {
      values[key + "_pissa_rest"] = share(trial.residual(trial.pissa))
      values[key + "_olora_rest"] = share(trial.residual(trial.olora))
      values[key + "_nf4"] = share(trial.plainError)
      values[key + "_loftq"] = share(trial.loftQError)
      values[key + "_qpissa"] = share(trial.quantizedPiSSAError)
      values[key + "_taken_back"] = share(
        trial.plainError > 0 ? 1 - trial.loftQError / trial.plainError : 0)
      values[key + "_pissa_wins"] = .flag(trial.quantizedPiSSAError < trial.loftQError)
    }
    let sums = trials.flatMap { [$0.difference($0.pissa), $0.difference($0.olora)] }
    values["largest_difference"] = .significant(sums.max() ?? 0, digits: 1)
    values["sums_exact"] = .flag((sums.max() ?? 0) < 1e-5)
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "errors",
        title: Phrase(es: "error relativo al empezar", en: "relative error at the start"),
        columns: [Phrase(es: "matriz", en: "matrix")] + Self.methods.map { Phrase($0) },
        rows: zip(Self.names, trials).map { name, trial in
          [.init(.words(name))] + errors(trial).map { .init(share($0)) }
        }),
      DataTable(
        id: "rests", title: Phrase(es: "tamaño de lo que se congela", en: "size of what is frozen"),
        columns: [Phrase(es: "matriz", en: "matrix"), Phrase("PiSSA"), Phrase("OLoRA")],
        rows: zip(Self.names, trials).map { name, trial in
          [
            .init(.words(name)), .init(share(trial.residual(trial.pissa))),
            .init(share(trial.residual(trial.olora))),
          ]
        }),
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = zip(Self.names, trials).map { name, trial in
      let values = zip(Self.methods, errors(trial)).map {
        "\($0) \(words.percentage($1, 1))"
      }.joined(separator: ", ")
      return "\(name(words)): \(values)"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Una matriz W igual a una base congelada más B·A, en tres comienzos: PiSSA, OLoRA y LoftQ, \
        como mapas de calor. Al lado, barras con el error al empezar cuando la base se guarda en \
        cuatro bits. \(list).
        """,
      en: """
        A matrix W equal to a frozen base plus B·A in three starts, PiSSA, OLoRA and LoftQ, as heat \
        maps. Beside them, bars with the error at the start when the base is stored in four bits. \
        \(list).
        """)
  }
}
