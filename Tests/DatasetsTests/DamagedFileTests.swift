import Datasets
import LinearAlgebra
import TestSupport
import Testing

@Suite("A damaged file of the user is refused or read, and nothing crashes")
struct DamagedFileTests {
  /// Damages a text many times, and counts how often it was refused.
  private func refusals(of text: String, _ read: (String) throws -> Void) throws -> Int {
    let folder = try TemporaryFolder()
    var generator = RandomGenerator(seed: 3)
    let special = Array("\n\r,;\t \"#{}[]:\\0e9-.\u{0}\u{ff}".utf8)
    var refused = 0
    for round in 0..<400 {
      var bytes = Array(text.utf8)
      for _ in 0...round % 4 {
        let place = Int(generator.next() % UInt64(bytes.count))
        let byte =
          round % 3 == 0
          ? UInt8(truncatingIfNeeded: generator.next())
          : special[Int(generator.next() % UInt64(special.count))]
        if round % 2 == 0 { bytes[place] = byte } else { bytes.insert(byte, at: place) }
      }
      if round % 7 == 0 { bytes.removeLast(Int(generator.next() % UInt64(bytes.count + 1))) }
      try folder.write(bytes, to: "f")
      do {
        try read(folder("f"))
      } catch is DatasetError {
        refused += 1
      }
    }
    return refused
  }

  @Test("A table")
  func table() throws {
    let text = "a,b,kind\n1,2.5,x\n-3,4e2,y\n0.5,\"6\",x\n7,8,y\n"
    let refused = try refusals(of: text) { path in
      let table = try TableDataset(path: path)
      _ = Standardization(of: table.examples.inputs).standardized(table.examples)
      _ = try table.examples.split(validationShare: 0.5, seed: 1)
    }
    #expect((100..<400).contains(refused))
  }

  @Test("Prompts and completions")
  func prompts() throws {
    let text = String(repeating: #"{"prompt": "97/4=", "completion": "24r1"}"# + "\n", count: 4)
    let refused = try refusals(of: text) { path in
      let pairs = try PromptCompletions(path: path)
      _ = try pairs.sequences(tokenizer: pairs.tokenizer)
    }
    #expect((100..<400).contains(refused))
  }

  @Test("A text")
  func text() throws {
    let refused = try refusals(of: String(repeating: "En un lugar de la Mancha,\n", count: 4)) {
      path in
      let file = try TextFile(path: path)
      _ = try CharacterText(text: file.text, path: path, length: 16)
    }
    #expect((50..<400).contains(refused))
  }
}
