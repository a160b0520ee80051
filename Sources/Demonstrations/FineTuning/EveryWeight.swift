internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// One step of gradient descent: the weights before, what is added, the weights after, and how many moved.
public struct EveryWeight: Demonstration {
  public let id = "every-weight"
  public let parameters = [
    Parameter("examples", Phrase(es: "ejemplos", en: "examples"), default: 4, range: 2...32),
    Parameter(
      "rate", Phrase(es: "tasa de aprendizaje", en: "learning rate"), default: 0.5,
      range: 0.001...2, isWhole: false),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weight = try weightsToWrite(in: input).matrix.corner(rows: 6, columns: 6)
    let rate = try value(of: "rate", in: input)
    var generator = RandomGenerator(seed: input.seed)
    // The first example is the one of the step before.
    var one = generator
    let single = LayerExample(weight: weight, examples: 1, using: &one)
    let batch = LayerExample(
      weight: weight, examples: try whole("examples", in: input), using: &generator)
    let result = EveryWeightResult(
      rate: rate, single: try GradientStep(of: single, rate: rate),
      batch: try GradientStep(of: batch, rate: rate), examples: batch.input.rows)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let (moved, count) = (result.batch.moved, result.batch.before.count)
          return moved == count
            ? words.say(
              es: "Un paso mueve los \(words.integer(count)) pesos",
              en: "One step moves all \(words.integer(count)) weights")
            : words.say(
              es: "Un paso mueve \(words.integer(moved)) de \(words.integer(count)) pesos",
              en: "One step moves \(words.integer(moved)) of \(words.integer(count)) weights")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in EveryWeightDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// One step of gradient descent on a layer.
struct GradientStep: Sendable {
  let before: Matrix
  /// What is added: the gradient times minus the learning rate.
  let change: Matrix
  let after: Matrix
  let lossBefore: Double
  let lossAfter: Double

  init(of example: LayerExample, rate: Double) throws {
    let (error, gradients) = try example.pass(example.weight)
    before = example.weight
    change = Float(-rate) * gradients.weight
    after = before + change
    lossBefore = error.loss
    lossAfter = try example.pass(after).error.loss
  }

  /// Whether each weight has another value than before.
  var hasMoved: [Bool] { zip(before.values, after.values).map { $0 != $1 } }
  var moved: Int { hasMoved.count { $0 } }
}

/// A step for one example, and one for a batch.
struct EveryWeightResult: Sendable {
  let rate: Double
  let single: GradientStep
  let batch: GradientStep
  let examples: Int

  var decimals: Int { max(decimalsFor(batch.before.values), 2) }

  var named: [String: Value] {
    let count = batch.before.count
    return [
      "count": .integer(count), "rows": .integer(batch.before.rows),
      "columns": .integer(batch.before.columns), "examples": .integer(examples),
      "rate": .number(rate, decimals: decimalsNeeded([Float(rate)])),
      "moved_one": .integer(single.moved), "moved": .integer(batch.moved),
      "still_one": .integer(count - single.moved), "still": .integer(count - batch.moved),
      "all_moved": .flag(batch.moved == count), "some_still_one": .flag(single.moved < count),
      "loss_before": .significant(batch.lossBefore, digits: 2),
      "loss_after": .significant(batch.lossAfter, digits: 2),
      "loss_falls": .flag(batch.lossAfter < batch.lossBefore),
      "largest_change": .significant(
        Double(batch.change.values.map(\.magnitude).max() ?? 0), digits: 2),
    ]
  }

  var tables: [DataTable] {
    [
      ("before", Phrase(es: "antes", en: "before"), batch.before),
      ("change", Phrase(es: "lo que se suma", en: "what is added"), batch.change),
      ("after", Phrase(es: "después", en: "after"), batch.after),
    ].map { id, title, matrix in
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
  }

  /// The end of the colour scale that all three matrices share.
  var limit: Double {
    ColorScale.roundLimit(
      Double(
        (batch.before.values + batch.after.values + batch.change.values)
          .reduce(0) { max($0, $1.magnitude) }))
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let count = words.integer(batch.before.count)
    return words.say(
      es: """
        Tres matrices de \(batch.before.rows)×\(batch.before.columns): los pesos antes, lo que se \
        suma y los pesos después de un paso con \(examples) ejemplos. Debajo, un cuadro por peso, \
        lleno si se movió: con un ejemplo se mueven \(words.integer(single.moved)) de \(count); con \
        \(examples), \(words.integer(batch.moved)). La pérdida pasa de \
        \(words.numbers.significant(batch.lossBefore, digits: 2)) a \
        \(words.numbers.significant(batch.lossAfter, digits: 2)).
        """,
      en: """
        Three matrices of \(batch.before.rows)×\(batch.before.columns): the weights before, what is \
        added, and the weights after one step with \(examples) examples. Below, a square for every \
        weight, filled if it moved: with one example \(words.integer(single.moved)) of \(count) move; \
        with \(examples), \(words.integer(batch.moved)). The loss goes from \
        \(words.numbers.significant(batch.lossBefore, digits: 2)) to \
        \(words.numbers.significant(batch.lossAfter, digits: 2)).
        """)
  }
}

/// Draws the sum of matrices, and below it a square for every weight that moved.
struct EveryWeightDrawing {
  let result: EveryWeightResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let batch = result.batch
    let small = canvas.style(.small)
    let rows = Double(batch.before.rows)
    let square = min(canvas.em(canvas.isCompact ? 0.8 : 1.3), canvas.em(4) / rows)
    let stripHeight = max(square * rows, 2 * canvas.lineHeight(small))
    let upper = frame.inset(bottom: stripHeight + canvas.em(canvas.isCompact ? 0.8 : 1.6))
    let panels = MatrixPanels(
      panels: [
        .init(
          title: words.say(es: "W antes", en: "W before"), matrix: batch.before,
          limit: result.limit, role: .original),
        .init(
          title: words.say(es: "−tasa × dW", en: "−rate × dW"), matrix: batch.change,
          limit: result.limit, role: .update),
        .init(
          title: words.say(es: "W después", en: "W after"), matrix: batch.after,
          limit: result.limit, role: .merged),
      ], operators: ["+", "="], decimals: result.decimals)
    let grid = panels.draw(in: upper, on: &canvas)
    // Two maps of what moved, under the sum: one example, and the batch.
    let names = [
      words.say(es: "con un ejemplo", en: "one example"),
      words.say(es: "con \(result.examples) ejemplos", en: "\(result.examples) examples"),
    ]
    let top = frame.maxY - stripHeight
    let places = grid.width > frame.width * 0.6 ? grid : frame
    let map = square * Double(batch.before.columns)
    for (index, (name, step)) in zip(names, [result.single, batch]).enumerated() {
      let x = places.minX + Double(index) * places.width / 2
      for (place, hasMoved) in step.hasMoved.enumerated() {
        let box = Rectangle(
          x: x + Double(place % batch.before.columns) * square,
          y: top + Double(place / batch.before.columns) * square, width: square * 0.86,
          height: square * 0.86)
        if hasMoved {
          canvas.fill(box, canvas.theme.color(.update))
        } else {
          canvas.outline(box, canvas.axisStroke)
        }
      }
      let count = words.say(
        es: "\(step.moved) de \(batch.before.count) se mueven",
        en: "\(step.moved) of \(batch.before.count) move")
      let middle = top + stripHeight / 2
      let line = canvas.lineHeight(small)
      canvas.text(
        name, at: Point(x + map + canvas.em(0.6), middle - line / 2), small,
        color: canvas.theme.secondaryInk, vertical: .middle)
      canvas.text(
        count, at: Point(x + map + canvas.em(0.6), middle + line / 2),
        canvas.style(.small, bold: true), color: canvas.theme.color(.update), vertical: .middle)
    }
  }
}
