public import Adapters
import Foundation
import Interchange
import LinearAlgebra
public import Models
import Quantization

/// One of the tiny Llama models that were made with transformers, PEFT and bitsandbytes.
public struct ReferenceCheckpoint: Sendable {
  public let configuration: TransformerConfiguration
  /// All weights in single precision.
  public let weights: ModelWeights
  /// The same with the linear layers of the decoder as bitsandbytes quantized them.
  public let quantizedWeights: ModelWeights
  /// The adapter whose B is not zero, by layer.
  public let adapters: [String: LoRAAdapter]
  /// The adapter that training starts from.
  public let startingAdapters: [String: LoRAAdapter]

  /// Reads a checkpoint.
  ///
  /// - Parameter name: `tied` or `untied`.
  /// - Throws: An error where a file cannot be read.
  public init(_ name: String) throws {
    let folder = repositoryRoot + "/Tests/Vectors/llama-tiny/" + name
    configuration = try JSONDecoder().decode(
      Configuration.self, from: data(folder + "/model/config.json")
    ).value
    let file = try Safetensors(path: folder + "/model/model.safetensors")
    var weights = ModelWeights()
    for tensor in file.tensors {
      weights[tensor.name] = .dense(try file.values(of: tensor), shape: tensor.shape)
    }
    self.weights = weights
    quantizedWeights = try Self.quantized(weights, folder + "/qlora-base.safetensors")
    let settings = try JSONDecoder().decode(
      AdapterSettings.self, from: data(folder + "/adapter/adapter_config.json"))
    adapters = try Self.adapters(
      folder + "/adapter/adapter_model.safetensors", scaling: settings.lora_alpha / settings.r)
    startingAdapters = try Self.adapters(
      folder + "/training-init.safetensors", scaling: settings.lora_alpha / settings.r)
  }

  private struct Configuration: Decodable {
    let vocab_size, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads: Int
    let num_key_value_heads, head_dim, max_position_embeddings: Int
    let rms_norm_eps: Double
    let tie_word_embeddings: Bool
    struct Rope: Decodable { let rope_theta: Double }
    let rope_parameters: Rope

    var value: TransformerConfiguration {
      TransformerConfiguration(
        vocabularySize: vocab_size, hiddenSize: hidden_size, intermediateSize: intermediate_size,
        layerCount: num_hidden_layers, headCount: num_attention_heads,
        keyValueHeadCount: num_key_value_heads, headSize: head_dim,
        longestSequence: max_position_embeddings, normEpsilon: rms_norm_eps,
        ropeBase: rope_parameters.rope_theta, tiesEmbeddings: tie_word_embeddings)
    }
  }

  private struct AdapterSettings: Decodable {
    let r, lora_alpha: Double
  }

  private struct QuantState: Decodable {
    let blocksize: Int
    let nested_blocksize: Int
    let nested_offset: Float
    let shape: [Int]
  }

  private static func quantized(_ dense: ModelWeights, _ path: String) throws -> ModelWeights {
    let file = try Safetensors(path: path)
    var weights = dense
    let ending = ".quant_state.bitsandbytes__nf4"
    for tensor in file.tensors where tensor.name.hasSuffix(ending) {
      let name = String(tensor.name.dropLast(ending.count))
      let state = try JSONDecoder().decode(QuantState.self, from: Data(file.bytes(of: tensor)))
      let scales = try DoubleQuantizedScales(
        codes: file.bytes(of: file.tensor(named: name + ".absmax")),
        nestedAbsmax: file.values(of: file.tensor(named: name + ".nested_absmax")),
        offset: state.nested_offset, nestedBlockSize: state.nested_blocksize)
      weights[name] = .fourBit(
        try DoubleQuantizedTensor(
          codebook: .nf4, blockSize: state.blocksize, count: state.shape.reduce(1, *),
          packed: file.bytes(of: file.tensor(named: name)), scales: scales, shape: state.shape),
        shape: state.shape)
    }
    return weights
  }

  private static func adapters(_ path: String, scaling: Double) throws -> [String: LoRAAdapter] {
    let file = try Safetensors(path: path)
    func matrix(_ tensor: Safetensors.Tensor) throws -> Matrix {
      Matrix(
        rows: tensor.shape[0], columns: tensor.shape[1], values: try file.values(of: tensor))
    }
    var adapters: [String: LoRAAdapter] = [:]
    let (start, ending) = ("base_model.model.", ".lora_A.weight")
    for tensor in file.tensors where tensor.name.hasSuffix(ending) {
      let name = String(tensor.name.dropFirst(start.count).dropLast(ending.count))
      adapters[name] = try LoRAAdapter(
        loraA: matrix(tensor), loraB: matrix(file.tensor(named: start + name + ".lora_B.weight")),
        scaling: scaling)
    }
    return adapters
  }
}

private func data(_ path: String) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: path))
}
