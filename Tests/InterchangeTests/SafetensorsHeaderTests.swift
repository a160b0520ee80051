import Interchange
import Testing

/// One file that breaks a rule, and the sentence about it.
struct HostileFile: CustomTestStringConvertible, Sendable {
  let bytes: [UInt8]
  let sentence: String

  init(_ sentence: String, _ header: String, data: Int = 0, claiming length: UInt64? = nil) {
    self.init(sentence, bytes: safetensors(header, data: data, claiming: length))
  }

  init(_ sentence: String, bytes: [UInt8]) {
    self.sentence = sentence
    self.bytes = bytes
  }

  var testDescription: String { sentence }
}

private func entry(_ name: String, _ dtype: String, _ shape: String, _ offsets: String) -> String {
  "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
}

@Suite("Safetensors: every rule of the header")
struct SafetensorsHeaderTests {
  @Test("a broken rule has its own sentence", arguments: lengths + texts + entries + places)
  func broken(file: HostileFile) throws {
    try withFile(file.bytes, named: "x.safetensors") { path in
      let error = try #require(interchangeError { try Safetensors(path: path) })
      #expect(error.description == "\(path): \(file.sentence)")
      #expect(error.category == .invalidContents)
    }
  }

  @Test("no two rules share a sentence")
  func distinct() {
    let sentences = (Self.lengths + Self.texts + Self.entries + Self.places).map(\.sentence)
    #expect(Set(sentences).count == sentences.count)
  }

  static let lengths = [
    HostileFile(
      "7 bytes are too few for a safetensors file, which begins with 8 bytes that give the length "
        + "of its header", bytes: [2, 0, 0, 0, 0, 0, 0]),
    HostileFile(
      "the header claims 100000001 bytes, more than the 100000000 that the format allows", "{}",
      claiming: 100_000_001),
    HostileFile(
      "the header claims 18446744073709551615 bytes, more than the 100000000 that the format allows",
      "{}", claiming: .max),
    HostileFile(
      "the header claims 3 bytes, but the file has only 2 after the length", "{}", claiming: 3),
    HostileFile(
      "the header claims 100000000 bytes, but the file has only 2 after the length", "{}",
      claiming: 100_000_000),
  ]

  static let texts = [
    HostileFile(
      "the header is not valid UTF-8 at byte 2",
      bytes: safetensors([0x7b, 0x22, 0xff, 0x22, 0x7d], data: 0)),
    HostileFile(
      "the header is not valid JSON at byte 0: the text ends too early", "", claiming: 0),
    HostileFile("the header is not valid JSON at byte 0: a value is expected", "<html>"),
    HostileFile("the header is not valid JSON at byte 1: “\"” is expected", "{'a':1}"),
    HostileFile("the header is not valid JSON at byte 5: a value is expected", "{\"a\":}"),
    HostileFile(
      "the header is not valid JSON at byte 3: there is more after the end of the value", "{} x"),
    HostileFile("the header is not valid JSON at byte 2: a string does not end", "{\""),
    HostileFile("the header is not valid JSON at byte 6: “}” is expected", "{\"a\":01}"),
    HostileFile(
      "the header is not valid JSON at byte 69: values are nested too deeply",
      "{\"a\": " + String(repeating: "[", count: 100_000)),
    HostileFile("the header is not a JSON object", "[1]"),
    HostileFile(
      "the name “a” appears twice in the header",
      "{" + entry("a", "U8", "[1]", "[0,1]") + "," + entry("a", "U8", "[1]", "[1,2]") + "}",
      data: 2),
    HostileFile(
      "the name “__metadata__” appears twice in the header",
      "{\"__metadata__\":{},\"__metadata__\":{}}"),
    HostileFile(
      "the name “dtype” appears twice in the header",
      "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", data: 1),
    HostileFile("__metadata__ is not a JSON object", "{\"__metadata__\":\"pt\"}"),
    HostileFile(
      "the value of “format” in __metadata__ is not a text", "{\"__metadata__\":{\"format\":1}}"),
  ]

