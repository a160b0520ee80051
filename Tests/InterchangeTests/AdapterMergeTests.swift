import Adapters
import Foundation
import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("PEFT adapters: merging") struct AdapterMergeTests {
  private let folder: TemporaryFolder
  private var output: String { folder("merged.safetensors") }

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  private func merge(
    _ adapters: [String] = ["adapter"], weights: [Double] = [1],
    by method: CombinationMethod = .cat, undoing: Bool = false, base: String = "base.safetensors"
  ) throws -> [MergedTensor] {
    let opened = try adapters.map { try PEFTAdapter(path: folder($0)) }
    let merge = try AdapterMerge(
      base: Safetensors(path: folder(base)),
      adapters: zip(opened, weights).map { AdapterMerge.Weighted($0, weight: $1) },
      isUndoing: undoing
    ) { try LoRAAdapter.combined($0, weights: $1, by: method) }
    return try merge.write(to: output)
  }

  private func values(_ name: String) throws -> [Float] {
    let file = try Safetensors(path: output)
    return try file.values(of: file.tensor(named: name))
  }

  // MARK: Against PEFT

  @Test("a merged model computes the logits that PEFT's does")
  func logits() throws {
    let vectors = try LlamaVectors.load()
    let base = LlamaVectors.folder + "/model/model.safetensors"
    let adapter = try PEFTAdapter(path: LlamaVectors.folder + "/adapter")
    let merged = try AdapterMerge(base: Safetensors(path: base), adapters: [.init(adapter)]) {
      try LoRAAdapter.combined($0, weights: $1, by: .cat)
    }.write(to: output)
    #expect(merged.count == 14)
    func difference(_ path: String, _ name: String) throws -> Double {
      try TinyLlama(path: path).largestDifference(
        to: #require(vectors.logits[name]), on: vectors.input_ids)
    }
    #expect(try difference(base, "base") < 5e-5)
    #expect(try difference(output, "merged") < 5e-5)
    #expect(try difference(output, "adapter") < 5e-5)
    #expect(try difference(output, "base") > 1)
  }

  struct Layer: Decodable, CustomTestStringConvertible {
    let name: String
    let kind: String
    let r: Int
    let lora_alpha: Double
    let use_rslora: Bool
    let weight: [[Float]]
    let lora_A: [[Float]]?
    let lora_B: [[Float]]?
    let magnitude: [Float]?
    let merged_weight: [[Float]]?
    var testDescription: String { name }

    static let all: [Layer] = {
      struct File: Decodable { let cases: [Layer] }
      let path = repositoryRoot + "/Tests/AdaptersTests/Vectors/lora.json"
      let data = FileManager.default.contents(atPath: path) ?? Data()
      let cases = (try? JSONDecoder().decode(File.self, from: data))?.cases ?? []
      return cases.filter { $0.merged_weight != nil }
    }()
  }

  private func matrix(_ rows: [[Float]]) -> Matrix {
    Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })
  }

  @Test(
    "LoRA, rsLoRA and DoRA layers get the weights of PEFT, stored either way",
    arguments: Layer.all, [false, true])
  func layer(reference: Layer, transposed: Bool) throws {
    var fixture = AdapterFixture()
    let weight = matrix(reference.weight)
    let stored = transposed ? weight.transposed : weight
    fixture.base = [
      .init(name: "x.weight", shape: [stored.rows, stored.columns], values: stored.values)
    ]
    fixture.add("x.lora_A.weight", matrix(try #require(reference.lora_A)))
    fixture.add("x.lora_B.weight", matrix(try #require(reference.lora_B)))
    fixture.set("r", "\(reference.r)")
    fixture.set("lora_alpha", "\(reference.lora_alpha)")
    fixture.set("use_rslora", "\(reference.use_rslora)")
    fixture.set("fan_in_fan_out", "\(transposed)")
    if let magnitude = reference.magnitude {
      fixture.set("use_dora", "true")
      fixture.tensors.append(
        .init(
          name: "base_model.model.x.lora_magnitude_vector", shape: [magnitude.count],
          values: magnitude))
    }
    try fixture.write(to: folder.path)
    try merge()
    let expected = matrix(try #require(reference.merged_weight))
    let found = try values("x.weight")
    for (one, other) in zip(found, transposed ? expected.transposed.values : expected.values) {
      #expect(abs(one - other) <= 1e-5 + 1e-5 * abs(other))
    }
    #expect(found.count == expected.count)
  }

  // MARK: Files

  @Test("all that no adapter names is copied byte for byte, header and order too")
  func untouched() throws {
    var fixture = AdapterFixture()
    fixture.addModule("a", rows: 3, columns: 4, base: false)
    let base = [
      tensor("z", .f16, [3], [1, .nan, .infinity]),
      tensor("a.weight", .f32, [3, 4], Array(repeating: 1, count: 12)),
      tensor("empty", .f32, [0, 4], []),
      .init(name: "ints", dtype: .i64, shape: [], bytes: Array(0..<8)),
    ]
    try fixture.write(to: folder.path)
    try Safetensors.write(
      base, metadata: [("format", "pt"), ("note", "ñ")], to: folder("base.safetensors"))
    let merged = try merge()
    #expect(merged.map(\.name) == ["a.weight"])
    let (before, after) = (
      try contents(of: folder("base.safetensors")), try contents(of: output)
    )
    let range = try Safetensors(path: output).tensor(named: "a.weight").byteRange
    #expect(before.count == after.count && before[range] != after[range])
    #expect(before[..<range.lowerBound] == after[..<range.lowerBound])
    #expect(before[range.upperBound...] == after[range.upperBound...])
  }

  @Test(
    "a merged number is the exact sum, rounded once to the type of the base",
    arguments: [DType.f16, .bf16, .f32, .f64])
  func rounding(dtype: DType) throws {
    var fixture = AdapterFixture()
    fixture.set("r", "1")
    fixture.set("lora_alpha", "1")
    fixture.add("a.lora_A.weight", Matrix(rows: 1, columns: 4, values: [1, 0x1p-9, 0x1p-12, 0]))
    fixture.add("a.lora_B.weight", Matrix(rows: 1, columns: 1, values: [1]))
    fixture.base = [tensor("a.weight", dtype, [1, 4], [1, 1, 1, 0.5])]
    try fixture.write(to: folder.path)
    let result = try merge()[0]
    let steps: [DType: Double] = [.f16: 0x1p-10, .bf16: 0x1p-7, .f32: 0x1p-23, .f64: 0x1p-52]
    let step = try #require(steps[dtype])
    let expected = [2, 1 + 0x1p-9, 1 + 0x1p-12].map { value in
      Float((value / step).rounded(.toNearestOrEven) * step)
    }
    #expect(try values("a.weight") == expected + [0.5])
    #expect(result.dtype == dtype && result.meantCount == 3)
    let survivors = expected.count { $0 != 1 }
    #expect(result.changedCount == survivors)
    #expect(abs(result.lostShare - Double(3 - survivors) / 3) < 1e-12)
    let largest = zip(expected, [2, 1 + 0x1p-9, 1 + 0x1p-12]).map { abs(Double($0) - $1) }.max()
    #expect(result.largestRounding == largest)
    #expect(abs(result.baseNorm - 3.25.squareRoot()) < 1e-12)
  }

  @Test("a tensor of many chunks is the same as the product of its factors, with DoRA too")
  func chunks() throws {
    // 1300 × 1300 is more than one chunk.
    var generator = RandomGenerator(seed: 5)
    let loraA = Matrix.randomNormal(rows: 2, columns: 1300, using: &generator)
    let loraB = Matrix.randomNormal(rows: 1300, columns: 2, using: &generator)
    let weight = Matrix.randomNormal(rows: 1300, columns: 1300, using: &generator)
    let magnitude = (0..<1300).map { Float($0 % 7) + 1 }
    var fixture = AdapterFixture()
    fixture.set("use_dora", "true")
    fixture.base = [.init(name: "a.weight", shape: [1300, 1300], values: weight.values)]
    fixture.add("a.lora_A.weight", loraA)
    fixture.add("a.lora_B.weight", loraB)
    fixture.tensors.append(
      .init(name: "base_model.model.a.lora_magnitude_vector", shape: [1300], values: magnitude))
    for transposed in [false, true] {
      fixture.set("fan_in_fan_out", "\(transposed)")
      try fixture.write(to: folder.path)
      try merge()
      let layer = transposed ? weight.transposed : weight
      let expected = try LoRAAdapter(
        loraA: loraA, loraB: loraB, scaling: 2, magnitude: magnitude
      ).merged(into: layer).weight
      let found = Matrix(rows: 1300, columns: 1300, values: try values("a.weight"))
      #expect((transposed ? found.transposed : found).relativeError(to: expected) < 1e-6)
    }
  }

  @Test("an embedding takes its update transposed, after its saved base took the base's place")
  func embedding() throws {
    var fixture = AdapterFixture()
    fixture.set("r", "1")
    fixture.set("lora_alpha", "3")
    fixture.add("e.lora_embedding_A", Matrix(rows: 1, columns: 3, values: [1, 2, 4]))
    fixture.add("e.lora_embedding_B", Matrix(rows: 2, columns: 1, values: [1, 10]))
    fixture.base = [tensor("e.weight", .bf16, [3, 2], Array(repeating: 1, count: 6))]
    try fixture.write(to: folder.path)
    try merge()
    #expect(try values("e.weight") == [4, 31, 7, 61, 13, 121])
    fixture.add("e.base_layer.weight", Matrix(rows: 3, columns: 2, values: [0, 1, 2, 3, 4, 5]))
    try fixture.write(to: folder.path)
    let result = try merge()[0]
    #expect(result.isReplaced && result.rank == 1)
    #expect(try values("e.weight") == [3, 31, 8, 63, 16, 125])
  }

  @Test("modules that were trained as a whole take the place of the base's, in its type")
  func replacement() throws {
    var fixture = AdapterFixture()
    fixture.addModule("a", rows: 2, columns: 3)
    fixture.base.append(tensor("head.weight", .f16, [2, 2], [1, 2, 3, 4]))
    fixture.add("head.weight", Matrix(rows: 2, columns: 2, values: [0.1, 7, 8, 9]))
    try fixture.write(to: folder.path)
    let merged = try merge()
    #expect(merged.map(\.name) == ["a.weight", "head.weight"])
    #expect(try values("head.weight") == [Float(Float16(0.1)), 7, 8, 9])
    #expect(merged[1].isReplaced && merged[1].rank == 0 && merged[1].adapterCount == 0)
  }

  @Test("what was merged can be taken out again, up to rounding")
  func undone() throws {
    var fixture = AdapterFixture()
    fixture.addModule("a", rows: 5, columns: 7)
    try fixture.write(to: folder.path)
    let original = try contents(of: folder("base.safetensors"))
    try merge()
    try write(try contents(of: output), to: folder("base.safetensors"))
    try merge(undoing: true)
    let file = folder("original.safetensors")
    try write(original, to: file)
    let before = try Safetensors(path: file)
    let base = try before.values(of: before.tensor(named: "a.weight"))
    for (one, other) in zip(base, try values("a.weight")) { #expect(abs(one - other) <= 1e-6) }
  }

  @Test("a module that only one of two adapters has takes that one's update alone")
  func differentModules() throws {
    var first = AdapterFixture()
    first.addModule("a", rows: 2, columns: 3, seed: 1)
    first.addModule("b", rows: 4, columns: 3, seed: 2)
    try first.write(to: folder.path)
    var second = AdapterFixture()
    second.addModule("b", rows: 4, columns: 3, seed: 3, base: false)
    try second.write(to: folder.path, adapter: "second")
    let merged = try merge(["adapter", "second"], weights: [0.5, -2])
    #expect(merged.map(\.adapterCount) == [1, 2] && merged.map(\.rank) == [2, 4])
    let opened = try ["adapter", "second"].map { try PEFTAdapter(path: folder($0)) }
    let base = try Safetensors(path: folder("base.safetensors"))
    let updates = [
      0.5 * (try opened[0].adapter(of: opened[0].modules[1]).deltaWeight),
      -2 * (try opened[1].adapter(of: opened[1].modules[0]).deltaWeight),
    ]
    let expected = zip(
      try base.values(of: base.tensor(named: "b.weight")), (updates[0] + updates[1]).values
    ).map(+)
    for (one, other) in zip(try values("b.weight"), expected) { #expect(abs(one - other) < 1e-5) }
  }

  @Test("an interrupted or failed merge leaves neither a part nor an earlier file changed")
  func interrupted() throws {
    struct Stop: Error {}
    var fixture = AdapterFixture()
    fixture.addModule("a", rows: 3, columns: 4)
    fixture.base.append(tensor("z", .f32, [2], [1, 2]))
    try fixture.write(to: folder.path)
    let merge = try AdapterMerge(
      base: Safetensors(path: folder("base.safetensors")),
      adapters: [.init(PEFTAdapter(path: folder("adapter")))]
    ) { try LoRAAdapter.combined($0, weights: $1, by: .cat) }
    try folder.write("earlier", to: "merged.safetensors")
    let before = folder.contents
    for limit in [0.0, 0.5, 0.99] {
      #expect(throws: Stop.self) {
        try merge.write(to: output) { share in if share > limit { throw Stop() } }
      }
      #expect(folder.contents == before)
    }
  }
}
