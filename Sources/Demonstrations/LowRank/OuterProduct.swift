internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The article's row and column, and what they really are: a column times a row fills a matrix.
public struct OuterProduct: Demonstration {
  public let id = "outer-product"
  public let parameters = [
    Parameter(
      "row", Phrase(es: "fila señalada, desde 0", en: "row pointed at, from 0"), default: 1,
      range: 0...5),
    Parameter(
      "column", Phrase(es: "columna señalada, desde 0", en: "column pointed at, from 0"),
      default: 2, range: 0...5),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    var generator = RandomGenerator(seed: input.seed)
    // One decimal each, so that the products can be checked in the head, and none of them zero.
    func drawn(_ count: Int) -> [Float] {
      (0..<count).map { _ in
        let tenths = (generator.nextNormal() * 10).rounded()
        return Float(tenths == 0 ? 0.1 : tenths / 10)
      }
    }
    let result = OuterProductResult(
      column: drawn(6), row: drawn(6),
      pointed: (try whole("row", in: input), try whole("column", in: input)))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Una columna por una fila llena la matriz",
            en: "A column times a row fills the matrix")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in OuterProductDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// A column, a row, and their product.
struct OuterProductResult: Sendable {
  let column: [Float]
  let row: [Float]
  let pointed: (row: Int, column: Int)

  var product: Matrix {
    Matrix(rows: column.count, columns: 1, values: column)
      .multiplied(by: Matrix(rows: 1, columns: row.count, values: row))
  }
  var limit: Double {
    ColorScale.roundLimit(
      Double((column + row + product.values).map(\.magnitude).max() ?? 1))
  }

  var named: [String: Value] {
    let (b, a) = (column[pointed.row], row[pointed.column])
    return [
      "rows": .integer(column.count), "columns": .integer(row.count),
      "numbers": .integer(column.count + row.count),
      "cells": .integer(column.count * row.count),
      "touched": .integer(column.count + row.count - 1),
      "b": .number(Double(b), decimals: 1), "a": .number(Double(a), decimals: 1),
      "product": .number(Double(product[pointed.row, pointed.column]), decimals: 2),
      "row": .integer(pointed.row + 1), "column": .integer(pointed.column + 1),
      "verdict": .words(verdict), "claim_number": .integer(changed),
      "claim_measure": .words(
        Phrase(
          es: "celdas cambian, y no \(column.count + row.count - 1) como se dibuja",
          en: "cells change, not the \(column.count + row.count - 1) drawn")),
    ]
  }

  /// The cells that the product changes.
  private var changed: Int { product.values.count { $0 != 0 } }

