import Drawing
import Testing

@Suite("Numbers") struct NumberFormatTests {
  let comma = NumberFormat(decimalMark: .comma)
  let point = NumberFormat(decimalMark: .point)

  @Test(
    "with fixed decimals round halves of the written number away from zero",
    arguments: [
      (0.125, 2, "0.13"), (-0.125, 2, "−0.13"), (2.5, 0, "3"), (0.5, 0, "1"), (1.005, 2, "1.01"),
      (0.285, 2, "0.29"), (0.05, 1, "0.1"), (0.004, 2, "0.00"), (0.005, 2, "0.01"),
      (0.0005, 2, "0.00"), (9.995, 2, "10.00"), (99.5, 0, "100"), (0.95, 1, "1.0"),
      (1, 3, "1.000"), (0, 2, "0.00"), (0, 0, "0"), (1e-9, 3, "0.000"), (0.1 + 0.2, 2, "0.30"),
    ])
  func fixed(value: Double, decimals: Int, text: String) {
    #expect(point.fixed(value, decimals: decimals) == text)
    #expect(
      comma.fixed(value, decimals: decimals)
        == String(text.map { $0 == "." ? "," : $0 }))
  }

  @Test("never show a negative zero", arguments: [-0.0, -0.004, -1e-300, -.leastNonzeroMagnitude])
  func negativeZero(value: Double) {
    #expect(point.fixed(value, decimals: 2) == "0.00")
  }

  @Test("have narrow spaces between groups of three from five digits on")
  func groups() {
    #expect(point.fixed(1234.5, decimals: 1) == "1234.5")
    #expect(point.fixed(12_345.5, decimals: 1) == "12\u{202F}345.5")
    #expect(
      point.fixed(-1e15, decimals: 0) == "−1\u{202F}000\u{202F}000\u{202F}000\u{202F}000\u{202F}000"
    )
    #expect(point.fixed(99_999.99, decimals: 1) == "100\u{202F}000.0")
    #expect(point.fixed(1e20, decimals: 0).filter(\.isNumber) == "100000000000000000000")
    #expect(comma.integer(1234) == "1234")
    #expect(comma.integer(-1_234_567) == "−1\u{202F}234\u{202F}567")
    #expect(
      comma.integer(.min) == "−9\u{202F}223\u{202F}372\u{202F}036\u{202F}854\u{202F}775\u{202F}808")
  }

  @Test("that are not finite have names")
  func notFinite() {
    #expect(point.fixed(.infinity, decimals: 2) == "∞")
    #expect(point.fixed(-.infinity, decimals: 2) == "−∞")
    #expect(point.fixed(.nan, decimals: 2) == "NaN")
    #expect(point.significant(-.infinity, digits: 3) == "−∞")
  }

  @Test(
    "with significant digits use an exponent only where zeros would be many",
    arguments: [
      (0.123456, 3, "0.123"), (123.456, 3, "123"), (0.000123456, 3, "0.000123"),
      (0.0000123456, 3, "1.23 × 10⁻⁵"), (99.95, 3, "100"), (0.0996, 2, "0.10"),
      (1_234_567.0, 3, "1\u{202F}234\u{202F}567"), (12_345_678.0, 3, "1.23 × 10⁷"),
      (9.999e9, 2, "1.0 × 10¹⁰"), (-6e-12, 1, "−6 × 10⁻¹²"), (6e-12, 3, "6.00 × 10⁻¹²"),
      (0.0, 3, "0"), (1.5, 3, "1.50"),
    ])
  func significant(value: Double, digits: Int, text: String) {
    #expect(point.significant(value, digits: digits) == text)
  }

  @Test("agree with the exact decimal for all steps of a hundredth")
  func steps() {
    for hundredths in 0..<2000 {
      let digits = String(hundredths % 100)
      let expected = "\(hundredths / 100)." + (digits.count == 1 ? "0" : "") + digits
      #expect(point.fixed(Double(hundredths) / 100, decimals: 2) == expected)
    }
  }

  @Test("in words follow the language")
  func words() {
    #expect(Words(.spanish).number(-0.25, 2) == "−0,25")
    #expect(Words(.english).number(-0.25, 2) == "−0.25")
    #expect(Words(.spanish, numbers: point).number(0.5, 1) == "0.5")
    #expect(Words(.spanish).percentage(0.1234, 1) == "12,3\u{202F}%")
    #expect(Words(.english).say(es: "bloque", en: "block") == "block")
    #expect(Phrase(es: "bloque", en: "block")(Words(.spanish)) == "bloque")
    #expect(Phrase("ΔW")(Words(.english)) == "ΔW")
  }
}
