import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("What a file of weights holds") struct FileInventoryTests {
  @Test("statistics are those of the definitions, whatever the type and however many chunks")
  func statistics() throws {
    var generator = RandomGenerator(seed: 9)
    // More than one chunk, far from zero, where a sum of squares would lose digits.
    let matrix = Matrix.randomNormal(
      rows: 1100, columns: 1000, mean: 1000, standardDeviation: 0.5, using: &generator)
    let folder = try TemporaryFolder()
    try Safetensors.write(
      [.init(name: "a", shape: [1100, 1000], values: matrix.values)], to: folder("a.safetensors"))
    let file = try FileInventory(path: folder("a.safetensors"))
    var read = 0
    let found = try #require(
      file.statistics(of: file.entries[0]) { read += $0 })
    #expect(read == 1_100_000 && found.count == read)
    #expect(abs(try #require(found.mean) - Statistics.mean(matrix.values)) < 1e-9)
    let deviation = Statistics.standardDeviation(matrix.values)
    #expect(abs(try #require(found.standardDeviation) - deviation) < 1e-9)
    let largest = try #require(Statistics.absoluteMaximum(matrix.values))
    #expect(found.largestMagnitude == Double(largest.value) && found.largestIndex == largest.index)
    #expect(found.minimum == matrix.values.min().map(Double.init))
    #expect(found.zeroCount == 0 && found.nonFiniteCount == 0)
  }

  @Test("zeros, NaN and infinities are counted, and left out of the rest")
  func special() throws {
    let folder = try TemporaryFolder()
    try Safetensors.write(
      [
        tensor("a", .f16, [2, 4], [0, .nan, .infinity, -.infinity, -3, 1, -0.0, 0.5]),
        tensor("none", .f32, [0, 3], []), tensor("bad", .f64, [2], [.nan, .nan]),
        tensor("number", .bf16, [], [-2]), .init(name: "i", dtype: .i8, shape: [1], bytes: [1]),
      ], metadata: [("format", "pt")], to: folder("a.safetensors"))
    let file = try FileInventory(path: folder("a.safetensors"))
    #expect(file.metadata.map(\.value) == ["pt"] && file.entries.count == 5)
    func statistics(_ name: String) throws -> TensorStatistics? {
      file.statistics(of: try file.entry(named: name))
    }
    let found = try #require(try statistics("a"))
    #expect(found.zeroCount == 2 && found.nanCount == 1 && found.infinityCount == 2)
    #expect(found.minimum == -3 && found.maximum == 1 && found.largestIndex == 4)
    #expect(found.mean == -0.3)
    let empty = try #require(try statistics("none"))
    #expect(empty.count == 0 && empty.mean == nil && empty.largestMagnitude == nil)
    let bad = try #require(try statistics("bad"))
    #expect(bad.nanCount == 2 && bad.minimum == nil && bad.standardDeviation == nil)
    #expect(try statistics("number")?.mean == -2)
    #expect(try statistics("i") == nil)
    #expect(
      interchangeError { try file.entry(named: "nunber") }
        == .choice(file: file.path, .unknown(name: "nunber", similar: ["number"])))
  }

  @Test("tables of text hold one matrix with the name of the file")
  func text() throws {
    let folder = try TemporaryFolder()
    try folder.write("1, 2\n3, 6\n", to: "table.csv")
    let file = try FileInventory(path: folder("table.csv"))
    #expect(file.format == .csv && file.entries.map(\.name) == ["table"])
    #expect(file.entries[0].shape == [2, 2] && file.statistics(of: file.entries[0])?.mean == 3)
  }
}
