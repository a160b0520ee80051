import FoundationEssentials
import Interchange
import Quantization
import TestSupport
import Testing

@Suite("The quantize command") struct QuantizeCommandTests {
  private let folder: TemporaryFolder
  private let weights: [Float] = (0..<192).map { Float(($0 * 37) % 101) / 101 - 0.5 }

  init() throws {
    folder = try TemporaryFolder()
    let rows = (0..<3).map { row in
      weights[(row * 64)..<(row * 64 + 64)].map { "\($0)" }.joined(separator: ",")
    }
    try folder.write(rows.joined(separator: "\n"), to: "w.csv")
  }

  @Test("writes a report, a figure and the packed codes")
  func files() throws {
    let result = run("quantize w.csv --double --lang en --out made", in: folder)
    #expect(result.code == 0)
    #expect(result.output.hasPrefix("w, 3×64\n\nNF4\n"))
    for name in ["w-nf4.png", "w-nf4.svg", "w-nf4.safetensors"] {
      #expect(result.output.contains("made/\(name)\n"))
      #expect(folder.bytes("made/\(name)") != nil)
    }
    let tensor = try BlockQuantizer(type: .nf4).quantize(weights)
    let file = try Safetensors(path: folder("made/w-nf4.safetensors"))
    #expect(try file.bytes(of: file.tensor(named: "w")) == tensor.packed)
    #expect(
      try file.bytes(of: file.tensor(named: "w.absmax")) == tensor.doubleQuantized().scales.codes)
  }

  @Test("reports the same numbers as JSON")
  func json() throws {
    let result = run("quantize w.csv --type fp4 --block 32 --json", in: folder)
    let tensor = try BlockQuantizer(type: .fp4, blockSize: 32).quantize(weights)
    #expect(result.output.contains("\"bytes\": \(tensor.storage.total),"))
    #expect(
      result.output.contains(
        "\"bitsPerWeight\": \(tensor.storage.bitsPerWeight),".replacing(".0,", with: ",")))
    #expect(result.output.contains("\"Output/quantize/w-fp4.safetensors\""))
  }

  @Test("integer codes are compared but not written", arguments: ["int4", "int8"])
  func integers(type: String) {
    let result = run("quantize w.csv --type \(type) --lang en", in: folder)
    #expect(result.code == 0)
    #expect(result.messages.contains("for comparison and are not written"))
    #expect(folder.bytes("Output/quantize/w-\(type).png") != nil)
    #expect(folder.bytes("Output/quantize/w-\(type).safetensors") == nil)
  }

  @Test(
    "files that are there stay unless --force is given, and then all are replaced",
    arguments: [
      "quantize w.csv", "quantize w.csv --type int8", "decompose w.csv", "decompose w.csv --rank 2",
    ])
  func force(line: String) throws {
    #expect(run(line + " --lang en", in: folder).code == 0)
    let before = folder.contents
    for name in before.keys where name.hasPrefix("Output/") {
      // A single file of them is enough.
      try FileManager.default.removeItem(atPath: folder("Output"))
      try folder.write("earlier", to: name)
      let refused = run(line + " --lang en", in: folder)
      #expect(refused.code == 73)
      #expect(
        refused.complaint == "\(name): cannot be written: it is there already; --force replaces it")
      #expect(folder.contents.keys.filter { $0.hasPrefix("Output/") } == [name])
      #expect(folder.bytes(name) == Array("earlier".utf8))
    }
    #expect(run(line + " --lang en --force", in: folder).code == 0)
    #expect(folder.contents == before)
  }

  @Test("where one file cannot be written, none is")
  func allOrNothing() throws {
    try folder.write("in the way", to: "made/w-nf4.safetensors/file")
    let before = folder.contents
    let result = run("quantize w.csv --out made --force", in: folder)
    #expect(result.code == 73)
    #expect(result.complaint == "made/w-nf4.safetensors: cannot be written: it is a directory")
    #expect(folder.contents == before)
  }

  @Test("a tensor's name becomes a file name that stays in its folder")
  func names() throws {
    try Safetensors.write(
      [.init(name: "../../a b/c", shape: [2, 2], values: [1, 2, 3, 4])],
      to: folder("odd.safetensors"))
    let result = run("quantize odd.safetensors --out made", in: folder)
    #expect(result.code == 0)
    #expect(folder.contents.keys.filter { $0.hasPrefix("made/") }.count == 3)
    #expect(folder.bytes("made/_.._a_b_c-nf4.safetensors") != nil)
  }
}
