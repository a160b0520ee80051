import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("Weights from files")
struct WeightsFileTests {
  let sample = "\(repositoryRoot)/Lessons/Data/minilm-sample.safetensors"

  @Test("a part of a tensor is that part of the whole")
  func part() throws {
    let name = "encoder.layer.5.attention.self.query.weight"
    let whole = try WeightsFile.load(path: sample, tensor: name)
    #expect(whole.name == name)
    #expect(whole.matrix.rows == 384 && whole.matrix.columns == 384)
    #expect(whole.shape == [384, 384] && whole.storedType == "F16" && whole.nonFiniteCount == 0)
    let part = try WeightsFile.load(path: sample, tensor: name, slice: "5:7,-3:")
    #expect(part.rows == 5..<7 && part.columns == 381..<384)
    for row in 0..<2 {
      for column in 0..<3 {
        #expect(part.matrix[row, column] == whole.matrix[5 + row, 381 + column])
      }
    }
  }

  @Test("without a name, a file with several tensors says which there are")
  func several() throws {
    let error = try #require(interchangeError { try WeightsFile.load(path: sample) })
    #expect(
      error.description == """
        \(sample): the file holds 3 tensors; choose one with --tensor:
          encoder.layer.0.output.dense.weight[96:128,768:896]  F32 [32, 128]
          encoder.layer.5.attention.self.query.weight  F16 [384, 384]
          encoder.layer.5.attention.self.value.weight[0:128]  F16 [128, 384]
        """)
    #expect(error.category == .usage)
  }

  @Test("of many tensors the first twelve are listed")
  func many() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/many.safetensors"
      let tensors = (10..<40).map {
        Safetensors.NewTensor(name: "w\($0)", shape: [1], values: [Float($0)])
      }
      try Safetensors.write(tensors, to: path)
      let error = try #require(interchangeError { try WeightsFile.load(path: path) })
      let lines = error.description.split(separator: "\n")
      #expect(lines.count == 14)
      #expect(lines[1] == "  w10  F32 [1]" && lines[13] == "  and 18 more")
      #expect(try WeightsFile.load(path: path, tensor: "w39").matrix.values == [39])
    }
  }

  @Test("one tensor needs no name, and a vector becomes a row")
  func one() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/one.safetensors"
      try Safetensors.write(
        [Safetensors.NewTensor(name: "v", shape: [3], values: [1, 2, 3])], to: path)
      let weights = try WeightsFile.load(path: path)
      #expect(weights.name == "v")
      #expect(weights.matrix == Matrix(rows: 1, columns: 3, values: [1, 2, 3]))
    }
  }

  @Test(
    "tensors that are no matrix are refused with their shape",
    arguments: [
      ([1, 2, 2], InterchangeError.ShapeProblem.tooManyDimensions), ([2, 0], .noElements),
    ])
  func shapes(shape: [Int], problem: InterchangeError.ShapeProblem) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.safetensors"
      let values = [Float](repeating: 0, count: shape.reduce(1, *))
      try Safetensors.write(
        [Safetensors.NewTensor(name: "x", shape: shape, values: values)], to: path)
      let error = interchangeError { try WeightsFile.load(path: path) }
      #expect(error == .shape(file: path, tensor: "x", shape: shape, problem))
      #expect(error?.description.contains("has shape \(shape): ") == true)
    }
  }

  @Test("a file without tensors is refused")
  func noTensors() throws {
    try withFile(safetensors("{}"), named: "x.safetensors") { path in
      #expect(
        interchangeError { try WeightsFile.load(path: path) } == .choice(file: path, .none))
    }
  }

  @Test("numbers that are not finite are refused with their place in the whole tensor, or counted")
  func nonFinite() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/x.safetensors"
      var values = [Float](repeating: 1, count: 12)
      values[6] = .nan
      values[11] = -.infinity
      let big = [0.5, 1e300].flatMap { value in
        (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      }
      try Safetensors.write(
        [
          Safetensors.NewTensor(name: "w", shape: [3, 4], values: values),
          Safetensors.NewTensor(name: "d", dtype: .f64, shape: [2], bytes: big),
        ], to: path)
      #expect(
        interchangeError { try WeightsFile.load(path: path, tensor: "w") }
          == .notFinite(file: path, tensor: "w", row: 1, column: 2, value: "NaN"))
      #expect(
        interchangeError { try WeightsFile.load(path: path, tensor: "w", slice: "2,1:") }
          == .notFinite(file: path, tensor: "w", row: 2, column: 3, value: "-inf"))
      #expect(try WeightsFile.load(path: path, tensor: "w", slice: "0").nonFiniteCount == 0)
      let counted = try WeightsFile.load(path: path, tensor: "w", nonFinite: .count)
      #expect(counted.nonFiniteCount == 2)
      #expect(counted.matrix[1, 2].isNaN)
      let error = interchangeError { try WeightsFile.load(path: path, tensor: "d") }
      #expect(
        error?.description
          == "\(path): “d” has 1e+300, which is too large for single precision, in row 0, column 1 "
          + "(counted from 0); weights must be finite numbers")
    }
  }

  @Test(
    "a name makes no sense for a file of one unnamed matrix",
    arguments: [("x.csv", "text"), ("x.npy", ".npy")])
  func unnamed(name: String, format: String) throws {
    let bytes =
      name == "x.csv"
      ? Array("1,2".utf8)
      : npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", data: [0, 0, 0, 0])
    try withFile(bytes, named: name) { path in
      let error = interchangeError { try WeightsFile.load(path: path, tensor: "w") }
      #expect(error == .choice(file: path, .unnamed(name: "w", format: format)))
      #expect(error?.category == .usage)
    }
  }

  @Test("a malformed slice is refused before the file is opened")
  func sliceFirst() {
    let error = interchangeError { try WeightsFile.load(path: "/missing.npy", slice: "x") }
    #expect(error == .slice(text: "x", .malformed(part: "x")))
    #expect(
      interchangeError { try WeightsFile.load(path: "/missing.npy") }
        == .unreadable(file: "/missing.npy", .missing))
  }

  @Test("the format is known by the extension, else by the first bytes")
  func formats() throws {
    let cases: [(String, [UInt8], WeightsFile.Format)] = [
      ("a.CSV", Array("1".utf8), .csv), ("a.tsv", Array("1".utf8), .csv),
      ("a.txt", Array("1".utf8), .csv), ("a", npy("{}"), .npy), ("a.npy", [1], .npy),
      ("a.bin", safetensors("{}"), .safetensors), ("a.safetensors", [1], .safetensors),
    ]
    for (name, bytes, format) in cases {
      let found = try withFile(bytes, named: name) { try WeightsFile.format(of: $0) }
      #expect(found == format, "\(name)")
    }
  }

  @Test(
    "files of other formats are refused with the formats that are read",
    arguments: [
      ("a.npz", Array("PK\u{3}\u{4}".utf8), "it is a ZIP archive, such as .npz, .pt or .xlsx"),
      ("a.csv", Array("PK\u{3}\u{4}".utf8), "it is a ZIP archive, such as .npz, .pt or .xlsx"),
      ("a.bin", [0x80, 2, 0x7d], "it is a Python pickle, which could run code"),
      ("a.gguf", Array("GGUF".utf8) + [3], "it is a GGUF file"),
      ("a.h5", [0x89] + Array("HDF\r\n".utf8), "it is an HDF5 file"),
      ("a.csv.gz", [0x1f, 0x8b, 8], "it is compressed with gzip; unpack it first"),
      ("a.json", Array("{}".utf8), "the format is not known"),
    ] as [(String, [UInt8], String)])
  func foreign(name: String, bytes: [UInt8], words: String) throws {
    try withFile(bytes, named: name) { path in
      let error = try #require(interchangeError { try WeightsFile.load(path: path) })
      #expect(
        error.description
          == "\(path): \(words); weights are read from .csv, .tsv, .txt, .npy and .safetensors files"
      )
      #expect(error.category == .invalidContents)
    }
  }
}
