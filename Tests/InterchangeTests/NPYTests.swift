import Interchange
import LinearAlgebra
import Testing

/// A `.npy` file of a header and of given or counted bytes.
func npy(_ header: String, version: UInt8 = 1, data: Int = 0) -> [UInt8] {
  npy(header, version: version, data: (0..<data).map { UInt8(truncatingIfNeeded: $0) })
}

func npy(_ header: String, version: UInt8 = 1, data: [UInt8]) -> [UInt8] {
  let text = Array(header.utf8) + [0x0a]
  let length = (0..<(version == 1 ? 2 : 4)).map {
    UInt8(truncatingIfNeeded: text.count >> (8 * $0))
  }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
}

@Suite("NumPy files")
struct NPYTests {
  @Test(
    "files of NumPy 2.4.6 are read: versions, orders, both byte orders",
    arguments: [
      // '>f2', Fortran order, version 1.0
      """
      934e554d5059010076007b276465736372273a20273e6632272c2027666f727472616e5f6f72646572273a2054
      7275652c20277368617065273a2028322c2033292c207d20202020202020202020202020202020202020202020
      202020202020202020202020202020202020202020202020202020202020202020202020200a3e004400c00045
      004280c620
      """,
      // '<f8', C order, version 2.0
      """
      934e554d50590200740000007b276465736372273a20273c6638272c2027666f727472616e5f6f72646572273a
      2046616c73652c20277368617065273a2028322c2033292c207d20202020202020202020202020202020202020
      202020202020202020202020202020202020202020202020202020202020202020202020200a000000000000f8
      3f00000000000000c00000000000000a400000000000001040000000000000144000000000008018c0
      """,
      // '<f4', Fortran order, version 3.0
      """
      934e554d50590300740000007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a
      20547275652c20277368617065273a2028322c2033292c207d2020202020202020202020202020202020202020
      202020202020202020202020202020202020202020202020202020202020202020202020200a0000c03f000080
      40000000c00000a040000050400000c4c0
      """,
    ])
  func numpyFiles(hexadecimal: String) throws {
    try withFile(bytes(hexadecimal: hexadecimal), named: "w.npy") { path in
      let weights = try WeightsFile.load(path: path)
      #expect(weights.name == "w")
      #expect(weights.matrix == Matrix(rows: 2, columns: 3, values: [1.5, -2, 3.25, 4, 5, -6.125]))
      let part = try WeightsFile.load(path: path, slice: ":,1:")
      #expect(part.matrix == Matrix(rows: 2, columns: 2, values: [-2, 3.25, 5, -6.125]))
      let one = try WeightsFile.load(path: path, slice: "1,-1")
      #expect(one.matrix.values == [-6.125])
    }
  }

