import Foundation
import Interchange
import TestSupport

/// The base and the adapters that the command is tried on: an F32 and an F16 weight, two adapters of rank 1.
func writeAdapterFiles(to folder: TemporaryFolder) throws {
  try Safetensors.write(
    [
      .init(name: "a.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
      .init(name: "norm.weight", shape: [2], values: [7, 8]),
    ], metadata: [("format", "pt")], to: folder("base.safetensors"))
  try writeAdapter(to: folder, named: "one", loraA: [1, 0, 2], loraB: [1, 10])
  try writeAdapter(to: folder, named: "two", loraA: [0, 1, 0], loraB: [3, -1])
}

/// An adapter of rank 1 of the weight `a`, with a scaling of 2.
func writeAdapter(
  to folder: TemporaryFolder, named name: String, loraA: [Float], loraB: [Float],
  configuration: String = #"{"peft_type": "LORA", "r": 1, "lora_alpha": 2}"#
) throws {
  try folder.write(configuration, to: "\(name)/adapter_config.json")
  try Safetensors.write(
    [
      .init(
        name: "base_model.model.a.lora_A.weight", shape: [1, loraA.count], values: loraA),
      .init(
        name: "base_model.model.a.lora_B.weight", shape: [loraB.count, 1], values: loraB),
    ], to: folder("\(name)/adapter_model.safetensors"))
}

/// The values of a tensor of a file.
func values(_ name: String, in path: String) throws -> [Float] {
  let file = try Safetensors(path: path)
  return try file.values(of: file.tensor(named: name))
}
