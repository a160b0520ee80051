internal import Autograd
internal import CKernels

/// The weights of a transformer as generating text reads them: adapters merged, transposed, and those that
/// read the same input side by side.
struct DecoderWeights {
  /// A weight of [inputs, padded outputs].
  struct Product {
    let inputs: Int
    let outputs: Int
    private let transposed: Floats

    /// Puts layers that read the same input side by side.
    init(_ layers: [any LinearLayer], inputs: Int) throws {
      let weight = try layers.flatMap { try $0.mergedWeight() }
      self.inputs = inputs
      outputs = weight.count / inputs
      transposed = Floats(count: inputs * lora_padded(outputs))
      unsafe weight.withUnsafeBufferPointer { weight in
        guard let start = weight.baseAddress else { return }
        unsafe lora_transpose_padded(start, outputs, inputs, transposed.start)
      }
    }

    /// y = x Wᵀ, with x of [rows, inputs] and y of [rows, outputs].
    func run(_ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>) {
      unsafe lora_rows_product(x, transposed.start, rows, outputs, inputs, y)
    }
  }

  struct Block {
    let inputNorm: Floats
    /// Queries, keys and values.
    let attention: Product
    let output: Product
    let attentionNorm: Floats
    /// Gate and up.
    let inner: Product
    let down: Product
  }

  let configuration: TransformerConfiguration
  let embedding: Floats
  let blocks: [Block]
  let norm: Floats
  let head: Product
  let angles: RotaryAngles

  /// Copies the weights as they are now.
  ///
  /// - Throws: `ModelError.sequenceTooLong`; `AdapterError` if a number of an adapter is not finite.
  init(_ model: Transformer, length: Int) throws {
    let configuration = model.configuration
    self.configuration = configuration
    guard length <= configuration.longestSequence else {
      throw ModelError.sequenceTooLong(length: length, longest: configuration.longestSequence)
    }
    let hidden = configuration.hiddenSize
    embedding = Floats(model.embedding.values)
    blocks = try model.blocks.map { block in
      Block(
        inputNorm: Floats(block.inputNorm.values),
        attention: try Product([block.query, block.key, block.value], inputs: hidden),
        output: try Product(
          [block.output], inputs: configuration.headCount * configuration.headSize),
        attentionNorm: Floats(block.attentionNorm.values),
        inner: try Product([block.gate, block.up], inputs: hidden),
        down: try Product([block.down], inputs: configuration.intermediateSize))
    }
    norm = Floats(model.norm.values)
    head = try Product([model.head], inputs: hidden)
    angles = model.angles(length: length)
  }
}
