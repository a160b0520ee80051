internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// One example through a layer, its error, and the gradient of every weight as error times input.
public struct GradientByHand: Demonstration {
  public let id = "gradient-by-hand"
  public let parameters = [
    Parameter(
      "row", Phrase(es: "fila del peso señalado, desde 0", en: "row of the weight shown, from 0"),
      default: 1, range: 0...63),
    Parameter(
      "column",
      Phrase(es: "columna del peso señalado, desde 0", en: "column of the weight shown, from 0"),
      default: 0, range: 0...63),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weight = try weightsToWrite(in: input).matrix.corner(rows: 4, columns: 6)
    var generator = RandomGenerator(seed: input.seed)
    let example = LayerExample(weight: weight, examples: 1, using: &generator)
    let pass = try example.pass(weight)
    let result = GradientByHandResult(
      example: example, gradient: pass.gradients.weight, loss: pass.error.loss,
      pointed: (
        min(try whole("row", in: input), weight.rows - 1),
        min(try whole("column", in: input), weight.columns - 1)
      ))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "El gradiente: el error por la entrada",
            en: "The gradient: the error times the input"
          )
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          GradientByHandDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// An example, its errors and the gradient of the weight.
struct GradientByHandResult: Sendable {
  let example: LayerExample
  let gradient: Matrix
  let loss: Double
  let pointed: (row: Int, column: Int)

  /// The errors as a column, [out, 1].
  var errors: Matrix { (example.output - example.target).transposed }
  var input: Float { example.input[0, pointed.column] }
  var error: Float { errors[pointed.row, 0] }
  var slope: Float { gradient[pointed.row, pointed.column] }
  /// How many weights have a gradient of exactly zero.
  var still: Int { gradient.values.count { $0 == 0 } }
  /// The inputs that are zero, counted from 1.
  var zeroInputs: [Int] {
    (0..<example.input.columns).filter { example.input[0, $0] == 0 }.map { $0 + 1 }
  }
  var decimals: Int {
    decimalsNeeded(
      example.output.values + example.target.values + gradient.values
        + example.weight.values)
  }

  var errorDecimals: Int { decimalsNeeded(errors.values) }

  /// The product behind the gradient that is pointed at, with a negative second factor in brackets.
  func product(_ words: Words) -> String {
    let factor = words.number(Double(input), 1)
    return words.number(Double(error), errorDecimals)
      + (input < 0 ? " × (\(factor)) = " : " × \(factor) = ")
      + words.number(Double(slope), decimals)
  }

  var named: [String: Value] {
    func value(_ value: Float) -> Value { .number(Double(value), decimals: decimals) }
    return [
      "rows": .integer(example.weight.rows), "columns": .integer(example.weight.columns),
      "count": .integer(example.weight.count), "row": .integer(pointed.row + 1),
      "column": .integer(pointed.column + 1), "input": .number(Double(input), decimals: 1),
      "output": value(example.output[0, pointed.row]),
      "target": value(example.target[0, pointed.row]),
      "error": .number(Double(error), decimals: errorDecimals),
      "gradient": value(slope), "loss": .significant(loss, digits: 2),
      "still": .integer(still), "moving": .integer(example.weight.count - still),
      "has_zero_input": .flag(!zeroInputs.isEmpty),
      "zero_input": .integer(zeroInputs.first ?? 0),
      "pushes_down": .flag(slope > 0), "pushes_up": .flag(slope < 0),
    ]
  }

  var tables: [DataTable] {
    func table(_ id: String, _ title: Phrase, _ matrix: Matrix, _ limit: Double) -> DataTable {
      DataTable(
        id: id, title: title,
        rows: (0..<matrix.rows).map { row in
          (0..<matrix.columns).map { column in
            .init(
              .number(Double(matrix[row, column]), decimals: decimals),
              shade: .signed(Double(matrix[row, column]) / limit))
          }
        })
    }
    return [
      table("input", Phrase(es: "entrada x", en: "input x"), example.input, inputLimit),
      table("weight", Phrase(es: "pesos W", en: "weights W"), example.weight, limit),
      table("error", Phrase(es: "error y − t", en: "error y − t"), errors, limit),
      table("gradient", Phrase(es: "gradiente dW", en: "gradient dW"), gradient, limit),
    ]
  }

  /// The end of the colour scale of weights, outputs, errors and gradients.
  var limit: Double { Self.limit([example.weight, example.output, example.target, gradient]) }
  /// The inputs are halves up to this.
  var inputLimit: Double { 1.5 }

  private static func limit(_ matrices: [Matrix]) -> Double {
    ColorScale.roundLimit(
      Double(matrices.flatMap(\.values).reduce(0) { max($0, $1.magnitude) }))
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        A la izquierda, una entrada de \(value("columns")) números sobre una matriz de \
        \(value("rows"))×\(value("columns")) pesos, y a su lado la salida, la respuesta deseada y el \
        error de cada fila. A la derecha, el error en columna por la entrada en fila llena la matriz \
        de gradientes: la celda de la fila \(value("row")) y la columna \(value("column")) es \
        \(product(words)). \(value("still")) de \(value("count")) gradientes son cero.
        """,
      en: """
        On the left, an input of \(value("columns")) numbers above a matrix of \
        \(value("rows"))×\(value("columns")) weights, and beside it the output, the answer wanted \
        and the error of each row. On the right, the column of errors times the row of inputs fills \
        the matrix of gradients: the cell in row \(value("row")) and column \(value("column")) is \
        \(product(words)). \(value("still")) of \(value("count")) gradients are zero.
        """)
  }
}

/// The fewest decimals that write all numbers exactly, or else those that their size asks for.
func decimalsNeeded(_ values: [Float]) -> Int {
  let most = decimalsFor(values)
  var power = 10.0
  for decimals in 1...2 {
    let isExact = values.allSatisfy { value in
      let scaled = Double(value) * power
      return (scaled - scaled.rounded()).magnitude < 1e-4
    }
    if isExact { return decimals }
    power *= 10
  }
  return max(most, 1)
}
