import Foundation
import Interchange
import LinearAlgebra

/// An adapter's folder and the file of its base, made for a test.
struct AdapterFixture {
  var base: [Safetensors.NewTensor] = []
  var tensors: [Safetensors.NewTensor] = []
  var configuration: [String] = [#""peft_type": "LORA""#, #""r": 2"#, #""lora_alpha": 4"#]

  /// Replaces or adds a setting.
  mutating func set(_ key: String, _ value: String) {
    configuration.removeAll { $0.hasPrefix("\"\(key)\"") }
    configuration.append("\"\(key)\": \(value)")
  }

  mutating func add(_ name: String, _ matrix: Matrix) {
    tensors.append(
      .init(
        name: PEFTAdapter.prefix + name, shape: [matrix.rows, matrix.columns],
        values: matrix.values))
  }

  /// Adds the factors of a module and its base, with numbers that differ everywhere.
  mutating func addModule(
    _ path: String, rows: Int, columns: Int, rank: Int = 2, seed: UInt64 = 1, base: Bool = true
  ) {
    var generator = RandomGenerator(seed: seed)
    add("\(path).lora_A.weight", .randomNormal(rows: rank, columns: columns, using: &generator))
    add("\(path).lora_B.weight", .randomNormal(rows: rows, columns: rank, using: &generator))
    guard base else { return }
    let weight = Matrix.randomNormal(rows: rows, columns: columns, using: &generator)
    self.base.append(
      .init(name: "\(path).weight", shape: [rows, columns], values: weight.values))
  }

  /// Writes `base.safetensors` and the folder `adapter`.
  func write(to folder: String, adapter: String = "adapter") throws {
    if !base.isEmpty { try Safetensors.write(base, to: folder + "/base.safetensors") }
    let place = "\(folder)/\(adapter)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try Safetensors.write(
      tensors, metadata: [("format", "pt")], to: place + "/adapter_model.safetensors")
    try AtomicFile.write(
      "{\(configuration.joined(separator: ", "))}", to: place + "/adapter_config.json")
  }
}

/// Numbers of any floating type as the bytes of a tensor.
func tensor(
  _ name: String, _ dtype: DType, _ shape: [Int], _ values: [Double]
)
  -> Safetensors.NewTensor
{
  var bytes: [UInt8] = []
  for value in values {
    let (bits, count): (UInt64, Int) =
      switch dtype {
      case .f16: (UInt64(Float16(value).bitPattern), 2)
      case .bf16: (UInt64(Float(value).bitPattern >> 16), 2)
      case .f32: (UInt64(Float(value).bitPattern), 4)
      default: (value.bitPattern, 8)
      }
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * index))) }
  }
  return .init(name: name, dtype: dtype, shape: shape, bytes: bytes)
}