  @Test("a vector and a single number are one row")
  func vectors() throws {
    let vector = npy(
      "{'descr': '>f4', 'fortran_order': True, 'shape': (3,), }",
      data: bytes(hexadecimal: "3f8000004000000040400000"))
    try withFile(vector, named: "v.npy") { path in
      let weights = try WeightsFile.load(path: path)
      #expect(weights.matrix == Matrix(rows: 1, columns: 3, values: [1, 2, 3]))
      #expect(weights.shape == [3] && weights.storedType == ">f4")
      #expect(try WeightsFile.load(path: path, slice: "1:").matrix.values == [2, 3])
      #expect(try NPY(path: path).values == [1, 2, 3])
    }
    let number = npy(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (), }",
      data: bytes(hexadecimal: "0000e040"))
    try withFile(number, named: "n.npy") { path in
      let weights = try WeightsFile.load(path: path)
      #expect(weights.matrix == Matrix(rows: 1, columns: 1, values: [7]))
    }
  }

  @Test(
    "spellings that Python allows are read",
    arguments: [
      "{\"shape\":(2,2),\"descr\":\"<f4\",\"fortran_order\":False}",
      "{ 'fortran_order' : False , 'shape' : ( 2 , 2 , ) , 'descr' : '<f4' }     ",
    ])
  func spellings(header: String) throws {
    try withFile(npy(header, data: 16), named: "w.npy") { path in
      let file = try NPY(path: path)
      #expect(file.shape == [2, 2])
    }
  }

  @Test("a broken rule has its own sentence", arguments: hostile)
  func broken(file: HostileFile) throws {
    try withFile(file.bytes, named: "x.npy") { path in
      let error = try #require(interchangeError { try NPY(path: path) })
      #expect(error.description == "\(path): \(file.sentence)")
      #expect(error.category == .invalidContents)
    }
  }

  private static let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"

  private static func described(_ descr: String, data: Int = 16) -> [UInt8] {
    npy("{'descr': \(descr), 'fortran_order': False, 'shape': (2, 2), }", data: data)
  }

  private static func shaped(_ shape: String, data: Int = 16) -> [UInt8] {
    npy("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }", data: data)
  }

  static let hostile = [
    HostileFile(
      "it does not begin as a .npy file does, with \\x93NUMPY and a version", bytes: [0x93, 0x4e]),
    HostileFile(
      "version 4.0 of the .npy format is not known; 1.0, 2.0 and 3.0 are read",
      bytes: npy(good, version: 4, data: 16)),
    HostileFile(
      "the header claims 4294967295 bytes, more than the limit of 10000",
      bytes: [0x93] + Array("NUMPY".utf8) + [2, 0, 0xff, 0xff, 0xff, 0xff, 0x7b]),
    HostileFile(
      "the header claims 200 bytes, but the file has only 1 after the length",
      bytes: [0x93] + Array("NUMPY".utf8) + [1, 0, 200, 0, 0x7b]),
    HostileFile(
      "the header is malformed at byte 0: “{” is expected", bytes: npy("__import__('os')")),
    HostileFile(
      "the header is malformed at byte 19: there is more after the dictionary",
      bytes: npy("{'descr': '<f4', } or 1")),
    HostileFile(
      "the header is malformed at byte 1: a text between quotation marks is expected",
      bytes: npy("{descr: 1}")),
    HostileFile(
      "the header is malformed at byte 1: a text does not end", bytes: npy("{'descr")),
    HostileFile(
      "the header has no “descr”", bytes: npy("{'fortran_order': False, 'shape': (1,)}")),
    HostileFile(
      "the header has no “fortran_order”", bytes: npy("{'descr': '<f4', 'shape': (1,)}")),
    HostileFile(
      "the header has no “shape”", bytes: npy("{'descr': '<f4', 'fortran_order': False}")),
    HostileFile("the header has the unknown key “x”", bytes: npy("{'x': 1}")),
    HostileFile(
      "the header has the key “descr” twice", bytes: npy("{'descr': '<f4', 'descr': '<f4'}")),
    HostileFile(
      "the value of “fortran_order” in the header is not True or False",
      bytes: npy("{'fortran_order': 0}")),
    HostileFile(
      "the value of “shape” in the header is not a tuple of whole numbers", bytes: shaped("(4)")),
    HostileFile(
      "the array has shape [1, 2, 2]; only arrays of one or two dimensions can be read",
      bytes: shaped("(1, 2, 2)")),
    HostileFile(
      "the size of an array of shape [4294967296, 4294967296] overflows 64 bits",
      bytes: shaped("(4294967296, 4294967296)")),
    HostileFile(
      "an array of shape [32768, 32768] and type “<f4” takes 4294967296 bytes, but the file has 16 "
        + "bytes of data", bytes: shaped("(32768, 32768)")),
    HostileFile(
      "an array of shape [2, 2] and type “<f4” takes 16 bytes, but the file has 17 bytes of data",
      bytes: shaped("(2, 2)", data: 17)),
    HostileFile(
      "it holds integers (“<i8”); save the array with astype(\"float32\") first",
      bytes: described("'<i8'")),
    HostileFile(
      "it holds truth values (“|b1”); save the array with astype(\"float32\") first",
      bytes: described("'|b1'")),
    HostileFile(
      "it holds Python objects (“|O”); save the array with astype(\"float32\") first",
      bytes: described("'|O'")),
    HostileFile(
      "it holds complex numbers (“<c8”); save the array with astype(\"float32\") first",
      bytes: described("'<c8'")),
    HostileFile(
      "it holds records of several fields (“structured”); save the array with "
        + "astype(\"float32\") first", bytes: described("[('x', '<f4')]")),
    HostileFile(
      "it holds floating-point numbers of a size that is not read (“<f16”); save the array with "
        + "astype(\"float32\") first", bytes: described("'<f16'")),
  ]

  @Test(
    "a shape that is not a tuple of whole numbers is refused",
    arguments: ["[2, 2]", "(-2, 2)", "(2.0, 2)", "(2L, 2L)", "(99999999999999999999, 2)", "None"])
  func shapes(shape: String) throws {
    try withFile(Self.shaped(shape), named: "x.npy") { path in
      #expect(
        interchangeError { try NPY(path: path) }
          == .npy(
            file: path, .wrongValue(key: "shape", expected: "a tuple of whole numbers")))
    }
  }
}
