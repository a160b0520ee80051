internal import Drawing
internal import Charts
internal import LinearAlgebra
internal import Quantization

/// One weight on its way through NF4: divided, matched to a level, packed, and read back.
public struct Journey: Demonstration {
  public let id = "journey"
  public let parameters = [
    Parameter(
      "index", Phrase(es: "peso que viaja, desde 0", en: "weight that travels, from 0"),
      default: 10, range: 0...63)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weights = try weightsToWrite(in: input, atLeast: 2)
    let block = Array(weights.matrix.values.prefix(64))
    let index = min(try whole("index", in: input), block.count - 1)
    let result = JourneyResult(
      tensor: try BlockQuantizer(type: .nf4).quantize(block), block: block, index: index)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es:
              "El viaje de un peso: de \(result.text(result.weight, words)) a \(result.text(result.restored, words))",
            en:
              "A weight's journey: from \(result.text(result.weight, words)) to \(result.text(result.restored, words))"
          )
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in JourneyDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// The stations of one weight.
struct JourneyResult: Sendable {
  let tensor: QuantizedTensor
  let block: [Float]
  let index: Int

  var weight: Float { block[index] }
  var absmax: Float { tensor.absmax[0] }
  var scaled: Float { BlockQuantizer.scaled(block, isWhole: block.count == 64)[index] }
  var code: UInt8 { tensor.code(at: index) }
  var level: Float { tensor.codebook.values[Int(code)] }
  var restored: Float { tensor.dequantized()[index] }
  var error: Float { restored - weight }
  var byte: UInt8 { tensor.packed[index / 2] }
  var decimals: Int { min(decimalsFor([absmax]) + 2, 6) }
  var levels: [Float] { tensor.codebook.levels }
  var thresholds: [Float] { tensor.codebook.thresholds }
  /// The thresholds around the scaled value; -1 and 1 at the ends.
  var interval: (lower: Float, upper: Float) {
    let place = Int(code)
    return (place > 0 ? thresholds[place - 1] : -1, place < 15 ? thresholds[place] : 1)
  }

  func text(_ value: Float, _ words: Words) -> String { words.number(Double(value), decimals) }

  var named: [String: Value] {
    let share = weight == 0 ? 0 : Double(abs(error / weight))
    return [
      "index": .integer(index), "weight": .number(Double(weight), decimals: decimals),
      "absmax": .number(Double(absmax), decimals: decimals),
      "scaled": .number(Double(scaled), decimals: 4),
      "lower": .number(Double(interval.lower), decimals: 4),
      "upper": .number(Double(interval.upper), decimals: 4),
      "level": .number(Double(level), decimals: 4), "code": .integer(Int(code)),
      "code_bits": .code(binary(UInt16(code), 4)),
      "code_digit": .code(String(code, radix: 16, uppercase: true)),
      "byte": .code(hexadecimal(byte)),
      "neighbour": .integer(Int(index.isMultiple(of: 2) ? byte & 15 : byte >> 4)),
      "first_in_byte": .flag(index.isMultiple(of: 2)),
      "restored": .number(Double(restored), decimals: decimals),
      "error": .number(Double(error), decimals: decimals),
      "error_share": .percentage(share, decimals: 1),
      "lowest_code": .flag(code == 0), "highest_code": .flag(code == 15),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "stations", title: Phrase(es: "las estaciones", en: "the stations"),
        columns: [Phrase(es: "estación", en: "station"), Phrase(es: "valor", en: "value")],
        rows: [
          [
            .init(.words(Phrase(es: "peso", en: "weight"))),
            .init(.number(Double(weight), decimals: decimals)),
          ],
          [
            .init(.words(Phrase(es: "÷ absmax", en: "÷ absmax"))),
            .init(.number(Double(scaled), decimals: 4)),
          ],
          [.init(.words(Phrase(es: "código", en: "code"))), .init(.integer(Int(code)))],
          [
            .init(.words(Phrase(es: "bits", en: "bits"))), .init(.code(binary(UInt16(code), 4))),
          ],
          [.init(.words(Phrase(es: "byte", en: "byte"))), .init(.code(hexadecimal(byte)))],
          [
            .init(.words(Phrase(es: "vuelve como", en: "comes back as"))),
            .init(.number(Double(restored), decimals: decimals)),
          ],
          [
            .init(.words(Phrase(es: "error", en: "error"))),
            .init(.number(Double(error), decimals: decimals)),
          ],
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        Cinco casillas unidas por flechas: el peso \(text(weight, words)); dividido por el absmax, \
        \(words.number(Double(scaled), 4)); el código \(code), en bits \(binary(UInt16(code), 4)); \
        el byte \(hexadecimal(byte)), que comparte con su vecino; y de vuelta, \
        \(text(restored, words)). Debajo, la recta de los dieciséis niveles, ampliada alrededor del \
        valor: el nivel más cercano es \(words.number(Double(level), 4)) y el error, \
        \(text(error, words)).
        """,
      en: """
        Five boxes joined by arrows: the weight \(text(weight, words)); divided by the absmax, \
        \(words.number(Double(scaled), 4)); the code \(code), in bits \(binary(UInt16(code), 4)); \
        the byte \(hexadecimal(byte)), shared with its neighbour; and back again, \
        \(text(restored, words)). Below, the line of the sixteen levels, enlarged around the \
        value: the nearest level is \(words.number(Double(level), 4)) and the error is \
        \(text(error, words)).
        """)
  }
}
