import Interchange
import Quantization
import TestSupport
import Testing

@Suite("4-bit weights in a checkpoint") struct FourBitWeightsTests {
  private let weights = (0..<130).map { Float($0 % 17) * 0.01 - 0.08 }

  private func tensors(double: Bool) throws -> [String: Safetensors.NewTensor] {
    let tensor = try BlockQuantizer(type: .nf4).quantize(weights, shape: [10, 13])
    let list = FourBitWeights.tensors(
      named: "a.weight", tensor, double: double ? try tensor.doubleQuantized() : nil)
    return Dictionary(uniqueKeysWithValues: list.map { ($0.name, $0) })
  }

  @Test("Without double quantization the scales are single-precision numbers")
  func single() throws {
    let tensors = try tensors(double: false)
    #expect(
      tensors.keys.sorted() == [
        "a.weight", "a.weight.absmax", "a.weight.quant_map",
        "a.weight.quant_state.bitsandbytes__nf4",
      ])
    #expect(tensors["a.weight"]?.shape == [65, 1])
    #expect(tensors["a.weight"]?.dtype == .u8)
    #expect(tensors["a.weight.absmax"]?.dtype == .f32)
    #expect(tensors["a.weight.absmax"]?.shape == [3])
    #expect(tensors["a.weight.quant_map"]?.shape == [16])
    let state = try #require(tensors["a.weight.quant_state.bitsandbytes__nf4"])
    #expect(
      String(decoding: state.bytes, as: UTF8.self)
        == #"{"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [10, 13]}"#)
  }

  @Test("With double quantization the scales are bytes, and their own scales stand beside them")
  func double() throws {
    let tensors = try tensors(double: true)
    #expect(tensors["a.weight.absmax"]?.dtype == .u8)
    #expect(tensors["a.weight.nested_absmax"]?.shape == [1])
    #expect(tensors["a.weight.nested_quant_map"]?.shape == [256])
    let state = try #require(tensors["a.weight.quant_state.bitsandbytes__nf4"])
    let text = String(decoding: state.bytes, as: UTF8.self)
    #expect(text.contains(#""nested_blocksize": 256, "nested_dtype": "float32""#))
    let offset = try #require(text.split(separator: "nested_offset\": ").last?.dropLast())
    let scales = try BlockQuantizer(type: .nf4).quantize(weights).doubleQuantized().scales
    #expect(Float(offset) == scales.offset)
  }

  @Test("A written file reads back with the same bytes")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/w.safetensors"
      let tensors = try tensors(double: true)
      try Safetensors.write(
        tensors.values.sorted { $0.name < $1.name }, metadata: [("format", "pt")], to: path)
      let file = try Safetensors(path: path)
      #expect(file.tensors.count == tensors.count)
      for tensor in file.tensors {
        #expect(file.bytes(of: tensor) == tensors[tensor.name]?.bytes, "\(tensor.name)")
      }
    }
  }
}
