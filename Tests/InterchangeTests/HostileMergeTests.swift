import Adapters
import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("PEFT adapters: what cannot be merged") struct HostileMergeTests {
  struct Hostile: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var sentence: String
    var weight = 1.0
    var isUndoing = false
    var spoil: @Sendable (inout AdapterFixture) -> Void

    init(
      _ name: String, _ sentence: String, weight: Double = 1, undoing: Bool = false,
      _ spoil: @escaping @Sendable (inout AdapterFixture) -> Void
    ) {
      (testDescription, self.sentence, self.spoil) = (name, sentence, spoil)
      (self.weight, isUndoing) = (weight, undoing)
    }
  }

  static let cases: [Hostile] = [
    Hostile(
      "a target that is not there", "there is no “model.a.weight”, which"
    ) {
      $0.base[0].name = "a.weight"
    },
    Hostile("a target under another name", "the nearest is “modal.a.weight”") {
      $0.base[0].name = "modal.a.weight"
    },
    Hostile("a base of another shape", "is 3×4, and the weight is 3×5; the adapter belongs to") {
      $0.base[0] = tensor("model.a.weight", .f32, [3, 5], Array(repeating: 0, count: 15))
    },
    Hostile("a transposed base", "which fan_in_fan_out says") {
      $0.base[0] = tensor("model.a.weight", .f32, [4, 3], Array(repeating: 0, count: 12))
    },
    Hostile("a base of three dimensions", "and the weight is 3×4×1") {
      $0.base[0].shape = [3, 4, 1]
    },
    Hostile("a base in 4 bits", "stored in 4 bits by bitsandbytes, and merging needs numbers") {
      $0.base[0] = .init(
        name: "model.a.weight", dtype: .u8, shape: [6, 1], bytes: [1, 2, 3, 4, 5, 6])
      $0.base.append(
        .init(
          name: "model.a.weight.quant_state.bitsandbytes__nf4", dtype: .u8, shape: [1], bytes: [1]))
    },
    Hostile("a base of bytes", "has type I8; weights are read from F16") {
      $0.base[0] = .init(
        name: "model.a.weight", dtype: .i8, shape: [3, 4], bytes: Array(repeating: 1, count: 12))
    },
    Hostile("NaN in the base", "“model.a.weight” has NaN in row 1, column 2 (counted from 0)") {
      var values = Array(repeating: 0.0, count: 12)
      values[6] = .nan
      $0.base[0] = tensor("model.a.weight", .bf16, [3, 4], values)
    },
    Hostile("infinity in the base", "has -inf in row 2, column 3") {
      var values = Array(repeating: 0.0, count: 12)
      values[11] = -.infinity
      $0.base[0] = tensor("model.a.weight", .f64, [3, 4], values)
    },
    Hostile("infinity in A", "“model.a”: A has a number that is not finite in row 0, column 1") {
      var loraA = Matrix.zeros(rows: 2, columns: 4)
      loraA[0, 1] = .infinity
      $0.tensors.remove(at: 0)
      $0.add("model.a.lora_A.weight", loraA)
    },
    Hostile("an update beyond the type", "which F16 cannot hold") {
      $0.base[0] = tensor("model.a.weight", .f16, [3, 4], Array(repeating: 60000, count: 12))
      $0.set("lora_alpha", "1e6")
    },
    Hostile("an update beyond single precision", "which F32 cannot hold") {
      $0.set("lora_alpha", "1e300")
    },
    Hostile("a factor of integers", "lora_B.weight” has type I32; weights are read from") {
      $0.tensors[1] = .init(
        name: $0.tensors[1].name, dtype: .i32, shape: [3, 2], bytes: Array(repeating: 0, count: 24))
    },
    Hostile("a whole tensor of another shape", "“head” is 2, and in the base 3; were tokens added?")
    {
      $0.base.append(tensor("head", .f32, [3], [1, 2, 3]))
      $0.tensors.append(tensor(PEFTAdapter.prefix + "head", .f32, [2], [1, 2]))
    },
    Hostile("a whole tensor with NaN", "head” has NaN in row 0, column 1") {
      $0.base.append(tensor("head", .f32, [2], [1, 2]))
      $0.tensors.append(tensor(PEFTAdapter.prefix + "head", .f32, [2], [1, .nan]))
    },
    Hostile("an update of a whole tensor beyond the type", "which F16 cannot hold") {
      $0.base[0] = tensor("model.a.weight", .f16, [3, 4], Array(repeating: 1, count: 12))
      $0.add("model.a.base_layer.weight", .zeros(rows: 3, columns: 4))
      $0.set("lora_alpha", "1e300")
    },
    Hostile("a whole tensor with a weight", "has no weight of 0.5; leave out", weight: 0.5) {
      $0.base.append(tensor("head", .f32, [2], [1, 2]))
      $0.tensors.append(tensor(PEFTAdapter.prefix + "head", .f32, [2], [1, 2]))
    },
    Hostile("a whole tensor taken out", "“head” took the place of", undoing: true) {
      $0.base.append(tensor("head", .f32, [2], [1, 2]))
      $0.tensors.append(tensor(PEFTAdapter.prefix + "head", .f32, [2], [1, 2]))
    },
    Hostile("DoRA taken out", "“model.a” has DoRA, which brought the rows", undoing: true) {
      $0.set("use_dora", "true")
      $0.tensors.append(
        tensor("base_model.model.model.a.lora_magnitude_vector", .f32, [3], [1, 1, 1]))
    },
    Hostile("DoRA with a weight", "its magnitude cannot be combined", weight: 0.5) {
      $0.set("use_dora", "true")
      $0.tensors.append(
        tensor("base_model.model.model.a.lora_magnitude_vector", .f32, [3], [1, 1, 1]))
    },
  ]

  @Test("gets one sentence with the file and the place, and leaves nothing", arguments: cases)
  func refused(hostile: Hostile) throws {
    let folder = try TemporaryFolder()
    var fixture = AdapterFixture()
    fixture.addModule("model.a", rows: 3, columns: 4)
    hostile.spoil(&fixture)
    try fixture.write(to: folder.path)
    let before = folder.contents
    let error = interchangeError {
      let merge = try AdapterMerge(
        base: Safetensors(path: folder("base.safetensors")),
        adapters: [.init(PEFTAdapter(path: folder("adapter")), weight: hostile.weight)],
        isUndoing: hostile.isUndoing
      ) { try LoRAAdapter.combined($0, weights: $1, by: .cat) }
      _ = try merge.write(to: folder("merged.safetensors"))
    }
    let sentence = try #require(error).description
    #expect(sentence.contains(hostile.sentence), "\(sentence)")
    #expect(sentence.hasPrefix(folder.path) && !sentence.contains("\n"), "\(sentence)")
    #expect(error?.category == .invalidContents)
    #expect(folder.contents == before)
  }

  @Test("two adapters that replace one tensor are refused, and so are shapes that differ")
  func two() throws {
    let folder = try TemporaryFolder()
    var fixture = AdapterFixture()
    fixture.addModule("a", rows: 3, columns: 4)
    fixture.base.append(tensor("head", .f32, [2], [1, 2]))
    fixture.tensors.append(tensor(PEFTAdapter.prefix + "head", .f32, [2], [1, 2]))
    try fixture.write(to: folder.path)
    let adapter = try PEFTAdapter(path: folder("adapter"))
    let error = interchangeError {
      try AdapterMerge(
        base: Safetensors(path: folder("base.safetensors")),
        adapters: [.init(adapter), .init(adapter)]
      ) { try LoRAAdapter.combined($0, weights: $1, by: .cat) }
    }
    #expect(error?.description.contains("“head” is replaced by an earlier adapter") == true)
  }
}
