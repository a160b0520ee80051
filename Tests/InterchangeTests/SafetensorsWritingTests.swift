import Interchange
import TestSupport
import Testing

@Suite("Safetensors: writing")
struct SafetensorsWritingTests {
  @Test("a file of the reference library is written again byte for byte")
  func referenceBytes() throws {
    try withFile(referenceFile) { path in try expectSameBytes(rewriting: path) }
  }

  @Test(
    "real files are written again byte for byte",
    arguments: [
      "Lessons/Data/minilm-sample.safetensors",
      "Tests/QuantizationTests/Vectors/quantization.safetensors",
    ])
  func realFiles(name: String) throws {
    try expectSameBytes(rewriting: "\(repositoryRoot)/\(name)")
  }

  /// Tensors are handed over in reverse, so that the order is the writer's own.
  private func expectSameBytes(rewriting path: String) throws {
    let file = try Safetensors(path: path)
    let tensors = file.tensors.reversed().map {
      Safetensors.NewTensor(
        name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: file.bytes(of: $0))
    }
    try withTemporaryFolder { folder in
      let copy = "\(folder)/copy"
      try Safetensors.write(tensors, metadata: file.metadata, to: copy)
      #expect(try contents(of: copy) == contents(of: path))
    }
  }

  @Test("a file without tensors is written as by the reference library")
  func noTensors() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/none"
      try Safetensors.write([], to: path)
      #expect(try contents(of: path) == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
    }
  }

  @Test("values written are the values read")
  func values() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/values"
      let values: [Float] = [1, -0.0, 0x1p-149, .greatestFiniteMagnitude, .pi, -7]
      try Safetensors.write(
        [Safetensors.NewTensor(name: "w", shape: [2, 3], values: values)], to: path)
      let file = try Safetensors(path: path)
      #expect(
        try file.values(of: file.tensors[0]).map(\.bitPattern) == values.map(\.bitPattern))
    }
  }

  @Test("what could not be read again is not written, and an earlier file is kept")
  func refused() throws {
    let one = Safetensors.NewTensor(name: "a", shape: [1], values: [1])
    var misshapen = one
    misshapen.shape = [2]
    var reserved = one
    reserved.name = "__metadata__"
    let cases: [([Safetensors.NewTensor], Safetensors.Problem)] = [
      ([one, one], .duplicateName("a")),
      ([misshapen], .sizeMismatch(tensor: "a", dtype: .f32, shape: [2], expected: 8, found: 4)),
      ([reserved], .reservedName),
    ]
    for (tensors, problem) in cases {
      try withFile([1, 2, 3], named: "old") { path in
        #expect(
          interchangeError { try Safetensors.write(tensors, to: path) }
            == .safetensors(file: path, problem))
        let kept = try contents(of: path)
        #expect(kept == [1, 2, 3])
      }
    }
    try withTemporaryFolder { folder in
      #expect(
        interchangeError {
          try Safetensors.write([], metadata: [("k", "1"), ("k", "2")], to: "\(folder)/x")
        } == .safetensors(file: "\(folder)/x", .duplicateName("k")))
    }
  }
}
