internal import CKernels

/// Finds NaN and infinite values, which cannot be quantized.
public enum NonFinite {
  /// The number of NaN and infinite values.
  public static func count(in values: [Float]) -> Int {
    unsafe lora_count_not_finite(values, values.count)
  }

  /// The position of the first NaN or infinite value, counted from 0.
  public static func firstIndex(in values: [Float]) -> Int? {
    values.firstIndex { !$0.isFinite }
  }
}
