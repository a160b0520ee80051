/// Every kind of operation there is; the tests check the gradient of each.
public enum OperationKind: String, CaseIterable, Sendable {
  case matmul, adaptedMatmul, add, multiply, embedding, rmsNorm, rotary, attention, silu, swiglu
  case tanh, dropout, crossEntropy, meanSquaredError, binaryCrossEntropy
}

/// A step of a computation: how its result comes from its inputs, and how the gradient goes back.
///
/// An operation is a value without memory of its own. A plan gives it a ``Frame`` with the memory that it
/// works on. Tensors are seen as rows: all sides but the last are counted together.
protocol Operation {
  static var kind: OperationKind { get }

  var inputs: [Tensor] { get }

  /// The shape of the result, once the shapes of the inputs are found to fit.
  func outputShape() throws(AutogradError) -> [Int]

  /// Whether an input may be a compressed weight, which ``Frame/weight(_:)`` writes out.
  func mayBeCompressed(input: Int) -> Bool

  /// Computes the output.
  func forward(_ frame: Frame)

  /// Writes or adds the gradients of those inputs that have one.
  func backward(_ frame: Frame)

  /// The floats that are kept from the forward pass to the backward pass beside inputs and output.
  var stateCount: Int { get }
  /// The floats of memory that nobody reads after the call.
  func scratchCount(threads: Int) -> Int
  /// The floats of the weight that is written out or merged for the call.
  var weightScratchCount: Int { get }
  /// Whether the backward pass reads the value of an input.
  func backwardReads(input: Int) -> Bool
  /// Whether the backward pass reads the output.
  var backwardReadsOutput: Bool { get }
  /// Whether the output may take the memory of the first input.
  var mayOverwriteInput: Bool { get }
  /// Whether the gradient of an input may take the memory of the output's gradient.
  func mayShareGradient(input: Int) -> Bool
}

extension Operation {
  func mayBeCompressed(input: Int) -> Bool { false }
  var stateCount: Int { 0 }
  func scratchCount(threads: Int) -> Int { 0 }
  var weightScratchCount: Int { 0 }
  func backwardReads(input: Int) -> Bool { true }
  var backwardReadsOutput: Bool { false }
  var mayOverwriteInput: Bool { false }
  func mayShareGradient(input: Int) -> Bool { false }
}

/// The memory that an operation works on.
@safe struct Frame {
  /// Where the gradient of an input goes.
  @safe struct Gradient {
    let start: UnsafeMutablePointer<Float>
    /// Whether the gradient is added to what is there, since another operation wrote before.
    let accumulates: Bool
    /// Whether this is the memory of the output's gradient.
    let isShared: Bool

    /// 1 where the gradient is added, 0 where it replaces what is there.
    var flag: Int32 { accumulates ? 1 : 0 }
  }

  var values: [UnsafeMutablePointer<Float>] = unsafe []
  /// In the place of a value, the weight that it has to be written out from.
  var compressed: [(any CompressedWeight)?] = []
  var gradients: [Gradient?] = []
  var output: UnsafeMutablePointer<Float>
  var outputGradient: UnsafeMutablePointer<Float>
  var state: UnsafeMutablePointer<Float>
  var scratch: UnsafeMutablePointer<Float>
  var weightScratch: UnsafeMutablePointer<Float>
  /// What compressed weights need to write themselves out.
  var decompressionScratch: UnsafeMutablePointer<Float>
  var threads: Threads

  /// A weight in row-major order, written out where it is compressed.
  func weight(_ input: Int) -> UnsafeMutablePointer<Float> {
    guard let compressed = compressed[input] else { return unsafe values[input] }
    unsafe compressed.write(
      into: UnsafeMutableBufferPointer(start: weightScratch, count: compressed.count),
      scratch: UnsafeMutableBufferPointer(
        start: decompressionScratch, count: compressed.scratchCount),
      threads: threads.count)
    return unsafe weightScratch
  }
}
