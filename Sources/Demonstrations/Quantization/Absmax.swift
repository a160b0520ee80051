internal import Drawing
internal import Charts
internal import LinearAlgebra
internal import Quantization

/// Two blocks of weights of different size, each divided by its own largest magnitude.
public struct Absmax: Demonstration {
  public let id = "absmax"
  public let parameters = [
    Parameter(
      "block", Phrase(es: "pesos por bloque", en: "weights in a block"), default: 16,
      range: 2...4096)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToWrite(in: input, atLeast: 4)
    let count = weights.matrix.count
    let size = min(try whole("block", in: input), count / 2)
    let values = weights.matrix.values
    let blocks = [Array(values[..<size]), Array(values[size..<2 * size])]
    let result = try AbsmaxResult(blocks: blocks)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Cada bloque tiene su propia regla: su absmax",
            en: "Each block has a ruler of its own: its absmax")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in AbsmaxDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// Two blocks, as they are and divided by their absmax.
struct AbsmaxResult: Sendable {
  let blocks: [[Float]]
  let scaled: [[Float]]
  let absmax: [Float]
  /// How many of the sixteen codes each block uses with its own absmax.
  let codesOwn: [Int]
  /// How many it would use if both shared the larger absmax.
  let codesShared: [Int]

  init(blocks: [[Float]]) throws {
    self.blocks = blocks
    let size = blocks[0].count
    let own = try BlockQuantizer(codebook: .nf4, blockSize: size).quantize(blocks.flatMap { $0 })
    let shared = try BlockQuantizer(codebook: .nf4, blockSize: 2 * size).quantize(
      blocks.flatMap { $0 })
    absmax = own.absmax
    scaled = blocks.map { BlockQuantizer.scaled($0, isWhole: true) }
    func used(_ codes: [UInt8]) -> [Int] {
      [Set(codes[..<size]).count, Set(codes[size...]).count]
    }
    codesOwn = used(own.codes)
    codesShared = used(shared.codes)
  }

  /// The block with the smaller absmax.
  var smaller: Int { absmax[0] <= absmax[1] ? 0 : 1 }
  var decimals: Int { decimalsFor(absmax) + 1 }

  var named: [String: Value] {
    let ratio = Double(absmax[1 - smaller]) / max(Double(absmax[smaller]), 1e-38)
    return [
      "block": .integer(blocks[0].count),
      "absmax_1": .number(Double(absmax[0]), decimals: decimals),
      "absmax_2": .number(Double(absmax[1]), decimals: decimals),
      "smaller": .integer(smaller + 1),
      "ratio": .significant(ratio, digits: 2),
      "codes_own": .integer(codesOwn[smaller]),
      "codes_shared": .integer(codesShared[smaller]),
      "sharing_costs": .flag(codesShared[smaller] < codesOwn[smaller]),
    ]
  }

