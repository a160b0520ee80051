extension Matrix {
  /// The Frobenius norm, accumulated in double precision.
  public var norm: Double { values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }

  /// The Euclidean norm of every row.
  public var rowNorms: [Double] {
    (0..<rows).map { row in
      self.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
  }

  /// The spectral norm: the largest singular value, the most that a vector is lengthened.
  ///
  /// - Throws: `LinearAlgebraError` where a number is not finite or LAPACK does not converge.
  public func spectralNorm() throws(LinearAlgebraError) -> Double {
    try SingularValueDecomposition(self).values.first ?? 0
  }

  /// The Frobenius norm of the difference to a matrix of the same shape, divided by that matrix's norm.
  ///
  /// The error is 0 where both are equal, and infinite where only the reference is zero.
  public func relativeError(to reference: Matrix) -> Double {
    let difference = (self - reference).norm
    return difference == 0 ? 0 : difference / reference.norm
  }
}
