import Foundation
import Interchange
import TestSupport
import Testing

@Suite("The inspect command") struct InspectCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeAdapterFiles(to: folder)
  }

  @Test("lists a file with its metadata, its statistics and what NF4 would take")
  func listing() throws {
    let result = run("inspect base.safetensors --lang en", in: folder)
    #expect(result.code == 0 && result.messages.isEmpty)
    #expect(
      result.output == """
        base.safetensors: safetensors, 2 tensors, \(folder.bytes("base.safetensors")?.count ?? 0) bytes
          format: pt

        type  shape  bytes   min   max  mean    std  zeros  name
        F32   2×3       24  1.00  6.00  3.50   1.71      0  a.weight
        F32   2          8  7.00  8.00  7.50  0.500      0  norm.weight

        The matrix takes 24 bytes; in NF4 it would take 7, 29%

        Next: lora-lessons decompose base.safetensors --tensor a.weight

        """)
  }

  @Test("shows one tensor with the place of its largest number")
  func tensor() throws {
    let result = run("inspect base.safetensors --tensor a.weight --lang en", in: folder)
    #expect(result.output.contains("largest magnitude        6.000 (row 1, column 2)\n"))
    #expect(result.output.contains("in NF4, bits per weight  9.333\n"))
    let wrong = run("inspect base.safetensors --tensor a.wieght", in: folder)
    #expect(wrong.code == 64)
    #expect(wrong.complaint.hasSuffix("there is no tensor “a.wieght”; did you mean “a.weight”?"))
  }

  @Test("numbers that are not finite get a column, and null in JSON")
  func notFinite() throws {
    try Safetensors.write(
      [.init(name: "w", shape: [2, 2], values: [.nan, .infinity, .nan, .nan])],
      to: folder("bad.safetensors"))
    let text = run("inspect bad.safetensors --lang en", in: folder)
    #expect(text.code == 0)
    #expect(text.output.contains("NaN, ∞  name"))
    #expect(text.output.contains("  –    –     –    –      0       4  w\n"), "\(text.output)")
    // A matrix that cannot be decomposed is not proposed for it.
    #expect(!text.output.contains("decompose"))
    for line in ["inspect bad.safetensors --json", "inspect bad.safetensors --tensor w --json"] {
      let result = run(line, in: folder)
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let tensors = try #require(report["tensors"] as? [[String: Any]])
      let numbers = try #require(tensors[0]["statistics"] as? [String: Any])
      #expect(numbers["nan"] as? Int == 3 && numbers["infinite"] as? Int == 1)
      #expect(numbers["mean"] is NSNull)
    }
  }

  @Test("shows an adapter's folder with the norm of every update")
  func adapter() throws {
    let result = run("inspect one --lang en", in: folder)
    #expect(result.code == 0)
    #expect(result.output.contains("  r           1\n  alpha       2\n  scaling     alpha / r\n"))
    #expect(result.output.contains("W    r  alpha  scaling   ‖A‖   ‖B‖  ‖ΔW‖  module\n"))
    // ‖ΔW‖ = 2 · √5 · √101.
    #expect(result.output.contains("2×3  1  2         2.00  2.24  10.0  44.9  a\n"))
    let json = run("inspect one --json", in: folder).output
    #expect(json.contains("\"normUpdate\": 44.94"))
    #expect(run("inspect one --tensor a", in: folder).code == 64)
  }

  @Test("says where an adapter changes nothing yet")
  func fresh() throws {
    try writeAdapter(to: folder, named: "fresh", loraA: [1, 2, 3], loraB: [0, 0])
    #expect(
      run("inspect fresh --lang en", in: folder).output.contains(
        "Every B is zero: this adapter changes nothing yet"))
  }

  @Test("names from a file cannot move the cursor")
  func controlCharacters() throws {
    try Safetensors.write(
      [
        .init(name: "a\u{1B}[2Jb", shape: [1, 2], values: [1, 2]),
        .init(name: "c", shape: [1], values: [1]),
      ], metadata: [("k", "\u{1B}[31m")],
      to: folder("odd.safetensors"))
    for line in [
      ["inspect"], ["inspect", "--tensor", "a\u{1B}[2Jb"], ["quantize", "--tensor", "a\u{1B}[2Jb"],
      ["decompose", "--tensor", "a\u{1B}[2Jb"],
    ] {
      let result = run(line + ["odd.safetensors"], in: folder)
      #expect(result.code == 0 && !result.output.contains("\u{1B}"), "\(line)")
    }
  }

  @Test(
    "what cannot be read gets one sentence and its code",
    arguments: [
      ("inspect", 64, "inspect needs <file>"), ("inspect none.npy", 66, "none.npy: there is no"),
      ("inspect .", 66, ".: it is a directory, not a file"),
      ("inspect one --tensor x", 64, "--tensor chooses a tensor of a file"),
      ("inspect one/adapter_config.json", 1, "one/adapter_config.json: the format is not known"),
    ])
  func refused(line: String, code: Int32, complaint: String) throws {
    let result = run(line, in: folder)
    #expect(result.code == code)
    #expect(result.complaint.hasPrefix(complaint), "\(result.messages)")
    #expect(result.output.isEmpty)
  }
}
