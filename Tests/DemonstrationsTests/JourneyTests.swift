import Drawing
import LinearAlgebra
import Quantization
import Testing

@testable import Demonstrations

@Suite("The journey of a weight, and the bytes of its block")
struct JourneyTests {
  private let weights = TrialWeights.normal(1, 64).named

  @Test("every station agrees with the quantizer, for every weight of a block")
  func stations() throws {
    let values = weights.matrix.values
    let tensor = try BlockQuantizer(type: .nf4).quantize(values)
    let restored = tensor.dequantized()
    let levels = Codebook.nf4.levels
    for index in 0..<64 {
      let observation = try Journey().observe(
        DemonstrationInput(settings: ["index": Double(index)], weights: weights))
      let code = tensor.code(at: index)
      #expect(try observation.number("weight") == Double(values[index]))
      #expect(try observation.number("code") == Double(code))
      #expect(try observation.text("code_bits") == binary(UInt16(code), 4))
      #expect(try observation.text("byte") == hexadecimal(tensor.packed[index / 2]))
      #expect(try observation.number("restored") == Double(restored[index]))
      #expect(try observation.number("error") == Double(restored[index] - values[index]))
      #expect(try observation.number("level") == Double(levels[Int(code)]))
      let scaled = try observation.number("scaled")
      #expect(abs(scaled - Double(values[index] / tensor.absmax[0])) < 1e-6)
      #expect(try observation.number("lower")...observation.number("upper") ~= scaled)
      let neighbour = index ^ 1
      #expect(try observation.number("neighbour") == Double(tensor.code(at: neighbour)))
    }
  }

  @Test("the numbers that the prose says stand in the picture too", arguments: Language.allCases)
  func drawn(language: Language) throws {
    let words = Words(language)
    let observation = try Journey().observe(
      DemonstrationInput(settings: ["index": 5], weights: weights))
    let texts = observation.drawn(words)
    for name in ["weight", "restored", "byte", "code_bits"] {
      #expect(texts.contains(try observation.text(name, words)), "\(name)")
    }
    #expect(texts.contains("error " + (try observation.text("error", words))))
    #expect(texts.contains("÷ " + (try observation.text("absmax", words))))
  }

  @Test("an index beyond a short block points at its last weight")
  func shortBlock() throws {
    let short = TrialWeights.normal(1, 5).named
    let observation = try Journey().observe(
      DemonstrationInput(settings: ["index": 40], weights: short))
    #expect(try observation.number("index") == 4)
    #expect(try observation.number("weight") == Double(short.matrix.values[4]))
  }

  @Test("the bytes of a block are its codes two by two, and its absmax with the lowest byte first")
  func bytes() throws {
    let observation = try BlockBytes().observe(DemonstrationInput(weights: weights))
    let tensor = try BlockQuantizer(type: .nf4).quantize(weights.matrix.values)
    let pattern = tensor.absmax[0].bitPattern
    let expected = (0..<4).map { hexadecimal(UInt8(pattern >> (8 * $0) & 0xFF)) }
    #expect(try observation.text("absmax_bytes") == expected.joined(separator: " "))
    #expect(try observation.number("bytes") == 36)
    #expect(try observation.number("bits") == 4.5)
    let table = try #require(observation.tables.first).rows.flatMap { $0.map(\.value) }
    #expect(table == tensor.packed.map { .code(hexadecimal($0)) })
    let digits = observation.figure().texts.filter { $0.style.typeface == .mono }.map(\.string)
    // Each code stands once among the codes and once in its byte, and then come the absmax bytes.
    let codes = tensor.codes.flatMap { code -> [String] in
      Array(repeating: String(code, radix: 16, uppercase: true), count: 2)
    }
    #expect(digits == codes + expected)
  }
}
