import Interchange
import TestSupport
import Testing

@Suite("Weights from files")
struct WeightsFileTests {
  let sample = "\(repositoryRoot)/Lessons/Data/minilm-sample.safetensors"

  @Test("a part of a tensor of the sample is read")
  func sampleSlice() throws {
    let weights = try WeightsFile.load(
      path: sample, tensor: "encoder.layer.5.attention.self.query.weight", slice: "0:16,0:16")
    #expect(weights.matrix.rows == 16 && weights.matrix.columns == 16)
    #expect(weights.shape == [384, 384])
    #expect(weights.storedType == "F16")
  }
}
