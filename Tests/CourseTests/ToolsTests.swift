@testable import Course
import Testing

@Suite("Small tools of the course") struct ToolsTests {
  @Test(
    "SHA-256 agrees with the published vectors",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func hashes(text: String, hash: String) {
    #expect(SHA256.hexadecimal(of: Array(text.utf8)) == hash)
  }

  @Test(
    "a mistyped word finds what was meant, and nothing where nothing is near",
    arguments: [
      ("quantizaton", "quantization"), ("qunatization", "quantization"), ("quant", "quantization"),
      ("mergin", "merging"), ("zebra", nil), ("q", nil), ("", nil),
    ] as [(String, String?)])
  func spelling(word: String, expected: String?) {
    #expect(Spelling.nearest(to: word, among: ["quantization", "merging", "low-rank"]) == expected)
  }

  @Test(
    "paths lose what can be taken away",
    arguments: [
      ("/a/./b/../c", "/a/c"), ("a/../b", "b"), ("../a", "../a"), ("/..", "/"), ("a/..", "."),
    ])
  func paths(path: String, expected: String) {
    #expect(Paths.normalized(path) == expected)
  }
}
