internal import LinearAlgebra

extension LoRAAdapter {
  /// The Frobenius norm of the update, ‖scaling · B A‖, without the update itself.
  ///
  /// ‖B A‖² is the sum of the products of the entries of BᵀB and AAᵀ, which are [rank, rank].
  ///
  /// - Complexity: O(rank² · (in + out)).
  public var deltaNorm: Double {
    var sum = 0.0
    for first in 0..<rank {
      for second in first..<rank {
        var (a, b) = (0.0, 0.0)
        for column in 0..<loraA.columns {
          a += Double(loraA[first, column]) * Double(loraA[second, column])
        }
        for row in 0..<loraB.rows { b += Double(loraB[row, first]) * Double(loraB[row, second]) }
        sum += (first == second ? 1 : 2) * a * b
      }
    }
    return scaling.magnitude * max(sum, 0).squareRoot()
  }
}
