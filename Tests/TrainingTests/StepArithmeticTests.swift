import Models
import Testing
import Training

@Suite("Arithmetic of a step")
struct StepArithmeticTests {
  private let small = TransformerConfiguration(
    vocabularySize: 5, hiddenSize: 4, intermediateSize: 6, layerCount: 1, headCount: 2,
    longestSequence: 8)

  /// The weights of the linear layers: four of 4×4, three of 4×6; and the output layer.
  private let linear = 4 * 16 + 3 * 24
  private let head = 20

  @Test("a full step has three products for each weight")
  func full() {
    let step = StepArithmetic(small, method: .full, rank: 2, batch: 3, length: 2)
    let product = 2 * 6 * (linear + head)
    #expect(step.forward == product)
    #expect(step.inputGradients == product)
    #expect(step.weightGradients == product)
    #expect(step.adapters == 0)
    #expect(step.dequantization == 0)
    // Three pairs in each of three sequences of two tokens, two heads of size two, seven products.
    #expect(step.attention == 3 * 3 * 2 * 14 * 2)
    // All weights: embedding, linear layers, three norms, output layer.
    #expect(step.optimizer == StepArithmetic.adamW * (20 + linear + 3 * 4 + head))
  }

  @Test("a frozen base has no gradient of weights, nor one to the frozen embedding")
  func lora() {
    let step = StepArithmetic(small, method: .lora, rank: 2, batch: 3, length: 2)
    #expect(step.weightGradients == 0)
    #expect(step.inputGradients == 2 * 6 * (linear + head - 3 * 16))
    let sides = 4 * 8 + 3 * 10
    #expect(step.optimizer == StepArithmetic.adamW * 2 * sides)
    #expect(step.merging == 2 * 2 * (2 * linear - 3 * 16))
    #expect(step.adapters == step.merging + 4 * 6 * 2 * sides)
  }

  @Test(
    "four bits add the same dequantizing to LoRA's arithmetic, whatever the batch",
    arguments: [1, 2, 64])
  func qlora(batch: Int) {
    let lora = StepArithmetic(small, method: .lora, rank: 2, batch: batch, length: 2)
    let qlora = StepArithmetic(small, method: .qlora, rank: 2, batch: batch, length: 2)
    // A block has at most 64 weights: one absmax for each matrix here.
    let written = 2 * (linear + 2 * 7) - 3 * (16 + 2)
    #expect(qlora.dequantization == written)
    #expect(qlora.total == lora.total + written)
  }
}