  static let entries = [
    HostileFile("the entry of tensor “a” is not a JSON object", "{\"a\":[]}"),
    HostileFile(
      "tensor “a” has no dtype", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", data: 1),
    HostileFile(
      "tensor “a” has no shape", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", data: 1),
    HostileFile(
      "tensor “a” has no data_offsets", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", data: 1),
    HostileFile(
      "tensor “a” has a dtype that is not a text",
      "{\"a\":{\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]}}", data: 1),
    HostileFile(
      "tensor “a” has the unknown dtype “F31”", "{" + entry("a", "F31", "[1]", "[0,4]") + "}",
      data: 4),
    HostileFile(
      "tensor “a” has the unknown dtype “f32”", "{" + entry("a", "f32", "[1]", "[0,4]") + "}",
      data: 4),
    HostileFile(
      "tensor “a” has a shape that is not a list of numbers",
      "{" + entry("a", "U8", "1", "[0,1]") + "}", data: 1),
    HostileFile(
      "tensor “b” has a shape that is not a list of numbers",
      "{" + entry("b", "U8", "[\"1\"]", "[0,1]") + "}", data: 1),
    HostileFile(
      "tensor “a” has the dimension 1.0, which is not written as a whole number",
      "{" + entry("a", "U8", "[1.0]", "[0,1]") + "}", data: 1),
    HostileFile(
      "tensor “a” has the negative dimension -1", "{" + entry("a", "U8", "[-1]", "[0,1]") + "}",
      data: 1),
    HostileFile(
      "tensor “a” has a shape whose size overflows 64 bits",
      "{" + entry("a", "F32", "[4294967296,4294967296]", "[0,4]") + "}", data: 4),
    HostileFile(
      "tensor “b” has a shape whose size overflows 64 bits",
      "{" + entry("b", "U8", "[9223372036854775808]", "[0,4]") + "}", data: 4),
    HostileFile(
      "tensor “c” has a shape whose size overflows 64 bits",
      "{" + entry("c", "U8", "[4611686018427387904,4,0]", "[0,0]") + "}"),
    HostileFile(
      "tensor “a” has data_offsets that are not two whole numbers",
      "{" + entry("a", "U8", "[1]", "[0]") + "}", data: 1),
    HostileFile(
      "tensor “b” has data_offsets that are not two whole numbers",
      "{" + entry("b", "U8", "[1]", "[-1,0]") + "}", data: 1),
    HostileFile(
      "tensor “c” has data_offsets that are not two whole numbers",
      "{" + entry("c", "U8", "[1]", "[0,99999999999999999999]") + "}", data: 1),
    HostileFile(
      "tensor “a” ends at 0, before it begins at 1", "{" + entry("a", "U8", "[1]", "[1,0]") + "}",
      data: 1),
    HostileFile(
      "tensor “a” of type F4 and shape [3] does not end on a byte",
      "{" + entry("a", "F4", "[3]", "[0,2]") + "}", data: 2),
    HostileFile(
      "tensor “a” of type F32 and shape [2, 2] takes 16 bytes, but its data_offsets span 12",
      "{" + entry("a", "F32", "[2,2]", "[0,12]") + "}", data: 12),
  ]

  static let places = [
    HostileFile(
      "tensor “b” begins at 2 instead of 1: the bytes between belong to no tensor",
      "{" + entry("a", "U8", "[1]", "[0,1]") + "," + entry("b", "U8", "[1]", "[2,3]") + "}",
      data: 3),
    HostileFile(
      "tensor “a” begins at 4 instead of 0: the bytes between belong to no tensor",
      "{" + entry("a", "U8", "[1]", "[4,5]") + "}", data: 5),
    HostileFile(
      "tensor “b” begins at 1, inside tensor “a”, which ends at 2",
      "{" + entry("b", "U8", "[2]", "[1,3]") + "," + entry("a", "U8", "[2]", "[0,2]") + "}",
      data: 3),
    HostileFile(
      "the data of tensor “a” ends at 8, but the file has only 7 bytes of data",
      "{" + entry("a", "F32", "[2]", "[0,8]") + "}", data: 7),
    HostileFile(
      "the data of tensor “huge” ends at 4294967296, but the file has only 4 bytes of data",
      "{" + entry("huge", "F32", "[32768,32768]", "[0,4294967296]") + "}", data: 4),
    HostileFile("1 byte follows the last tensor", "{}", data: 1),
    HostileFile(
      "3 bytes follow the last tensor", "{" + entry("a", "U8", "[1]", "[0,1]") + "}", data: 4),
    HostileFile(
      "tensor “\\u{1b}[2J” has the unknown dtype “?”",
      "{" + entry("\\u001b[2J", "?", "[1]", "[0,1]") + "}", data: 1),
  ]
}
