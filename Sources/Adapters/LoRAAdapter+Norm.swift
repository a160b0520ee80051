internal import LinearAlgebra

extension LoRAAdapter {
  /// The Frobenius norm of the update, ‖scaling · B A‖, without the update itself.
  ///
  /// ‖B A‖² is the sum of the products of the entries of BᵀB and AAᵀ, which are [rank, rank].
  ///
  /// - Complexity: O(rank² · (in + out)).
  public var deltaNorm: Double {
    let rows = (0..<rank).map { loraA.row($0).map(Double.init) }
    let columns = (0..<rank).map { loraB.column($0).map(Double.init) }
    func dot(_ one: [Double], _ other: [Double]) -> Double {
      var sum = 0.0
      for index in one.indices { sum += one[index] * other[index] }
      return sum
    }
    var sum = 0.0
    for first in 0..<rank {
      for second in first..<rank {
        let product = dot(rows[first], rows[second]) * dot(columns[first], columns[second])
        sum += (first == second ? 1 : 2) * product
      }
    }
    // Rounding may leave a little less than nothing of factors that cancel.
    return scaling.magnitude * max(sum, 0).squareRoot()
  }
}
