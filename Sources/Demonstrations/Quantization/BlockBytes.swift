internal import Drawing
internal import Charts
internal import LinearAlgebra
internal import Quantization

/// A whole block as it lies in memory: its codes, two to a byte, and the four bytes of its absmax.
public struct BlockBytes: Demonstration {
  public let id = "block-bytes"
  public let parameters = [
    Parameter(
      "index", Phrase(es: "peso señalado, desde 0", en: "weight pointed at, from 0"), default: 10,
      range: 0...63)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToWrite(in: input)
    let block = Array(weights.matrix.values.prefix(64))
    let result = BlockBytesResult(
      tensor: try BlockQuantizer(type: .nf4).quantize(block), weights: block,
      index: min(try whole("index", in: input), block.count - 1))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Un bloque de \(result.count) pesos ocupa \(result.bytes) bytes",
            en: "A block of \(result.count) weights takes \(result.bytes) bytes")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in BlockBytesDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// The bytes of one block.
struct BlockBytesResult: Sendable {
  let tensor: QuantizedTensor
  let weights: [Float]
  /// The weight that is pointed at.
  let index: Int

  var count: Int { weights.count }
  var absmax: Float { tensor.absmax[0] }
  /// The absmax as it lies in memory, the lowest byte first.
  var absmaxBytes: [UInt8] {
    let pattern = absmax.bitPattern
    return (0..<4).map { UInt8(truncatingIfNeeded: pattern >> (8 * $0)) }
  }
  var bytes: Int { tensor.storage.total }

  var named: [String: Value] {
    [
      "count": .integer(count), "bytes": .integer(bytes),
      "packed": .integer(tensor.packed.count), "bytes_float32": .integer(4 * count),
      "bytes_float16": .integer(2 * count),
      "bits": .number(tensor.storage.bitsPerWeight, decimals: 2),
      "absmax": .number(Double(absmax), decimals: decimalsFor([absmax]) + 1),
      "absmax_bytes": .code(absmaxBytes.map(hexadecimal).joined(separator: " ")),
      "index": .integer(index),
      "code": .code(String(tensor.code(at: index), radix: 16).uppercased()),
      "byte": .code(hexadecimal(tensor.packed[index / 2])),
      "first_in_byte": .flag(index.isMultiple(of: 2)),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "bytes", title: Phrase(es: "los bytes de los códigos", en: "the bytes of the codes"),
        rows: stride(from: 0, to: tensor.packed.count, by: 8).map { start in
          tensor.packed[start..<min(start + 8, tensor.packed.count)].map {
            .init(.code(hexadecimal($0)))
          }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let packed = tensor.packed.map(hexadecimal).joined(separator: " ")
    return words.say(
      es: """
        A la izquierda, los \(count) códigos de un bloque como dígitos hexadecimales en filas de \
        ocho, coloreados según el valor que representan. A la derecha, los mismos códigos de dos \
        en dos: \(tensor.packed.count) bytes, y debajo los cuatro bytes del absmax. Los bytes son \
        \(packed).
        """,
      en: """
        On the left, the \(count) codes of a block as hexadecimal digits in rows of eight, \
        coloured by the value they stand for. On the right, the same codes two by two: \
        \(tensor.packed.count) bytes, and below them the four bytes of the absmax. The bytes are \
        \(packed).
        """)
  }
}

/// A byte as two hexadecimal digits.
func hexadecimal(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16, uppercase: true)
  return digits.count < 2 ? "0" + digits : digits
}

/// Draws the codes in rows of eight and, on the same rows, the bytes that hold them.
struct BlockBytesDrawing {
  let result: BlockBytesResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let base = canvas.style(.base, bold: true)
    let head = canvas.lineHeight(base) + canvas.em(0.3)
    let rows = (result.count + 7) / 8
    let middle = canvas.em(canvas.isCompact ? 2 : 4)
    let gap = canvas.preset.cellGap
    // Codes, bytes and the absmax below share one grid; a byte is as wide as its two codes.
    let body = frame.inset(top: head)
    let footer = canvas.em(canvas.isCompact ? 0.5 : 0.9)
    let width = (frame.width - middle) / 16 - gap
    let height = (body.height - footer) / Double(rows + 1) - gap
    let cell = min(width, height, canvas.em(2.6))
    let half = 8 * cell + 7 * gap
    let left = frame.minX + (frame.width - 2 * half - middle) / 2
    let right = left + half + middle
    canvas.text(
      canvas.words.say(es: "\(result.count) códigos", en: "\(result.count) codes"),
      at: Point(left, frame.minY), base, vertical: .top)
    canvas.text(
      canvas.words.say(
        es: "\(result.tensor.packed.count) bytes", en: "\(result.tensor.packed.count) bytes"),
      at: Point(right, frame.minY), base, vertical: .top)

