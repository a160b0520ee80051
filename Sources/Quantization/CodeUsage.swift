internal import Glibc

/// How often each code occurs.
public struct CodeUsage: Equatable, Sendable {
  /// The number of occurrences of each code.
  public let counts: [Int]

  /// Wraps counts by code.
  public init(counts: [Int]) { self.counts = counts }

  /// The number of codes in all.
  public var total: Int { counts.reduce(0, +) }

  /// The fraction of each code; zeros if there are no codes.
  public var fractions: [Double] {
    let total = Double(max(total, 1))
    return counts.map { Double($0) / total }
  }

  /// The entropy −Σ p·log₂ p in bits: the information that a code carries.
  public var entropy: Double {
    fractions.reduce(0) { $1 > 0 ? $0 - $1 * log2($1) : $0 }
  }
}

extension QuantizedTensor {
  /// How often each code of the codebook occurs.
  public var codeUsage: CodeUsage {
    var pairs = Array(repeating: 0, count: 256)
    for byte in packed.prefix(count / 2) { pairs[Int(byte)] += 1 }
    var counts = Array(repeating: 0, count: 16)
    for (byte, occurrences) in pairs.enumerated() {
      counts[byte >> 4] += occurrences
      counts[byte & 15] += occurrences
    }
    if !count.isMultiple(of: 2) { counts[Int(code(at: count - 1))] += 1 }
    return CodeUsage(counts: Array(counts.prefix(codebook.values.count)))
  }
}

extension Reconstruction {
  /// How often each code of a range occurs.
  public func codeUsage(in range: ClosedRange<Int>) -> CodeUsage {
    var counts = Array(repeating: 0, count: range.count)
    for code in codes where range.contains(code) { counts[code - range.lowerBound] += 1 }
    return CodeUsage(counts: counts)
  }
}
