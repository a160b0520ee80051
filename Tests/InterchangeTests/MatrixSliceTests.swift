import Interchange
import Testing

@Suite("Slices")
struct MatrixSliceTests {
  @Test(
    "the notation of Python",
    arguments: [
      ("0:16,0:16", [384, 200], [0..<16, 0..<16]),
      (":,3:9", [5, 10], [0..<5, 3..<9]),
      ("10:20", [30], [10..<20]),
      ("10:20", [30, 7], [10..<20, 0..<7]),
      ("4", [5, 10], [4..<5, 0..<10]),
      ("-1,-2:", [5, 10], [4..<5, 8..<10]),
      (":-3, :", [5, 10], [0..<2, 0..<10]),
      (" 1 : 3 , 2 ", [5, 10], [1..<3, 2..<3]),
      ("-5:5", [5], [0..<5]),
    ] as [(String, [Int], [Range<Int>])])
  func notation(text: String, shape: [Int], ranges: [Range<Int>]) throws {
    #expect(try MatrixSlice(parsing: text).ranges(in: shape) == ranges)
  }

  @Test(
    "malformed text is refused",
    arguments: [
      ("", "slice “”: “” is neither a number nor a range such as 0:16"),
      ("a", "slice “a”: “a” is neither a number nor a range such as 0:16"),
      ("0:4,", "slice “0:4,”: “” is neither a number nor a range such as 0:16"),
      ("0-4", "slice “0-4”: “0-4” is neither a number nor a range such as 0:16"),
      ("+1:2", "slice “+1:2”: “+1:2” is neither a number nor a range such as 0:16"),
      ("1 2:3", "slice “1 2:3”: “1 2:3” is neither a number nor a range such as 0:16"),
      (
        "0:8:2",
        "slice “0:8:2”: “0:8:2” has a step; only ranges of neighbours, such as 0:16, can be chosen"
      ),
      ("1:2:3:4", "slice “1:2:3:4”: “1:2:3:4” is neither a number nor a range such as 0:16"),
      (
        "99999999999999999999",
        "slice “99999999999999999999”: “99999999999999999999” is neither a number nor a range such "
          + "as 0:16"
      ),
    ])
  func malformed(text: String, sentence: String) throws {
    let error = try #require(interchangeError { try MatrixSlice(parsing: text) })
    #expect(error.description == sentence)
    #expect(error.category == .usage)
  }

  @Test(
    "what the shape does not have is refused, and the shape is named",
    arguments: [
      ("0:6", [5, 10], "6 is out of range for dimension 0 of the shape [5, 10]"),
      (":,10", [5, 10], "10 is out of range for dimension 1 of the shape [5, 10]"),
      ("-6", [5, 10], "-6 is out of range for dimension 0 of the shape [5, 10]"),
      (
        "-9223372036854775808", [5],
        "-9223372036854775808 is out of range for dimension 0 of the shape [5]"
      ),
      (
        "9223372036854775807:", [5],
        "9223372036854775807 is out of range for dimension 0 of the shape [5]"
      ),
      ("3:3", [5, 10], "it chooses nothing of dimension 0 of the shape [5, 10]"),
      (":,4:2", [5, 10], "it chooses nothing of dimension 1 of the shape [5, 10]"),
      ("5:", [5], "it chooses nothing of dimension 0 of the shape [5]"),
      ("0:1,0:1", [5], "it has 2 parts, but the shape is [5]"),
      ("0", [], "it has 1 parts, but the shape is []"),
      (":", [0], "it chooses nothing of dimension 0 of the shape [0]"),
    ] as [(String, [Int], String)])
  func outside(text: String, shape: [Int], sentence: String) throws {
    let slice = try MatrixSlice(parsing: text)
    let error = try #require(interchangeError { try slice.ranges(in: shape) })
    #expect(error.description == "slice “\(text)”: \(sentence)")
    #expect(error.category == .usage)
  }
}
