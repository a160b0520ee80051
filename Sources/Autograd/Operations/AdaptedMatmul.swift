internal import CKernels

/// y = x (g ⊙ (W + s B A))ᵀ: a frozen weight with its adapter, W of [out, in], A of [r, in], B of [out, r].
///
/// The update is merged into a copy of the weight for the call, which costs less than sending a batch
/// through both branches; the copy's memory serves all layers. Without DoRA g is 1. With DoRA,
/// g = m / ‖W + s B A‖ for each row, and the norm counts as a constant on the way back, as in PEFT.
struct AdaptedMatmul: Operation {
  static let kind = OperationKind.adaptedMatmul
  let x: Tensor
  let weight: Tensor
  let loraA: Tensor
  let loraB: Tensor
  /// The lengths m of the rows, [out].
  let magnitude: Tensor?
  let scaling: Float

  var inputs: [Tensor] { [x, weight, loraA, loraB] + (magnitude.map { [$0] } ?? []) }

  private var outputs: Int { weight.rows }
  private var features: Int { weight.columns }
  private var rank: Int { loraA.rows }

  func mayBeCompressed(input: Int) -> Bool { input == 1 }
  var weightScratchCount: Int { weight.count }
  var stateCount: Int { magnitude == nil ? 0 : outputs }
  var backwardReadsOutput: Bool { magnitude?.needsGradient ?? false }

  /// x Aᵀ or G B, B with DoRA's factors, and a gradient of B that is still to be transposed.
  func scratchCount(threads: Int) -> Int { rank * (x.rows + 2 * outputs) + outputs }

  func outputShape() throws(AutogradError) -> [Int] {
    guard weight.shape.count == 2, x.columns == features else {
      throw .shapesDoNotFit(operation: "adaptedMatmul", left: x.shape, right: weight.shape)
    }
    guard loraA.shape.count == 2, loraA.columns == features else {
      throw .shapesDoNotFit(operation: "adaptedMatmul", left: loraA.shape, right: weight.shape)
    }
    guard loraB.shape == [outputs, rank] else {
      throw .shapesDoNotFit(operation: "adaptedMatmul", left: loraB.shape, right: loraA.shape)
    }
    if let magnitude, magnitude.shape != [outputs] {
      throw .shapesDoNotFit(operation: "adaptedMatmul", left: magnitude.shape, right: weight.shape)
    }
    return x.shape.dropLast() + [outputs]
  }

  /// g ⊙ (W + s B A) in the memory that layers share; the factors g stay in the state.
  private func mergedWeight(_ frame: Frame) -> UnsafeMutablePointer<Float> {
    let merged = unsafe frame.weightScratch
    let base = unsafe frame.weight(1)
    if unsafe base != merged { unsafe merged.update(from: base, count: weight.count) }
    unsafe MatrixProduct(
      rows: outputs, columns: features, inner: rank, alpha: scaling, accumulates: true
    ).run(frame.values[3], frame.values[2], into: merged, frame.threads)
    if magnitude != nil {
      let factors = unsafe frame.state
      unsafe lora_row_norms(merged, outputs, features, factors)
      for row in 0..<outputs {
        let length = unsafe factors[row]
        unsafe factors[row] = length > 0 ? frame.values[4][row] / length : 0
      }
      unsafe lora_scale_rows(factors, outputs, features, merged)
    }
    return unsafe merged
  }

  func forward(_ frame: Frame) {
    let merged = unsafe mergedWeight(frame)
    unsafe MatrixProduct(
      rows: x.rows, columns: outputs, inner: features, transposesB: true
    ).run(frame.values[0], merged, into: frame.output, frame.threads)
  }

  /// The gradients of everything but W, for which none is computed.
  ///
  /// With G = g ⊙ dy they are dx = dy (g ⊙ (W + s B A)), dB = s Gᵀ (x Aᵀ), dA = (s G B)ᵀ x and
  /// dm = Σ dy ⊙ y / m. The gradient of B is computed lying down, [r, out], which is faster.
  func backward(_ frame: Frame) {
    let dy = unsafe frame.outputGradient
    let tall = unsafe frame.scratch
    let scaledB = unsafe tall + rank * x.rows
    let gradientB = unsafe scaledB + rank * outputs
    if let dx = frame.gradients[0] {
      let merged = unsafe mergedWeight(frame)
      unsafe MatrixProduct(
        rows: x.rows, columns: features, inner: outputs, accumulates: dx.accumulates
      ).run(dy, merged, into: dx.start, frame.threads)
    }
    if let dB = frame.gradients[3] {
      unsafe MatrixProduct(rows: x.rows, columns: rank, inner: features, transposesB: true)
        .run(frame.values[0], frame.values[2], into: tall, frame.threads)
      unsafe MatrixProduct(
        rows: rank, columns: outputs, inner: x.rows, transposesA: true, alpha: scaling
      ).run(tall, dy, into: gradientB, frame.threads)
      for row in 0..<outputs {
        let factor = unsafe magnitude == nil ? 1 : frame.state[row]
        for column in 0..<rank {
          let gradient = unsafe factor * gradientB[column * outputs + row]
          let place = row * rank + column
          unsafe dB.start[place] = dB.accumulates ? dB.start[place] + gradient : gradient
        }
      }
    }
    if let dA = frame.gradients[2] {
      for row in 0..<outputs {
        let factor = unsafe magnitude == nil ? scaling : scaling * frame.state[row]
        for place in row * rank..<(row + 1) * rank {
          unsafe scaledB[place] = factor * frame.values[3][place]
        }
      }
      unsafe MatrixProduct(rows: x.rows, columns: rank, inner: outputs)
        .run(dy, scaledB, into: tall, frame.threads)
      unsafe MatrixProduct(
        rows: rank, columns: features, inner: x.rows, transposesA: true,
        accumulates: dA.accumulates
      ).run(tall, frame.values[0], into: dA.start, frame.threads)
    }
    if magnitude != nil, let dm = frame.gradients[4] {
      let sums = unsafe gradientB + rank * outputs
      unsafe sums.update(repeating: 0, count: outputs)
      frame.threads.forEachRange(ofColumns: outputs, rows: x.rows) { range in
        unsafe lora_add_column_dots(
          dy, frame.output, x.rows, outputs, range.lowerBound, range.upperBound, sums)
      }
      for row in 0..<outputs {
        let m = unsafe frame.values[4][row]
        let gradient = unsafe m == 0 ? 0 : sums[row] / m
        unsafe dm.start[row] = dm.accumulates ? dm.start[row] + gradient : gradient
      }
    }
  }
}

extension Graph {
  /// x (W + s B A)ᵀ, with DoRA's row lengths x (m ⊙ (W + s B A) / ‖W + s B A‖)ᵀ.
  ///
  /// - Parameters:
  ///   - x: [rows, in].
  ///   - weight: The frozen weight, [out, in]; it may be compressed.
  ///   - loraA: [r, in].
  ///   - loraB: [out, r].
  ///   - magnitude: [out], for DoRA.
  ///   - scaling: The factor s.
  /// - Returns: [rows, out].
  /// - Throws: `AutogradError` where the shapes do not fit.
  public mutating func adaptedMatmul(
    _ x: Tensor, _ weight: Tensor, loraA: Tensor, loraB: Tensor, magnitude: Tensor? = nil,
    scaling: Float
  ) throws(AutogradError) -> Tensor {
    try append(
      AdaptedMatmul(
        x: x, weight: weight, loraA: loraA, loraB: loraB, magnitude: magnitude, scaling: scaling))
  }
}
