extension Codebook {
  /// The 4-bit NormalFloat of QLoRA, with the single-precision values of bitsandbytes.
  ///
  /// The table is embedded because the published one was computed in single precision; see
  /// ``NormalFloat`` for its derivation. Source: Dettmers et al. 2023, appendix E.
  public static let nf4 = Codebook(
    name: "nf4",
    bitPatterns: [
      0xBF80_0000, 0xBF32_39B1, 0xBF06_6B30, 0xBECA_32A0,
      0xBE91_A24D, 0xBE3D_353F, 0xBDBA_7871, 0x0000_0000,
      0x3DA2_FAFF, 0x3E24_CAE3, 0x3E7C_04DD, 0x3EAD_033A,
      0x3EE1_A4B8, 0x3F10_07AB, 0x3F39_13B3, 0x3F80_0000,
    ])

  /// The 4-bit floating-point codebook of bitsandbytes: a sign, two exponent bits and one bit of
  /// mantissa, divided by the largest value.
  ///
  /// Both code 0 and code 8 stand for zero: a weight just above zero takes code 8.
  public static let fp4 = Codebook(
    name: "fp4",
    bitPatterns: [
      0x0000_0000, 0x3BAA_AAAB, 0x3F2A_AAAB, 0x3F80_0000,
      0x3EAA_AAAB, 0x3F00_0000, 0x3E2A_AAAB, 0x3E80_0000,
      0x0000_0000, 0xBBAA_AAAB, 0xBF2A_AAAB, 0xBF80_0000,
      0xBEAA_AAAB, 0xBF00_0000, 0xBE2A_AAAB, 0xBE80_0000,
    ])
}

extension Codebook {
  private init(name: String, bitPatterns: [UInt32]) {
    self.init(name: name, finiteValues: bitPatterns.map(Float.init(bitPattern:)))
  }
}
