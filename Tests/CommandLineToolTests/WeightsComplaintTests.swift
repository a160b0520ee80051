import TestSupport
import Testing

@Suite("Complaints about weights") struct WeightsComplaintTests {
  /// An array file with a header and some data.
  private static func npy(_ type: String, _ shape: String, _ data: [UInt8]) -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + data
  }

  private static let notANumber: [UInt8] = [0, 0, 0xC0, 0x7F]
  private static let zero: [UInt8] = [0, 0, 0, 0]

  private static let files: [(name: String, bytes: [UInt8], sentence: String)] = [
    ("ragged.csv", Array("1, 2\n3\n".utf8), "line 2: the row has 1 cell instead of 2"),
    ("words.csv", Array("1, 2\n3, four\n".utf8), "line 2, column 2: “four” is not a number"),
    ("empty.csv", [], "the file is empty"),
    ("blank.csv", Array("\n \n".utf8), "line 2: the file has no numbers"),
    (
      "nan.csv", Array("1, 2\n3, nan\n".utf8),
      "line 2, column 2: NaN is not a finite number, as weights must be"
    ),
    (
      "large.csv", Array("1, 1e400\n".utf8),
      "line 1, column 2: “1e400” is too large for single precision"
    ),
    (
      "quote.csv", Array("1, 2\n\"3, 4\n".utf8),
      "line 2, column 1: a quotation mark is not closed on its line"
    ),
    (
      "wide.csv", [0xFF, 0xFE, 0x31, 0],
      "line 1: the text is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8"
    ),
    (
      "cut.npy", npy("<f4", "(4, 4)", Array(repeating: 0, count: 20)),
      "an array of shape [4, 4] and type “<f4” takes 64 bytes, but the file has 20 bytes of data"
    ),
    (
      "nan.npy", npy("<f4", "(2, 2)", zero + zero + notANumber + zero),
      "“nan” has NaN in row 1, column 0 (counted from 0); weights must be finite numbers"
    ),
    (
      "cube.npy", npy("<f4", "(2, 2, 2)", Array(repeating: 0, count: 32)),
      "the array has shape [2, 2, 2]; only arrays of one or two dimensions can be read"
    ),
    (
      "object.npy", npy("|O", "(4,)", Array(repeating: 0, count: 32)),
      "it holds Python objects (“|O”); save the array with astype(\"float32\") first"
    ),
    (
      "claim.npy", [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0x7B],
      "the header claims 2147483647 bytes, more than the limit of 10000"
    ),
    (
      "claim.safetensors", Array(repeating: 0xFF, count: 8),
      "the header claims 18446744073709551615 bytes, more than the 100000000 that the format allows"
    ),
    (
      "unknown", Array("1, 2".utf8),
      "the format is not known; weights are read from .csv, .tsv, .txt, .npy and .safetensors files"
    ),
  ]

  @Test(
    "name the file and the place, once, for both commands",
    arguments: files.map(\.name), ["run quantization --weights", "quantize"])
  func sentence(name: String, command: String) throws {
    let file = try #require(Self.files.first { $0.name == name })
    let folder = try TemporaryFolder()
    try folder.write(file.bytes, to: name)
    let result = run("\(command) \(name)", in: folder)
    #expect(result.code == 1)
    #expect(result.messages == "lora-lessons: \(name): \(file.sentence)\n")
    #expect(result.output.isEmpty)
    #expect(folder.contents == [name: file.bytes])
  }

  @Test(
    "leave the files of a good run as they are, with nothing beside them",
    arguments: [
      ("--weights bad.csv", 1), ("--weights good.csv --slice 0:9,0:9", 64),
      ("--weights good.csv --tensor w", 64), ("--weights none.csv", 66),
      ("--set levels=99", 64), ("--set levels=nan", 64), ("--set nonsense=1", 64),
      ("--step 9", 64),
    ])
  func untouched(more: String, code: Int32) throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    try folder.write("1,2\n3\n", to: "bad.csv")
    try folder.write("1,2\n3,4\n", to: "good.csv")
    #expect(run("run tiny --lessons Lessons --weights good.csv", in: folder).code == 0)
    let before = folder.contents
    #expect(before.keys.contains("Output/tiny/manifest.json"))
    let result = run("run tiny --lessons Lessons \(more)", in: folder)
    #expect(result.code == code, "\(result.messages)")
    #expect(result.output.isEmpty)
    #expect(folder.contents == before)
  }
}
