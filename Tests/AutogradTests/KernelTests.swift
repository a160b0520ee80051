import CKernels
import Foundation
import Testing

/// The kernels against the same formula in double precision.
@Suite struct KernelTests {
  private func relativeError(
    _ range: ClosedRange<Float>, _ kernel: (Float) -> Float, _ exact: (Double) -> Double
  ) -> Double {
    stride(
      from: range.lowerBound, through: range.upperBound,
      by: (range.upperBound - range.lowerBound) / 4001
    )
    .map { x in
      let expected = exact(Double(x))
      return abs(Double(kernel(x)) - expected) / max(abs(expected), 1e-30)
    }.max() ?? 1
  }

  private func apply(
    _ kernel: (UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>) -> Void, _ x: Float
  ) -> Float {
    var y: Float = 0
    unsafe withUnsafePointer(to: x) { x in
      unsafe withUnsafeMutablePointer(to: &y) { unsafe kernel(x, 1, $0) }
    }
    return y
  }

  @Test func tanhIsWithinAFewUnits() {
    let error = relativeError(-9...9, { unsafe apply(lora_tanh, $0) }, { tanh($0) })
    #expect(error < 4e-7)
  }

  @Test func siluIsWithinAFewUnits() {
    let error = relativeError(-20...20, { unsafe apply(lora_silu, $0) }, { $0 / (1 + exp(-$0)) })
    #expect(error < 1e-6)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, 1e30, -1e30])
  func extremeInputsStayExtreme(_ x: Float) {
    let (tanh, silu) = unsafe (apply(lora_tanh, x), apply(lora_silu, x))
    if x.isNaN {
      #expect(tanh.isNaN && silu.isNaN)
    } else {
      #expect(tanh == (x > 0 ? 1 : -1))
      #expect(x > 0 ? silu == x : silu <= 0 || silu.isNaN)
    }
  }
}