    let digit = canvas.style(
      cell >= 1.5 * canvas.preset.baseSize ? .base : .small, typeface: .mono)
    let labelled = digit.size <= 0.92 * cell
    func place(_ index: Int, _ start: Double) -> Rectangle {
      Rectangle(
        x: start + Double(index % 8) * (cell + gap),
        y: body.minY + Double(index / 8) * (cell + gap),
        width: cell, height: cell)
    }
    for index in 0..<result.count {
      let code = result.tensor.code(at: index)
      let fill = fill(code, canvas)
      for start in [left, right] {
        var box = place(index, start)
        // The two codes of a byte touch; bytes are a gap apart.
        if start == right {
          box.width += gap / 2
          if !index.isMultiple(of: 2) { box.x -= gap / 2 }
        }
        canvas.fill(box, fill)
        if labelled {
          canvas.text(
            String(code, radix: 16, uppercase: true), at: box.center, digit,
            color: fill.readableInk, anchor: .middle, vertical: .middle, box: box.inset(-1),
            backdrop: fill)
        }
      }
    }
    mark(place(result.index, left), on: &canvas)
    let first = result.index - result.index % 2
    let pair = place(first, right)
    let width2 = first + 1 < result.count ? 2 * cell + gap : cell
    mark(Rectangle(x: pair.x, y: pair.y, width: width2, height: cell), on: &canvas)
    let y = body.minY + (Double(result.index / 8) + 0.5) * (cell + gap) - gap / 2
    canvas.arrow(
      from: Point(left + half + middle * 0.2, y), to: Point(right - middle * 0.2, y),
      Stroke(canvas.theme.rule, width: canvas.preset.lineWidth))

    // The absmax below the bytes.
    let absmaxY = body.minY + Double(rows) * (cell + gap) + footer
    let label =
      "absmax " + canvas.words.number(Double(result.absmax), decimalsFor([result.absmax]) + 1)
    canvas.text(
      label, at: Point(right - middle * 0.2, absmaxY + cell / 2), canvas.style(.small),
      color: canvas.theme.color(.quantized), anchor: .end, vertical: .middle)
    for (index, byte) in result.absmaxBytes.enumerated() {
      let box = Rectangle(
        x: right + Double(index) * 2 * (cell + gap), y: absmaxY, width: 2 * cell + gap, height: cell
      )
      let fill = canvas.theme.color(.quantized)
      canvas.fill(box, fill)
      if labelled {
        canvas.text(
          hexadecimal(byte), at: box.center, digit, color: fill.readableInk, anchor: .middle,
          vertical: .middle, box: box, backdrop: fill)
      }
    }
  }

  private func fill(_ code: UInt8, _ canvas: Canvas) -> Color {
    canvas.theme.signedScale.color(
      ofSigned: Double(result.tensor.codebook.values[Int(code)]), limit: 1)
  }

  private func mark(_ box: Rectangle, on canvas: inout Canvas) {
    let width = canvas.preset.lineWidth * 1.3
    canvas.outline(box.inset(-width), Stroke(canvas.theme.ink, width: width))
  }
}
