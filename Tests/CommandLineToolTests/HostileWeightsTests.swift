import TestSupport
import Testing

@Suite("Weights that cannot be used") struct HostileWeightsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var complaint: String
    var arguments: String
    var code: Int32
    var testDescription: String { "\(name) \(arguments)" }

    init(
      _ name: String, _ text: String, _ complaint: String, arguments: String = "", code: Int32 = 1
    ) {
      self.init(name, Array(text.utf8), complaint, arguments: arguments, code: code)
    }

    init(
      _ name: String, _ bytes: [UInt8], _ complaint: String, arguments: String = "",
      code: Int32 = 1
    ) {
      (self.name, self.bytes, self.complaint) = (name, bytes, complaint)
      (self.arguments, self.code) = (arguments, code)
    }
  }

  /// A safetensors file with a header and some data.
  static func safetensors(_ header: String, data count: Int) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + Array(repeating: 0, count: count)
  }

  static let two = safetensors(
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}"#,
    data: 16)

  static let cases = [
    Case("ragged.csv", "1, 2\n3\n", "ragged.csv"),
    Case("words.csv", "1, 2\n3, four\n", "line 2"),
    Case("empty.csv", "", "empty.csv"),
    Case("nan.csv", "1, 2\n3, nan\n", "nan.csv"),
    Case("infinite.csv", "1, 2\n3, inf\n", "infinite.csv"),
    Case("short.npy", Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }), "short.npy"),
    Case("huge.safetensors", Array(repeating: 0xFF, count: 64), "huge.safetensors"),
    Case(
      "truncated.safetensors",
      safetensors(#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, data: 3),
      "truncated.safetensors"),
    Case(
      "declared.safetensors",
      safetensors(
        #"{"a":{"dtype":"F32","shape":[32768,32768],"data_offsets":[0,4294967296]}}"#, data: 8),
      "declared.safetensors"),
    Case("two.safetensors", two, "two.safetensors", code: 64),
    Case("two.safetensors", two, "did you mean", arguments: "--tensor A", code: 64),
    Case("twelve.csv", "1, 2\n3, 4\n", "out of range", arguments: "--slice 0:9,0:9", code: 64),
    Case("twelve.csv", "1, 2\n3, 4\n", "slice", arguments: "--slice a:b", code: 64),
    Case("twelve.csv", "1, 2\n3, 4\n", "tensor", arguments: "--tensor w", code: 64),
    Case("one.csv", "1\n", "needs at least"),
    Case("pickle.pt", [0x80, 2, 0x63, 0x6F, 0x73], "pickle"),
  ]

  @Test("get one sentence with the file or the place, and nothing is written", arguments: cases)
  func refused(hostile: Case) throws {
    let folder = try TemporaryFolder()
    try folder.write(hostile.bytes, to: hostile.name)
    // Files of an earlier run stay as they are.
    try folder.write("kept", to: "Output/quantization/manifest.json")
    let before = folder.contents
    var arguments = ["run", "quantization", "--weights", hostile.name]
    arguments += hostile.arguments.split(separator: " ").map(String.init)
    let result = run(arguments, in: folder)
    #expect(result.code == hostile.code)
    #expect(result.messages.contains(hostile.complaint), "\(result.messages)")
    #expect(result.output.isEmpty)
    #expect(folder.contents == before)
    let quantized = run(["quantize"] + arguments.dropFirst(3), in: folder)
    if !hostile.complaint.hasPrefix("needs") {
      #expect(quantized.code == hostile.code)
      #expect(folder.contents == before)
    }
  }

  @Test("a file without permission or of another kind is no input")
  func notAFile() throws {
    let folder = try TemporaryFolder()
    try folder.write("1, 2", to: "folder.csv/inside")
    let result = run("run quantization --weights folder.csv", in: folder)
    #expect(result.code == 66)
    #expect(result.complaint.hasPrefix("folder.csv"))
  }
}
