import Foundation
import TestSupport
import Testing

/// A file of reference vectors made with bitsandbytes 0.50.2.
struct VectorFile: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let count: Int
    let shape: [Int]?
    let blocksize: Int
    let tensors: String?
    let quant_type: String?
    let input: [Float]?
    let packed_hex: String?
    let absmax: [Float]?
    let dequantized: [Float]?
    let codes_hex: String?
    let nearest_codes_hex: String?
    let offset: Float?
    let nested_absmax: [Float]?
    let absmax_codes_hex: String?
    let nearest_absmax_codes_hex: String?
    let absmax_restored: [Float]?
    let absmax_restored_from_nearest_codes: [Float]?

    var testDescription: String { name }

    /// An array of single-precision numbers of the case, wherever it is kept.
    func floats(_ name: String, _ inline: [Float]?) throws -> [Float] {
      if let inline { return inline }
      let bytes = Array(try TensorFile.shared.bytes("\(tensors ?? "").\(name)"))
      return stride(from: 0, to: bytes.count, by: 4).map { start in
        Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
      }
    }

    /// An array of bytes of the case, wherever it is kept.
    func bytes(_ name: String, _ hexadecimal: String?) throws -> [UInt8] {
      guard let hexadecimal else {
        return Array(try TensorFile.shared.bytes("\(tensors ?? "").\(name)"))
      }
      let digits = Array(hexadecimal.utf8)
      return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
      }
    }
  }

  struct Threshold: Decodable {
    let float32_midpoint_bits: String
    let last_lower: Float
    let first_upper: Float
    let lower_value: Float
    let upper_value: Float
  }

  struct Storage: Decodable, CustomTestStringConvertible {
    let parameters: Int
    let blocksize: Int
    let double_quantized: Bool
    let bytes: [String: Int]
    let total_bytes: Int
    let bits_per_parameter: Double
    let bits_per_parameter_limit: Double

    var testDescription: String {
      "\(parameters) weights, blocks of \(blocksize), double \(double_quantized)"
    }
  }

  let cases: [Case]
  let codebook_bits: [String]?
  let thresholds: [Threshold]?
  let storage: [Storage]?

  static let nf4 = load("nf4")
  static let fp4 = load("fp4")
  static let dynamic = load("int8_dynamic")
  static let double = load("double_quant")

  private static func load(_ name: String) -> VectorFile {
    do {
      let url = URL(filePath: "\(vectorFolder)/\(name).json")
      return try JSONDecoder().decode(VectorFile.self, from: Data(contentsOf: url))
    } catch {
      fatalError("The vectors of \(name) cannot be read: \(error)")
    }
  }
}

private let vectorFolder = "\(repositoryRoot)/Tests/QuantizationTests/Vectors"

/// The safetensors file with the arrays of the larger cases.
struct TensorFile {
  private struct Entry: Decodable {
    let data_offsets: [Int]
  }

  struct MissingTensor: Error {
    let name: String
  }

  private let data: Data
  private let entries: [String: Entry]
  private let start: Int

  static let shared: TensorFile = {
    do {
      return try TensorFile()
    } catch {
      fatalError("The tensors of the vectors cannot be read: \(error)")
    }
  }()

  private init() throws {
    data = try Data(contentsOf: URL(filePath: "\(vectorFolder)/quantization.safetensors"))
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    start = 8 + length
    entries = try JSONDecoder().decode([String: Entry].self, from: data[8..<start])
  }

  func bytes(_ name: String) throws -> Data {
    guard let offsets = entries[name]?.data_offsets else { throw MissingTensor(name: name) }
    return Data(data[start + offsets[0]..<start + offsets[1]])
  }
}

/// Equal bits, except that zeros may differ in sign.
func sameValues(_ left: [Float], _ right: [Float]) -> Bool {
  left.count == right.count
    && zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern || ($0 == 0 && $1 == 0) }
}
