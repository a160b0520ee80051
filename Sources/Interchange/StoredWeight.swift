public import LinearAlgebra
public import Quantization

/// A parameter of a model as a checkpoint holds it.
public enum StoredWeight: Equatable, Sendable {
  /// An embedding or the weight of a linear layer, [out, in].
  case matrix(Matrix)
  /// The weight of a norm.
  case vector([Float])
  /// The weight of a linear layer in four bits.
  case fourBit(QuantizedTensor)
  /// The same with quantized absmax values, as QLoRA has it.
  case doubleFourBit(DoubleQuantizedTensor)

  /// The length of each dimension.
  public var shape: [Int] {
    switch self {
    case .matrix(let matrix): [matrix.rows, matrix.columns]
    case .vector(let values): [values.count]
    case .fourBit(let tensor): tensor.shape ?? [tensor.count]
    case .doubleFourBit(let tensor): tensor.restored.shape ?? [tensor.restored.count]
    }
  }

  /// The tensor in four bits, if it is one; with quantized absmax values, the one that they restore.
  public var quantized: QuantizedTensor? {
    switch self {
    case .matrix, .vector: nil
    case .fourBit(let tensor): tensor
    case .doubleFourBit(let tensor): tensor.restored
    }
  }

  /// The numbers in row-major order, dequantized where that is needed.
  public var values: [Float] {
    switch self {
    case .matrix(let matrix): matrix.values
    case .vector(let values): values
    case .fourBit, .doubleFourBit: quantized?.dequantized() ?? []
    }
  }

  /// What a checkpoint stores under a name.
  func tensors(named name: String) -> [Safetensors.NewTensor] {
    switch self {
    case .matrix, .vector: [.init(name: name, shape: shape, values: values)]
    case .fourBit(let tensor): FourBitWeights.tensors(named: name, tensor)
    case .doubleFourBit(let tensor):
      FourBitWeights.tensors(named: name, tensor.restored, double: tensor)
    }
  }
}