  /// The drawing has as many numbers as a column and a row; it would hold if they changed the cells on which
  /// it puts them.
  private var verdict: Phrase {
    let hasTheNumbers = (try? SingularValueDecomposition(product))?.rank == 1
    let hasTheCells = changed == column.count + row.count - 1
    return hasTheNumbers && hasTheCells
      ? ClaimOutcome.holds.phrase
      : hasTheNumbers || hasTheCells
        ? ClaimOutcome.holdsWithLimit.phrase
        : ClaimOutcome.doesNotHold.phrase
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "product", title: Phrase(es: "columna × fila", en: "column × row"),
        rows: (0..<column.count).map { row in
          (0..<self.row.count).map { column in
            .init(
              .number(Double(product[row, column]), decimals: 2),
              shade: .signed(Double(product[row, column]) / limit))
          }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let values = named
    func value(_ name: String) -> String { values[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        A la izquierda, el dibujo del artículo: una fila y una columna sobre una cuadrícula vacía de \
        \(column.count)×\(row.count). A la derecha, la columna B, la fila A y en la esquina su \
        producto, con todas las celdas llenas; la de la fila \(value("row")) y la columna \
        \(value("column")) es \(value("b")) × \(value("a")) = \(value("product")).
        """,
      en: """
        On the left, the article's drawing: a row and a column on an empty grid of \
        \(column.count)×\(row.count). On the right, the column B, the row A and their product in the \
        corner, with every cell filled; the one in row \(value("row")) and column \
        \(value("column")) is \(value("b")) × \(value("a")) = \(value("product")).
        """)
  }
}

/// Draws the cartoon on the left, and the product in the shape of an L on the right.
struct OuterProductDrawing {
  let result: OuterProductResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let base = canvas.style(.base, bold: true)
    let head = canvas.lineHeight(base) + canvas.em(0.3)
    let foot = canvas.lineHeight(canvas.style(.base)) + canvas.em(0.4)
    let count = Double(result.column.count)
    let gap = canvas.preset.cellGap
    let middle = canvas.em(canvas.isCompact ? 2 : 5)
    let apart = canvas.em(0.8)
    let label = canvas.em(1.4)
    let cell = min(
      (frame.width - middle - apart - label) / (2 * count + 1) - gap,
      (frame.height - head - foot - apart) / (count + 1) - gap, canvas.em(3.4))
    let pitch = cell + gap
    let used = (2 * count + 1) * pitch + apart + middle + label
    let left = frame.minX + max(0, (frame.width - used) / 2)
    let gridTop = frame.minY + head + pitch + apart

    // The cartoon: a row and a column, each one cell wide.
    canvas.text(
      words.say(es: "el dibujo", en: "the drawing"), at: Point(left, frame.minY), base,
      vertical: .top)
    for row in 0..<result.column.count {
      for column in 0..<result.row.count {
        let box = Rectangle(
          x: left + Double(column) * pitch, y: gridTop + Double(row) * pitch, width: cell,
          height: cell)
        let fill =
          row == result.pointed.row
          ? canvas.theme.color(.loraA)
          : column == result.pointed.column ? canvas.theme.color(.loraB) : canvas.theme.panel
        canvas.fill(box, fill)
      }
    }

    // The product: B on the left, A above, and every cell the product of its row and column.
    let right = left + count * pitch + middle
    let inner = right + pitch + apart
    canvas.text(
      words.say(es: "la cuenta", en: "the arithmetic"), at: Point(right, frame.minY), base,
      vertical: .top)
    let context = canvas.context
    let charts = [
      MatrixChart(
        Matrix(rows: result.column.count, columns: 1, values: result.column), limit: result.limit,
        decimals: 1, context: context),
      MatrixChart(
        Matrix(rows: 1, columns: result.row.count, values: result.row), limit: result.limit,
        decimals: 1, context: context),
      MatrixChart(result.product, limit: result.limit, decimals: 2, context: context),
    ]
    let labels = MatrixChart.labelStyle(for: charts, cellWidth: cell, on: canvas)
    let origins = [
      Point(right, gridTop), Point(inner, frame.minY + head), Point(inner, gridTop),
    ]
    for (chart, origin) in zip(charts, origins) {
      chart.draw(at: origin, cellWidth: cell, labels: labels, on: &canvas)
    }
    canvas.text(
      "B", at: Point(right + cell / 2, frame.minY + head + cell / 2), base,
      color: canvas.theme.color(.loraB), anchor: .middle, vertical: .middle)
    let stroke = Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)
    let (row, column) = (Double(result.pointed.row), Double(result.pointed.column))
    for box in [
      Rectangle(x: right, y: gridTop + row * pitch, width: cell, height: cell),
      Rectangle(x: inner + column * pitch, y: frame.minY + head, width: cell, height: cell),
      Rectangle(x: inner + column * pitch, y: gridTop + row * pitch, width: cell, height: cell),
    ] {
      canvas.outline(box.inset(-stroke.width), stroke)
    }
    canvas.text(
      "A", at: Point(inner + count * pitch + canvas.em(0.4), frame.minY + head + cell / 2), base,
      color: canvas.theme.color(.loraA), vertical: .middle)
    let values = result.named
    let line = ["b", "a", "product"].map { values[$0]?.formatted(words) ?? "" }
    canvas.text(
      "\(line[0]) × \(line[1]) = \(line[2])",
      at: Point(inner, gridTop + count * pitch + canvas.em(0.5)),
      canvas.style(.base), vertical: .top)
  }
}
