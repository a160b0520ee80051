internal import CKernels

/// y = x / (1 − p) with probability 1 − p, else 0.
///
/// Source: Srivastava et al. 2014.
///
/// Whether an element stays is a hash of the seed, the step, the operation and the element's place: the
/// backward pass computes it again, and no mask is kept.
struct Dropout: Operation {
  static let kind = OperationKind.dropout
  let x: Tensor
  let probability: Double
  let stream: Int
  let randomness: Randomness

  var inputs: [Tensor] { [x] }
  func backwardReads(input: Int) -> Bool { false }
  var mayOverwriteInput: Bool { true }
  func mayShareGradient(input: Int) -> Bool { true }

  func outputShape() throws(AutogradError) -> [Int] { x.shape }

  func forward(_ frame: Frame) {
    unsafe drop(frame.threads, from: frame.values[0], to: frame.output, accumulates: 0)
  }

  /// The gradient passes where the element did.
  func backward(_ frame: Frame) {
    guard let dx = frame.gradients[0] else { return }
    unsafe drop(frame.threads, from: frame.outputGradient, to: dx.start, accumulates: dx.flag)
  }

  private func drop(
    _ threads: Threads, from x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>,
    accumulates: Int32
  ) {
    let key = randomness.key(stream: stream)
    let threshold = UInt32(probability * 0x1p32)
    threads.forEachRange(of: self.x.count) { range in
      let first = range.lowerBound
      unsafe lora_dropout(
        x + first, key, threshold, Float(1 / (1 - probability)), first, range.count, y + first,
        accumulates)
    }
  }
}

extension Graph {
  /// Sets elements to zero with a probability, and divides the others by what remains.
  ///
  /// - Throws: `AutogradError.settingOutOfRange` unless the probability is from 0 up to below 1.
  public mutating func dropout(
    _ x: Tensor, probability: Double
  ) throws(AutogradError) -> Tensor {
    guard probability >= 0, probability < 1 else {
      throw .settingOutOfRange(
        operation: "dropout", setting: "probability", value: probability,
        needed: "from 0 up to below 1")
    }
    return try append(
      Dropout(x: x, probability: probability, stream: nodes.count, randomness: randomness))
  }
}
