import Drawing
import LinearAlgebra
import Quantization
import TestSupport
import Testing

@testable import Demonstrations

@Suite("Twelve words to four")
struct StoredWordsTests {
  @Test("twelve words of 16 bits become four")
  func twelve() throws {
    let observation = try StoredWords().observe(
      DemonstrationInput(weights: try LessonWeights.twelve()))
    #expect(try observation.number("words_before") == 12)
    #expect(try observation.number("words_after") == 4)
    #expect(try observation.number("bits_before") == 192)
    #expect(try observation.number("bits_after") == 64)
    #expect(observation.drawn().contains("4 words = 64 bits"))
  }

  @Test(
    "the codes that are drawn are the packed bytes of the quantizer", arguments: [4, 7, 12, 16])
  func packed(count: Int) throws {
    let weights = TrialWeights.normal(4, 4).named
    let observation = try StoredWords().observe(
      DemonstrationInput(settings: ["count": Double(count)], weights: weights))
    let values = Array(weights.matrix.values.prefix(count))
    let tensor = try BlockQuantizer(type: .nf4).quantize(values)
    let nibbles = observation.figure().texts.filter {
      $0.style.typeface == .mono && $0.box == nil
    }.map(\.string)
    let expected = tensor.packed.flatMap { [$0 >> 4, $0 & 15] }.prefix(count).map {
      String($0, radix: 16, uppercase: true)
    }
    #expect(nibbles == Array(expected))
    let words = try #require(observation.tables.first)
    for (row, value) in zip(words.rows, values) {
      #expect(row[1].value == .code(binary(UInt16(Float16(value).bitPattern), 16)))
    }
  }

  @Test("the bits that are drawn are those of the weights, the codes and the absmax")
  func bits() throws {
    let weights = try LessonWeights.twelve()
    let observation = try StoredWords().observe(DemonstrationInput(weights: weights))
    let digits = observation.figure().texts.filter {
      $0.style.typeface == .mono && $0.box != nil
    }.map(\.string).joined()
    let tensor = try BlockQuantizer(type: .nf4).quantize(weights.matrix.values)
    let expected =
      weights.matrix.values.map { binary(Float16($0).bitPattern, 16) }
      + tensor.codes.map { binary(UInt16($0), 4) }
      + [binary(Float16(tensor.absmax[0]).bitPattern, 16)]
    // The digits are left out together where squares are too narrow for them.
    #expect(digits.isEmpty || digits == expected.joined())
    let fills = flattened(observation.figure().marks).count { mark in
      if case .rectangle(_, _, .some, _) = mark { true } else { false }
    }
    #expect(fills == expected.joined().count)
  }

  @Test("the largest weight comes back exactly")
  func largest() throws {
    let weights = try LessonWeights.twelve()
    let observation = try StoredWords().observe(DemonstrationInput(weights: weights))
    #expect(try observation.number("largest") == Double(Float(0.58)))
    #expect(try observation.number("largest_restored") == observation.number("largest"))
    #expect(try observation.text("largest_code") == "F")
    #expect(observation.values["largest_is_pink"] == .flag(true))
  }
}
