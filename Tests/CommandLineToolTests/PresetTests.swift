import Foundation
import Interchange
import TestSupport
import Testing

@Suite("What can be trained, and measured afterwards") struct PresetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func report(_ name: String) throws -> [String: Any] {
    try json(
      String(decoding: try #require(folder.bytes("\(name)/training.json")), as: UTF8.self))
  }

  private func measures(_ report: [String: Any]) throws -> [String: Double] {
    try #require(report["measures"] as? [String: Double])
  }

  private func rightAndTotal(_ report: [String: Any]) throws -> [[Int]] {
    try #require(report["scores"] as? [[String: Any]]).map {
      [try #require($0["right"] as? Int), try #require($0["total"] as? Int)]
    }
  }

  /// Trains, and expects `evaluate` to say the same as the report.
  private func train(_ line: String, evaluate: String) throws -> [String: Any] {
    let result = run("train \(line)", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    let name = try #require(line.split(separator: " ").last.map(String.init))
    let trained = try report(name)
    let asked = run("evaluate \(evaluate) --json", in: folder)
    #expect(asked.code == 0, "\(asked.messages)")
    let measured = try json(asked.output)
    #expect(try rightAndTotal(measured) == rightAndTotal(trained))
    #expect(try measures(measured) == measures(trained))
    return trained
  }

  @Test(
    "a perceptron tells the classes of the plane apart, and draws its border",
    arguments: [("moons", 300, 0.98), ("spirals", 900, 0.97), ("turned-moons", 300, 0.98)])
  func planes(preset: String, steps: Int, share: Double) throws {
    let trained = try train("\(preset) --steps \(steps) --out net", evaluate: "net")
    let score = try rightAndTotal(trained)[0]
    #expect(Double(score[0]) >= share * Double(score[1]), "\(score)")
    #expect(folder.bytes("net/boundary.png") != nil && folder.bytes("net/boundary.svg") != nil)
  }

  @Test("an adapter turns a perceptron, and the base alone does not know the turned moons")
  func turned() throws {
    #expect(run("train moons --steps 300 --out base -q", in: folder).code == 0)
    let trained = try train(
      "turned-moons --method lora --base base --steps 300 --out turned",
      evaluate: "base --adapter turned")
    let score = try rightAndTotal(trained)[0]
    #expect(score[0] * 100 >= score[1] * 95, "\(score)")
    #expect(try PEFTAdapter(path: folder("turned")).modules.count == 3)
    // The same points without the adapter, as a file.
    #expect(
      run("train turned-moons --base base --steps 1 --lr 1e-9 --out same -q", in: folder).code == 0)
    let before = try rightAndTotal(report("same"))[0]
    #expect(before[0] * 10 < before[1] * 9, "\(before)")
  }

  @Test("only a change of the right rank is found from too few examples")
  func knownRank() throws {
    let full = try measures(train("known-rank --out full", evaluate: "full"))
    let lora = try measures(train("known-rank --method lora --out lora", evaluate: "lora"))
    let small = try measures(
      train("known-rank --method lora --rank 1 --out small", evaluate: "small"))
    #expect(try #require(full["trainingError"]) < 0.001)
    #expect(try #require(full["heldOutError"]) > 0.2)
    #expect(try #require(lora["heldOutError"]) < 0.02)
    #expect(try #require(lora["changeError"]) < 0.15)
    #expect(try #require(small["heldOutError"]) > 0.1)
    #expect(folder.bytes("lora/spectrum.png") != nil)
    let merged = run(
      "merge lora/base.safetensors --adapter lora --out merged.safetensors", in: folder)
    #expect(merged.code == 0, "\(merged.messages)")
  }

  @Test("a table of numbers is learned in its own unit, with and without an adapter")
  func numbers() throws {
    func table(_ slope: Double) -> String {
      "area,age,price\n"
        + (0..<200).map { index in
          let (area, age) = (Double(index % 20) * 5 + 30, Double(index * 7 % 13))
          return "\(area),\(age),\(slope * area - 300 * age + 20000)\n"
        }.joined()
    }
    try folder.write(table(1000), to: "homes.csv")
    try folder.write(table(1200), to: "dearer.csv")
    let trained = try measures(
      train("--data homes.csv --steps 600 --out homes", evaluate: "homes"))
    #expect(try #require(trained["determination"]) > 0.99)
    #expect(try #require(trained["rootMeanSquaredError"]) < 3000)
    let adapted = try measures(
      train(
        "--data dearer.csv --method lora --rank 1 --base homes --steps 400 --out dearer",
        evaluate: "homes --adapter dearer"))
    let before = try measures(
      json(run("evaluate homes --data dearer.csv --json", in: folder).output))
    #expect(
      try #require(adapted["rootMeanSquaredError"])
        < #require(before["rootMeanSquaredError"]) / 3)
  }

  @Test("a small Llama learns a text, says how well, and writes of it")
  func text() throws {
    try folder.write(
      String(repeating: "the rain in spain stays mainly in the plain. ", count: 40), to: "rain.txt")
    let trained = try train(
      "--data rain.txt --steps 60 --batch 8 --lr 0.01 --out rain", evaluate: "rain")
    #expect(try #require(measures(trained)["perplexity"]) < 3)
    #expect((trained["sample"] as? String)?.isEmpty == false)
    let written = run("generate rain --prompt the --length 200", in: folder)
    #expect(written.code == 0 && written.output.hasPrefix("the"), "\(written.messages)")
    #expect(written.output.count > 150)
    #expect(run("generate rain --prompt the --length 200", in: folder).output == written.output)
    // All of the file, not what was set apart alone.
    #expect(run("evaluate rain --data rain.txt --json", in: folder).code == 0)
  }

  @Test(
    "the preset texts can be learned in either language", arguments: ["text", "texto"])
  func stories(preset: String) throws {
    let trained = try train("\(preset) --steps 4 --batch 4 --out story", evaluate: "story")
    #expect(try #require(measures(trained)["loss"]) < 4)
    #expect((trained["sample"] as? String)?.isEmpty == false)
  }

  @Test("generate puts the base and the adapter side by side, and needs an adapter for it")
  func compared() throws {
    let lines = (0..<60).map {
      "{\"prompt\": \"\(["a", "b"][$0 % 2])\", \"completion\": \"\(["a", "b"][$0 % 2])\"}\n"
    }
    try folder.write(lines.joined(), to: "pairs.jsonl")
    #expect(run("train --data pairs.jsonl --steps 1 --out base -q", in: folder).code == 0)
    let adapter = try train(
      "--data pairs.jsonl --method lora --base base --steps 60 --batch 16 --lr 0.02 --out adapter",
      evaluate: "base --adapter adapter")
    #expect(try rightAndTotal(adapter) == [[6, 6]])
    #expect(folder.bytes("adapter/scores.png") != nil)
    let both = run("generate base --adapter adapter --prompt b --compare", in: folder)
    let written = both.output.split(separator: "\n")
    #expect(written.count == 2 && written[0].hasPrefix("base: b") && written[1] == "adapter: bb")
    #expect(run("generate base --prompt b --compare", in: folder).code == 64)
    let asked = try json(
      run("evaluate base --adapter adapter --data pairs.jsonl --json", in: folder).output)
    #expect(try rightAndTotal(asked)[0][1] == 60)
  }

  @Test(
    "what does not go together is said in a sentence, with its code",
    arguments: [
      ("generate moons --prompt a", 1), ("evaluate moons --four-bit", 64),
      ("evaluate moons --subject division", 64), ("evaluate moons --data none.csv", 66),
      ("evaluate moons --data other.csv", 1), ("evaluate moons --adapter lora", 1),
      ("evaluate lora --data other.csv", 64), ("evaluate bare", 1), ("evaluate broken", 1),
      ("evaluate cut", 1), ("evaluate infinite", 1), ("evaluate rank", 1),
      ("train known-rank --base moons --out x", 64),
      ("train known-rank --validate 5 --out x", 64),
      ("train known-rank --method lora --rank 17 --out x", 64),
      ("train moons --method qlora --base moons --out x", 64),
      ("train moons --method lora --out x", 64),
      ("train moons --method lora --base moons --rank 33 --out x", 64),
      ("train moons --method lora --base moons --init pissa --out x", 64),
      ("train spirals --base moons --out x", 1), ("train --data other.csv --base moons --out x", 1),
      ("train --data empty.txt --out x", 1), ("train --data short.txt --out x", 1),
      ("train --data bad.csv --out x", 1),
    ] as [(String, Int32)])
  func hostile(line: String, code: Int32) throws {
    #expect(run("train moons --steps 1 --out moons -q", in: folder).code == 0)
    if line.contains(" lora") || line.contains("rank") {
      let made = run("train known-rank --method lora --steps 1 --out lora -q", in: folder)
      #expect(made.code == 0)
    }
    let files = FileManager.default
    for name in ["bare", "broken", "cut", "infinite"] {
      try files.copyItem(atPath: folder("moons"), toPath: folder(name))
    }
    try files.removeItem(atPath: folder("bare/training.json"))
    try folder.write("{\"sizes\": [2, 1e99]}", to: "broken/perceptron.json")
    let bytes = try #require(folder.bytes("cut/model.safetensors"))
    try Data(bytes.prefix(300)).write(to: URL(filePath: folder("cut/model.safetensors")))
    var poisoned = bytes
    poisoned.replaceSubrange(poisoned.count - 4..<poisoned.count, with: [0, 0, 0xc0, 0x7f])
    try Data(poisoned).write(to: URL(filePath: folder("infinite/model.safetensors")))
    try files.createDirectory(atPath: folder("rank"), withIntermediateDirectories: true)
    try folder.write("{\"size\": 9223372036854775807}", to: "rank/known-rank.json")
    try folder.write("a,b,kind\n1,2,p\n2,3,q\n3,4,p\n", to: "other.csv")
    try folder.write("", to: "empty.txt")
    try folder.write("hi", to: "short.txt")
    try folder.write("a,b\n1,2\n2,x\n3,4\n5,6\n", to: "bad.csv")
    let result = run(line, in: folder)
    #expect(result.code == code, "\(result.messages)")
    #expect(!result.complaint.isEmpty && result.output.isEmpty)
    #expect(!files.fileExists(atPath: folder("x")))
    if line.contains("bad.csv") {
      #expect(result.complaint.contains("bad.csv:3"), "\(result.complaint)")
    }
  }
}
