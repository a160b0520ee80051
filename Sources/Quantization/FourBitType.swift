/// The 4-bit data types that a user chooses by name.
public enum FourBitType: String, CaseIterable, Sendable {
  /// The 4-bit NormalFloat.
  case nf4
  /// The 4-bit floating-point type.
  case fp4

  /// The codebook of the type.
  public var codebook: Codebook {
    switch self {
    case .nf4: .nf4
    case .fp4: .fp4
    }
  }
}