  var tables: [DataTable] {
    guard blocks[0].count <= 64 else { return [] }
    return [
      DataTable(
        id: "scaled",
        title: Phrase(
          es: "pesos divididos por el absmax de su bloque",
          en: "weights divided by the absmax of their block"),
        rowLabels: [Phrase(es: "bloque 1", en: "block 1"), Phrase(es: "bloque 2", en: "block 2")],
        rows: scaled.map { row in
          row.map { .init(.number(Double($0), decimals: 2), shade: .signed(Double($0))) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let first = words.number(Double(absmax[0]), decimals)
    let second = words.number(Double(absmax[1]), decimals)
    return words.say(
      es: """
        Dos bloques de \(blocks[0].count) pesos como puntos sobre una recta. A la izquierda, tal \
        como son: el primero llega hasta \(first) y el segundo hasta \(second). A la derecha, cada \
        bloque dividido por su absmax: los dos ocupan todo el intervalo de −1 a 1.
        """,
      en: """
        Two blocks of \(blocks[0].count) weights as dots on a line. On the left, as they are: the \
        first reaches \(first) and the second \(second). On the right, each block divided by its \
        absmax: both fill the interval from −1 to 1.
        """)
  }
}

/// Draws the two blocks as rows of dots, before and after the division.
struct AbsmaxDrawing {
  let result: AbsmaxResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let small = canvas.style(.small)
    let base = canvas.style(.base, bold: true)
    let middle = canvas.em(canvas.isCompact ? 3.4 : 6)
    let panels = frame.columns([1, 1], gap: middle)
    let limit = ColorScale.roundLimit(Double(result.absmax.max() ?? 1))
    let headers = [
      canvas.words.say(es: "los pesos", en: "the weights"),
      canvas.words.say(es: "÷ su absmax", en: "÷ their absmax"),
    ]
    let plot = frame.inset(top: canvas.lineHeight(base) + canvas.em(0.4), bottom: canvas.em(2.2))
    let rows = plot.rows([1, 1], gap: canvas.em(0.6))
    let inset = canvas.em(0.7)
    for (side, panel) in panels.enumerated() {
      canvas.text(
        headers[side], at: Point(panel.minX, frame.minY), base, vertical: .top)
      let reach = side == 0 ? limit : 1
      let scale = Scale(
        domain: -reach...reach, from: panel.minX + inset, to: panel.maxX - inset)
      for x in [-reach, 0, reach] {
        canvas.line(
          Point(scale(x), plot.minY), Point(scale(x), plot.maxY), canvas.faintStroke)
      }
      for (index, row) in rows.enumerated() {
        drawDots(
          side == 0 ? result.blocks[index] : result.scaled[index], row: row, scale: scale,
          label: side == 0 ? blockLabel(index, canvas) : "", on: &canvas)
      }
      Axis(
        scale: scale,
        ticks: [-reach, 0, reach].map {
          (
            $0,
            canvas.words.label($0, $0 == 0 || side == 1 ? 0 : Ticks.decimals([0, limit]))
          )
        }
      ).drawBelow(
        Rectangle(x: panel.minX, y: plot.minY, width: panel.width, height: plot.height),
        on: &canvas)
    }
    for (index, row) in rows.enumerated() {
      let y = row.midY + canvas.lineHeight(small) * 0.5
      canvas.arrow(
        from: Point(panels[0].maxX + middle * 0.16, y),
        to: Point(panels[1].minX - middle * 0.16, y),
        Stroke(canvas.theme.rule, width: canvas.preset.lineWidth))
      canvas.text(
        "÷ " + canvas.words.number(Double(result.absmax[index]), result.decimals),
        at: Point(panels[0].maxX + middle / 2, y - canvas.em(0.45)), small,
        color: canvas.theme.color(.quantized), anchor: .middle, vertical: .bottom)
    }
  }

  private func blockLabel(_ index: Int, _ canvas: Canvas) -> String {
    canvas.words.say(es: "bloque \(index + 1)", en: "block \(index + 1)")
  }

  /// One row of dots; the largest magnitude is filled in the colour of the quantized weight.
  private func drawDots(
    _ values: [Float], row: Rectangle, scale: Scale, label: String, on canvas: inout Canvas
  ) {
    let y = row.midY + canvas.lineHeight(canvas.style(.small)) * 0.5
    canvas.line(Point(scale.start, y), Point(scale.end, y), canvas.axisStroke)
    if !label.isEmpty {
      canvas.text(
        label, at: Point(scale.start + canvas.em(0.4), y - canvas.em(0.8)), canvas.style(.small),
        color: canvas.theme.secondaryInk, vertical: .bottom)
    }
    let largest = Statistics.absoluteMaximum(values)?.index
    let radius = min(canvas.em(0.36), max(canvas.em(0.14), canvas.em(6) / Double(values.count)))
    for (index, value) in values.enumerated() where index != largest {
      canvas.dot(
        Point(scale(Double(value)), y), radius: radius,
        fill: canvas.theme.ink.mixed(with: canvas.theme.background, 0.45),
        stroke: Stroke(canvas.theme.background, width: canvas.preset.axisWidth))
    }
    if let largest {
      canvas.dot(
        Point(scale(Double(values[largest])), y), radius: radius * 1.35,
        fill: canvas.theme.color(.quantized),
        stroke: Stroke(canvas.theme.background, width: canvas.preset.axisWidth))
    }
  }
}
