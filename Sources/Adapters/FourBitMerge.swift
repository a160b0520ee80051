public import LinearAlgebra
internal import Quantization

/// Ways to merge an adapter that was trained on a 4-bit base.
public enum FourBitMergeTarget: String, CaseIterable, Sendable {
  /// Into the dequantized base in single precision: what was trained.
  case dequantized
  /// The same, rounded to bfloat16.
  case dequantizedBFloat16
  /// Into the weight as it was before quantization: the adapter has not seen it.
  case original
  /// Into the dequantized base, and then quantized again.
  case requantized
  /// Into the original weight, and then quantized.
  case requantizedOriginal
  /// The base without the adapter, for comparison.
  case withoutAdapter
}

/// What merging an adapter into a 4-bit base does to the trained function.
public struct FourBitMerge: Sendable {
  /// The quantized base as it is computed with, [out, in].
  public let base: Matrix
  /// The weight of the function that was trained: base and update.
  public let trained: Matrix
  /// The weight before quantization with the adapter in it.
  private let original: Matrix
  private let quantizer: BlockQuantizer

  /// - Throws: `AdapterError.doesNotFitWeight`, or `QuantizationError` for a weight that is not finite.
  public init(
    weight: Matrix, adapter: LoRAAdapter, blockSize: Int = 64
  ) throws {
    try adapter.check(weight)
    quantizer = try BlockQuantizer(codebook: .nf4, blockSize: blockSize)
    original = try adapter.merged(into: weight).weight
    base = try quantizer.quantize(weight).dequantizedMatrix()
    trained = try adapter.merged(into: base).weight
  }

  /// The weight that a way of merging leaves, [out, in].
  ///
  /// - Throws: `QuantizationError` where the merged weight is not finite.
  public func weight(_ target: FourBitMergeTarget) throws -> Matrix {
    switch target {
    case .dequantized: return trained
    case .dequantizedBFloat16: return BFloat16.rounded(trained)
    case .original: return original
    case .requantized: return try requantized(trained)
    case .requantizedOriginal: return try requantized(original)
    case .withoutAdapter: return base
    }
  }

  private func requantized(_ weight: Matrix) throws -> Matrix {
    try quantizer.quantize(weight).dequantizedMatrix()
  }

  /// How far outputs move from those of the trained function: ‖x (W − W*)ᵀ‖ / ‖x W*ᵀ‖.
  ///
  /// - Throws: `QuantizationError` where the merged weight is not finite.
  public func outputError(_ target: FourBitMergeTarget, on input: Matrix) throws -> Double {
    let wanted = input.multiplied(by: trained.transposed)
    let found = input.multiplied(by: try weight(target).transposed)
    return found.relativeError(to: wanted)
  }
}

/// How much of an update survives when the merged weight is quantized again.
///
/// Codes change where an entry is about as large as half a step. Of two small updates of one norm,
/// that of lower rank survives more, because few of its entries are large and most are tiny.
public struct Erasure: Equatable, Sendable {
  /// The share of codes that change.
  public let changedCodes: Double
  /// The cosine between the change that is left and the one that was meant; 0 where nothing is left.
  public let cosine: Double

  /// Quantizes a weight with and without an update.
  ///
  /// - Throws: `AdapterError.doesNotFitWeight`, or `QuantizationError` for numbers that are not finite.
  public init(weight: Matrix, update: Matrix, blockSize: Int = 64) throws {
    guard weight.rows == update.rows, weight.columns == update.columns else {
      throw AdapterError.doesNotFitWeight(
        update: [update.rows, update.columns], weight: [weight.rows, weight.columns])
    }
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: blockSize)
    let before = try quantizer.quantize(weight)
    let base = before.dequantizedMatrix()
    let after = try quantizer.quantize(base + update)
    let left = after.dequantizedMatrix() - base
    let changed = zip(before.codes, after.codes).count { $0 != $1 }
    changedCodes = Double(changed) / Double(max(weight.count, 1))
    let product = zip(left.values, update.values).reduce(0.0) {
      $0 + Double($1.0) * Double($1.1)
    }
    let norms = left.norm * update.norm
    cosine = norms > 0 ? product / norms : 0
  }
}
