public import LinearAlgebra

extension BlockQuantizer {
  /// Quantizes a matrix; blocks run along its rows and across their ends.
  ///
  /// - Throws: ``QuantizationError/notFinite(index:value:)`` with the first NaN or infinity.
  public func quantize(_ matrix: Matrix) throws(QuantizationError) -> QuantizedTensor {
    try quantize(matrix.values, shape: [matrix.rows, matrix.columns])
  }
}

extension QuantizedTensor {
  /// The dequantized weights as a matrix; a tensor whose shape has not two sides gives one row.
  public func dequantizedMatrix() -> Matrix {
    let sides = shape?.count == 2 ? shape ?? [] : [1, count]
    return Matrix(rows: sides[0], columns: sides[1], values: dequantized())
  }
}
