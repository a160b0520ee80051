public import Drawing
internal import Charts
internal import LinearAlgebra
internal import Quantization

/// Where the sixteen levels of NF4 come from: quantiles of the normal distribution, in two halves.
public struct NormalLevels: Demonstration {
  public let id = "normal-levels"
  public let parameters: [Parameter] = []

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = NormalLevelsResult()
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Los 16 niveles son cuantiles de la campana normal",
            en: "The 16 levels are quantiles of the normal curve")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in NormalLevelsDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// The derivation of the levels, beside the table that everybody uses.
struct NormalLevelsResult: Sendable {
  let derived = NormalFloat.derived()
  let levels = Codebook.nf4.levels.map(Double.init)

  /// The largest quantile, by which all are divided.
  var reach: Double { derived.quantiles.last ?? 1 }
  /// The largest distance between a derived level and the table.
  var difference: Double { zip(derived.levels, levels).map { abs($0 - $1) }.max() ?? 0 }
  var positives: Int { levels.count { $0 > 0 } }
  var negatives: Int { levels.count { $0 < 0 } }
  /// The probability between two neighbouring quantiles of each half.
  var positiveStep: Double { (NormalFloat.defaultOffset - 0.5) / Double(positives) }
  var negativeStep: Double { (NormalFloat.defaultOffset - 0.5) / Double(negatives) }

  var named: [String: Value] {
    let gaps = zip(levels, levels.dropFirst()).map { $1 - $0 }
    return [
      "levels": .integer(levels.count), "positives": .integer(positives),
      "negatives": .integer(negatives),
      "offset": .number(NormalFloat.defaultOffset, decimals: 4),
      "positive_step": .percentage(positiveStep, decimals: 2),
      "negative_step": .percentage(negativeStep, decimals: 2),
      "reach": .number(reach, decimals: 4),
      "difference": .significant(difference, digits: 2),
      "narrowest_gap": .number(gaps.min() ?? 0, decimals: 3),
      "widest_gap": .number(gaps.max() ?? 0, decimals: 3),
      "first_positive": .number(levels[8], decimals: 4),
      "first_negative": .number(levels[6], decimals: 4),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "levels", title: Phrase(es: "los dieciséis niveles", en: "the sixteen levels"),
        columns: [
          Phrase(es: "código", en: "code"), Phrase(es: "bits", en: "bits"),
          Phrase(es: "cuantil", en: "quantile"), Phrase(es: "nivel", en: "level"),
        ],
        rows: levels.indices.map { code in
          [
            .init(.integer(code)), .init(.code(binary(UInt16(code), 4))),
            .init(.number(derived.quantiles[code], decimals: 4)),
            .init(.number(levels[code], decimals: 4), shade: .signed(levels[code])),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = levels.map { words.number($0, 3) }.joined(separator: words.say(es: "; ", en: ", "))
    return words.say(
      es: """
        Arriba, la campana normal cortada por líneas verticales: \(negatives) franjas de igual \
        probabilidad a la izquierda y \(positives) a la derecha. Debajo, cada línea cae en un nivel \
        de la recta de −1 a 1, del código 0 al 15: \(list).
        """,
      en: """
        Above, the normal curve cut by vertical lines: \(negatives) strips of equal probability on \
        the left and \(positives) on the right. Below, each line falls on a level of the line from \
        −1 to 1, from code 0 to 15: \(list).
        """)
  }
}

/// Draws the curve over the number line, both on one axis.
struct NormalLevelsDrawing {
  let result: NormalLevelsResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let small = canvas.style(.small)
    let scale = Scale(
      domain: -1.32...1.32, from: frame.minX, to: frame.maxX)
    var line = NumberLine(
      scale: scale, levels: result.levels, thresholds: Codebook.nf4.thresholds.map(Double.init),
      color: canvas.theme.color(.quantized))
    let roomy = canvas.isRoomy
    line.lowerLabels = result.levels.enumerated().map { index, level in
      level == 0 || level.magnitude == 1
        ? canvas.words.number(level, 0) : roomy ? canvas.words.number(level, 3) : ""
    }
    line.lowerRows = roomy ? 2 : 1
    line.upperLabels = result.levels.indices.map { String($0) }
    let lineY = frame.maxY - line.lowerHeight(on: canvas)
    let curveBase = lineY - line.upperHeight(on: canvas) - canvas.em(0.7)
    let curve = Rectangle(
      x: frame.minX, y: frame.minY, width: frame.width, height: curveBase - frame.minY)
    let top = curve.minY + canvas.em(0.4)
    let peak = NormalDistribution.standard.density(at: 0)
    func height(_ position: Double) -> Double {
      curve.maxY - (curve.maxY - top) * NormalDistribution.standard.density(at: position * result.reach) / peak
    }
    func area(from start: Double, to end: Double) -> Path {
      let steps = 24
      let tops = (0...steps).map { step in
        let position = start + (end - start) * Double(step) / Double(steps)
        return Point(scale(position), height(position))
      }
      return .polygon(
        [Point(scale(start), curve.maxY)] + tops + [Point(scale(end), curve.maxY)])
    }
    // Strips between neighbouring quantiles, in two tints by turns; the tails are paler.
    let blue = canvas.theme.color(.quantized)
    let tints = [
      blue.mixed(with: canvas.theme.background, 0.62), blue.mixed(with: canvas.theme.background, 0.8),
    ]
    for tail in [(-1.32, -1.0), (1.0, 1.32)] {
      canvas.add(
        .path(area(from: tail.0, to: tail.1), fill: canvas.theme.faint, stroke: nil))
    }
    for index in 0..<15 {
      canvas.add(
        .path(
          area(from: result.levels[index], to: result.levels[index + 1]), fill: tints[index % 2],
          stroke: nil))
    }
    let outline = stride(from: -1.32, through: 1.3201, by: 0.02).map {
      Point(scale($0), height($0))
    }
    canvas.add(
      .path(
        .polyline(outline), fill: nil,
        stroke: Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)))
    for level in result.levels {
      canvas.line(
        Point(scale(level), height(level)), Point(scale(level), curve.maxY),
        Stroke(canvas.theme.background, width: canvas.preset.axisWidth))
      canvas.line(
        Point(scale(level), curve.maxY + canvas.em(0.15)),
        Point(scale(level), lineY - line.upperHeight(on: canvas)),
        canvas.faintStroke)
    }
    line.draw(y: lineY, on: &canvas)

    // What each half was cut into.
    let notes = [
      (
        -1.29, Canvas.HorizontalAnchor.start, result.negatives, result.negativeStep
      ),
      (1.29, .end, result.positives, result.positiveStep),
    ]
    for (position, anchor, count, step) in notes {
      let lines = [
        canvas.words.say(es: "\(count) franjas de", en: "\(count) strips of"),
        canvas.words.percentage(step, 1),
      ]
      for (row, text) in lines.enumerated() {
        canvas.text(
          text, at: Point(scale(position), top + Double(row) * canvas.lineHeight(small)), small,
          color: canvas.theme.secondaryInk, anchor: anchor, vertical: .top)
      }
    }
  }
}
