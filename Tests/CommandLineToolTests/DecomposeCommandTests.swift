import Foundation
import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("The decompose command") struct DecomposeCommandTests {
  private let folder: TemporaryFolder

  /// Singular values 4, 3 and 1, turned by nothing.
  init() throws {
    folder = try TemporaryFolder()
    try folder.write("0,3,0,0\n-4,0,0,0\n0,0,0,1\n", to: "w.csv")
  }

  @Test("writes a figure and a table of every rank")
  func spectrum() throws {
    let result = run("decompose w.csv --lang en --out made", in: folder)
    #expect(result.code == 0 && result.messages.isEmpty)
    #expect(result.output.contains("rank for 90%      2\n"), "\(result.output)")
    #expect(
      folder.contents.keys.filter { $0.hasPrefix("made/") }.sorted() == [
        "made/w-spectrum.csv", "made/w-spectrum.png", "made/w-spectrum.svg",
      ])
    let table = String(decoding: try #require(folder.bytes("made/w-spectrum.csv")), as: UTF8.self)
      .split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(table[0][0] == "rank" && table.count == 4)
    let errors = [Double(10).squareRoot(), 1, 0]
    let sigmas: [Double] = [4, 3, 1]
    for (index, row) in table.dropFirst().enumerated() {
      let numbers = row.compactMap(Double.init)
      #expect(numbers.count == 7)
      #expect(abs(numbers[1] - sigmas[index]) < 1e-12)
      #expect(abs(numbers[2] - errors[index]) < 1e-12)
      #expect(abs(numbers[3] - errors[index] / Double(26).squareRoot()) < 1e-12)
      #expect(abs(numbers[4] - (1 - errors[index] * errors[index] / 26)) < 1e-12)
      #expect(numbers[5] == Double(7 * (index + 1)) && numbers[6] == Double(12 - 7 * (index + 1)))
    }
  }

  @Test("writes factors whose product is the approximation", arguments: ["ab", "usv"])
  func factors(kind: String) throws {
    let result = run("decompose w.csv --rank 2 --factors \(kind) --out made --json", in: folder)
    #expect(result.code == 0)
    let path = folder("made/w-rank-2.safetensors")
    func matrix(_ name: String) throws -> Matrix {
      let file = try Safetensors(path: path)
      let tensor = try file.tensor(named: name)
      return Matrix(
        rows: tensor.shape[0], columns: tensor.shape[1], values: try file.values(of: tensor))
    }
    let product: Matrix
    if kind == "ab" {
      let (loraA, loraB) = (try matrix("A"), try matrix("B"))
      #expect(loraA.rows == 2 && loraB.columns == 2)
      // Balanced: both factors carry the square roots of the singular values.
      #expect(
        abs(loraA.norm - Double(7).squareRoot()) < 1e-6 && abs(loraA.norm - loraB.norm) < 1e-6)
      product = loraB.multiplied(by: loraA)
    } else {
      let values = try values("S", in: path)
      #expect(values == [4, 3])
      product = try matrix("U").multiplied(by: matrix("Vh").scalingRows(by: values))
    }
    let expected = Matrix(
      rows: 3, columns: 4, values: [0, 3, 0, 0, -4, 0, 0, 0, 0, 0, 0, 0])
    #expect(product.relativeError(to: expected) < 1e-6)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let kept = try #require(report["kept"] as? [String: Any])
    #expect(abs(try #require(kept["error"] as? Double) - 1) < 1e-6)
    #expect((report["singularValues"] as? [Double])?.count == 3)
  }

  @Test("what it proposes next works as it stands")
  func next() throws {
    let english = ["LANG": "en_GB.UTF-8"]
    var line = "decompose w.csv --format svg"
    for _ in 0..<2 {
      let result = run(line, in: folder, environment: english)
      #expect(result.code == 0, "\(result.messages)")
      let next = try #require(result.output.split(separator: "\n").last)
      #expect(next.hasPrefix("Next: lora-lessons "))
      line = String(next.dropFirst(19))
    }
    #expect(run(line, in: folder).code == 0)
  }

  @Test("a matrix of zeros, one of a single row and one of a single number have a report too")
  func degenerate() throws {
    try folder.write("0,0\n0,0\n", to: "zero.csv")
    try folder.write("3,4\n", to: "row.csv")
    try folder.write("2\n", to: "one.csv")
    for (name, rank) in [("zero", 0), ("row", 1), ("one", 1)] {
      for more in ["", " --rank 1"] {
        let result = run("decompose \(name).csv --json\(more)", in: folder)
        #expect(result.code == 0, "\(result.messages)")
        #expect(result.output.contains("\"exactRank\": \(rank),"))
        #expect(!result.output.contains("nan"))
      }
    }
  }

  @Test(
    "what cannot be decomposed gets one sentence and its code",
    arguments: [
      ("decompose", 64, "decompose needs <file>"),
      ("decompose none.csv", 66, "none.csv: there is no such file"),
      ("decompose w.csv --rank 0", 64, "--rank is a whole number from 1 to 4096, not “0”"),
      ("decompose w.csv --rank 4", 64, "--rank 4 is more than the shorter side of a 3×4 matrix"),
      ("decompose w.csv --factors usv", 64, "--factors needs --rank"),
      ("decompose w.csv --format gif", 64, "--format is a list of png, svg, pdf, and “gif”"),
      ("decompose w.csv --out w.csv", 73, "w.csv: cannot be written: the folder cannot be made"),
      ("decompose nan.csv", 1, "nan.csv: line 1, column 2: NaN is not a finite number"),
      (
        "decompose large.safetensors", 1,
        "decompose: w is 4097×4097, and at most 4096 on the shorter side"
      ),
    ])
  func refused(line: String, code: Int32, complaint: String) throws {
    try folder.write("1,nan\n", to: "nan.csv")
    if line.contains("large") {
      try Safetensors.write(
        [
          .init(
            name: "w", dtype: .f16, shape: [4097, 4097],
            bytes: Array(repeating: 0, count: 2 * 4097 * 4097))
        ], to: folder("large.safetensors"))
    }
    let before = folder.contents.keys
    let result = run(line, in: folder)
    #expect(result.code == code)
    #expect(result.complaint.hasPrefix(complaint), "\(result.messages)")
    #expect(result.output.isEmpty && folder.contents.keys == before)
  }
}
