public import Drawing

#if canImport(Glibc)
  internal import Glibc
#endif

extension Words {
  /// A number as a short label: with a count of decimals where these show it well, and otherwise
  /// with three significant digits and a power of ten.
  ///
  /// So 300 000 000 becomes 3.00 × 10⁸, and 0.000002 with two decimals 2.00 × 10⁻⁶.
  public func label(_ value: Double, _ decimals: Int) -> String {
    let magnitude = value.magnitude
    let vanishes = magnitude < 0.999 * pow(10, -Double(decimals))
    guard value != 0, magnitude >= 1e6 || decimals > 5 || vanishes else {
      return number(value, decimals)
    }
    return numbers.significant(value, digits: 3)
  }
}
