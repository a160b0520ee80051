internal import Charts
internal import Drawing
internal import LinearAlgebra

/// A matrix as a sum of sheets of rank one, the largest first.
public struct RankOneSheets: Demonstration {
  public let id = "rank-one-sheets"
  public let parameters = [
    Parameter(
      "sheets", Phrase(es: "láminas que se suman", en: "sheets that are added"), default: 2,
      range: 1...Double(RankOneSheetsResult.most))
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weights(in: input, atLeast: 2)
    let matrix = weights.matrix
    let svd = try SingularValueDecomposition(matrix)
    let count = min(try whole("sheets", in: input), svd.values.count)
    let result = RankOneSheetsResult(matrix: matrix, svd: svd, count: count)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let share = words.percentage(result.energy, 1)
          return count == 1
            ? words.say(
              es: "Una lámina recoge el \(share) de la matriz",
              en: "One sheet holds \(share) of the matrix")
            : words.say(
              es: "\(count) láminas recogen el \(share) de la matriz",
              en: "\(count) sheets hold \(share) of the matrix")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in RankOneSheetsDrawing(result: result).draw(on: &canvas, in: frame) }
      ))
  }
}

/// The first sheets of a matrix, their sum, and what they leave.
struct RankOneSheetsResult: Sendable {
  /// The most sheets that are added: the place after them is the key's.
  static let most = 3

  let matrix: Matrix
  let svd: SingularValueDecomposition
  let count: Int
  let sheets: [Matrix]
  let sum: Matrix
  let rest: Matrix

  init(matrix: Matrix, svd: SingularValueDecomposition, count: Int) {
    self.matrix = matrix
    self.svd = svd
    self.count = count
    let sums = (0...count).map { svd.approximation(rank: $0) }
    sheets = zip(sums.dropFirst(), sums).map { $0 - $1 }
    sum = sums[count]
    rest = matrix - sums[count]
  }

  /// The share of the squared norm that a sheet, counted from 0, holds.
  func energy(of sheet: Int) -> Double {
    let all = svd.values.reduce(0) { $0 + $1 * $1 }
    guard sheet < svd.values.count else { return 0 }
    return all > 0 ? svd.values[sheet] * svd.values[sheet] / all : sheet == 0 ? 1 : 0
  }
  /// The share of the squared norm that all sheets hold.
  var energy: Double { (0..<count).reduce(0) { $0 + energy(of: $1) } }
  var limit: Double {
    let largest = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 0)
    return largest > 0 ? ColorScale.roundLimit(largest) : 1
  }

  var named: [String: Value] {
    [
      "sheets": .integer(count), "rows": .integer(matrix.rows),
      "columns": .integer(matrix.columns), "rank": .integer(svd.rank),
      "numbers": .integer(matrix.rows + matrix.columns), "cells": .integer(matrix.count),
      "values": .integer(svd.values.count),
      "energy": .percentage(energy, decimals: 1),
      "last_energy": .percentage(energy(of: count - 1), decimals: 1),
      "next_energy": .percentage(energy(of: count), decimals: 1),
      "first": .significant(svd.values.first ?? 0, digits: 3),
      "last": .significant(svd.values.last ?? 0, digits: 3),
      "size": .significant(svd.values[count - 1], digits: 3),
      "norm": .significant(matrix.norm, digits: 3),
      "rest": .significant(rest.norm, digits: 3),
      "exact": .flag(svd.rank <= count), "nearly_all": .flag(energy >= 0.99),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "sheets", title: Phrase(es: "láminas", en: "sheets"),
        columns: [
          Phrase(es: "lámina", en: "sheet"), Phrase("σ"), Phrase(es: "parte", en: "share"),
          Phrase(es: "resto", en: "rest"),
        ],
        rows: svd.values.prefix(12).enumerated().map { index, value in
          [
            .init(.integer(index + 1), shade: index < count ? .role(.update) : .none),
            .init(.significant(value, digits: 3)),
            .init(.percentage(energy(of: index), decimals: 1)),
            .init(.significant(svd.error(rank: index + 1), digits: 3)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = svd.values.prefix(count).map { words.numbers.significant($0, digits: 3) }
      .joined(separator: words.say(es: "; ", en: ", "))
    let share = words.percentage(energy, 1)
    let left = words.numbers.significant(rest.norm, digits: 3)
    return words.say(
      es: """
        Arriba, mapas de calor en una misma escala: una matriz de \(matrix.rows)×\(matrix.columns), \
        la suma de \(count == 1 ? "una lámina" : "\(count) láminas") de rango uno y el resto, que \
        mide \(left); al lado, los valores singulares como barras, con los sumados llenos. Abajo, \
        cada lámina: valores singulares \(list). La suma recoge el \(share) de la matriz.
        """,
      en: """
        Above, heat maps on one scale: a \(matrix.rows)×\(matrix.columns) matrix, the sum of \
        \(count == 1 ? "one sheet" : "\(count) sheets") of rank one and the rest, which measures \
        \(left); beside them the singular values as bars, those in the sum filled. Below, each \
        sheet: singular values \(list). The sum holds \(share) of the matrix.
        """)
  }
}

/// Draws matrix = sum + rest and the singular values above the sheets.
///
/// The places are those of the most sheets, so that paging from one sheet to the next moves nothing.
struct RankOneSheetsDrawing {
  let result: RankOneSheetsResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let limit = result.limit
    let rows = frame.rows([1, 1], gap: canvas.em(canvas.isCompact ? 0.4 : 0.8))
    func panel(_ title: String, _ matrix: Matrix, _ role: Role) -> MatrixPanels.Panel {
      MatrixPanels.Panel(title: title, matrix: matrix, limit: limit, role: role)
    }
    let above = MatrixPanels(
      panels: [
        panel("W", result.matrix, .original),
        panel(words.say(es: "suma", en: "sum"), result.sum, .update),
        panel(words.say(es: "resto", en: "rest"), result.rest, .error),
      ], operators: ["=", "+"], places: 4)
    above.draw(in: rows[0], on: &canvas)
    if let place = above.layout(in: rows[0], on: canvas).last {
      let style = canvas.style(canvas.isCompact ? .small : .base, bold: true)
      canvas.text(
        "σ", at: Point(place.minX, place.minY - canvas.em(0.4)), style, vertical: .bottom)
      SingularValueBars(values: result.svd.values, kept: result.count).draw(in: place, on: &canvas)
    }
    let below = MatrixPanels(
      panels: result.sheets.enumerated().map { index, sheet in
        panel("σ\("₁₂₃".dropFirst(index).prefix(1))", sheet, .update)
      }, operators: Array(repeating: "+", count: result.count - 1), places: 4)
    below.draw(in: rows[1], on: &canvas)
    if let place = below.layout(in: rows[1], on: canvas).last {
      let key = ColorBar(limit: limit, decimals: Ticks.decimals([0, limit]))
      let height = key.height(on: canvas)
      key.draw(
        in: Rectangle(
          x: place.minX, y: place.midY - height / 2, width: place.width, height: height),
        on: &canvas)
    }
  }
}
