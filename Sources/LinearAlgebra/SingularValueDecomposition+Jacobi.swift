extension SingularValueDecomposition {
  /// One-sided Jacobi: rotates pairs of columns until all are orthogonal.
  ///
  /// Each rotation makes one pair orthogonal and disturbs the others less and less; the lengths of the
  /// columns are then the singular values. Only additions, products and square roots in a fixed order,
  /// so that the result is the same on every processor. Source: Hestenes 1958.
  init(jacobi numbers: [Double], rows: Int, columns: Int) {
    // Columns of the tall orientation, each contiguous.
    let isTall = rows >= columns
    let (length, count) = isTall ? (rows, columns) : (columns, rows)
    var vectors = (0..<count).map { column in
      (0..<length).map { isTall ? numbers[$0 * columns + column] : numbers[column * columns + $0] }
    }
    var rotations = (0..<count).map { column in (0..<count).map { $0 == column ? 1.0 : 0.0 } }
    // A column of no more than 2⁻¹⁰⁰ of the whole is zero to rounding: it has no direction of its own,
    // and turning it on would make it parallel to a large one as its square underflows.
    let floor = numbers.reduce(0) { $0 + $1 * $1 } * 0x1p-200
    for _ in 0..<60 {
      var isDone = true
      for first in 0..<count {
        for second in first + 1..<max(count, first + 1) {
          let a = dot(vectors[first], vectors[first])
          let b = dot(vectors[second], vectors[second])
          let c = dot(vectors[first], vectors[second])
          guard min(a, b) > floor, c.magnitude > 1e-15 * (a * b).squareRoot() else { continue }
          isDone = false
          let zeta = (b - a) / (2 * c)
          let sign = zeta < 0 ? -1.0 : 1.0
          let tangent = sign / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          rotate(&vectors, first, second, cosine, cosine * tangent)
          rotate(&rotations, first, second, cosine, cosine * tangent)
        }
      }
      if isDone { break }
    }
    let lengths = vectors.map { dot($0, $0).squareRoot() }
    let order = (0..<count).sorted { (lengths[$0], -$0) > (lengths[$1], -$1) }
    let values = order.map { lengths[$0] }
    var long = order.map { index in
      lengths[index] > 0 ? vectors[index].map { $0 / lengths[index] } : vectors[index]
    }
    let short = order.map { rotations[$0] }
    completeBasis(&long, from: values.count { $0 * $0 > floor }, length: length)
    let (left, right) = isTall ? (long, short) : (short, long)
    self.init(
      rows: rows, columns: columns,
      left: (0..<rows).flatMap { row in left.map { $0[row] } }, values: values,
      right: right.flatMap { $0 })
  }
}

private func dot(_ first: [Double], _ second: [Double]) -> Double {
  var sum = 0.0
  for index in first.indices { sum += first[index] * second[index] }
  return sum
}

private func rotate(
  _ vectors: inout [[Double]], _ first: Int, _ second: Int, _ cosine: Double, _ sine: Double
) {
  for index in vectors[first].indices {
    let (x, y) = (vectors[first][index], vectors[second][index])
    vectors[first][index] = cosine * x - sine * y
    vectors[second][index] = sine * x + cosine * y
  }
}

/// Replaces vectors that belong to zero singular values by unit vectors orthogonal to all others.
private func completeBasis(_ vectors: inout [[Double]], from start: Int, length: Int) {
  var candidate = 0
  for index in start..<max(vectors.count, start) {
    while candidate < length {
      var vector = Array(repeating: 0.0, count: length)
      vector[candidate] = 1
      candidate += 1
      // Twice, because the first pass leaves rounding errors along the others.
      for _ in 0..<2 {
        for other in vectors[..<index] {
          let share = dot(vector, other)
          for place in vector.indices { vector[place] -= share * other[place] }
        }
      }
      let length = dot(vector, vector).squareRoot()
      guard length > 0.1 else { continue }
      vectors[index] = vector.map { $0 / length }
      break
    }
  }
}
