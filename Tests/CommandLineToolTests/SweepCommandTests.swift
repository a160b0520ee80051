import Foundation
import TestSupport
import Testing

@Suite("The sweep command") struct SweepCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let moons = "sweep moons --steps 12 --batch 8 --rates 0.01,0.1 --seeds 1-3 "

  private func results(_ name: String = "out") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder("\(name)/results")).sorted()
  }

  private func json(_ path: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(folder.bytes(path) ?? [])) as? [String: Any])
  }

  @Test("trains every combination, and another time none")
  func everyCell() throws {
    let first = run(Self.moons + "--out out --lang en", in: folder)
    #expect(first.code == 0, "\(first.messages)")
    #expect(first.output.contains("6 trainings done now and 0 before"))
    #expect(try results().count == 6 && results()[0] == "rate-0.01_seed-1.json")
    let result = try json("out/results/rate-0.1_seed-2.json")
    let settings = try #require(result["settings"] as? [String: Any])
    #expect(settings["learningRate"] as? Double == 0.1 && settings["seed"] as? Int == 2)
    #expect(result["score"] is Double && result["lastLoss"] is Double)
    let before = folder.bytes("out/results/rate-0.1_seed-2.json")
    let second = run(Self.moons + "--out out --lang en", in: folder)
    #expect(second.output.contains("0 trainings done now and 6 before"))
    #expect(folder.bytes("out/results/rate-0.1_seed-2.json") == before)
  }

  @Test("any number of jobs gives the same bytes, and the shards together give all of them")
  func shards() throws {
    #expect(run(Self.moons + "--jobs 1 --out one", in: folder).code == 0)
    #expect(run(Self.moons + "--jobs 3 --out three", in: folder).code == 0)
    for shard in 1...4 {
      #expect(run(Self.moons + "--shard \(shard)/4 --out parts", in: folder).code == 0)
    }
    let names = try results("one")
    for other in ["three", "parts"] {
      #expect(try results(other) == names)
      for name in names {
        #expect(folder.bytes("\(other)/results/\(name)") == folder.bytes("one/results/\(name)"))
      }
    }
    #expect(folder.bytes("parts/sweep.json") == folder.bytes("one/sweep.json"))
  }

  @Test("gathers scores into a table, files and a figure, and says what is missing")
  func collect() throws {
    #expect(run(Self.moons + "--shard 1/2 --out out", in: folder).code == 0)
    let part = run("sweep collect out --lang en", in: folder)
    #expect(part.code == 0 && part.output.contains("3 results are missing"), "\(part.messages)")
    #expect(part.output.contains("rate-0.01_seed-2\n"))
    let command = try #require(
      part.output.split(separator: "\n").first { $0.contains("What makes") })
    let words = command.split(separator: ":", maxSplits: 1)[1].dropFirst()
    #expect(words.hasPrefix("lora-lessons sweep moons "))
    #expect(run(String(words.dropFirst("lora-lessons ".count)), in: folder).code == 0)
    let all = run("sweep collect out --lang en", in: folder)
    #expect(all.output.contains("best rate") && !all.output.contains("missing"))
    let csv = String(decoding: folder.bytes("out/summary.csv") ?? [], as: UTF8.self)
    #expect(csv.split(separator: "\n").count == 7)
    for name in ["scores-en.png", "scores-en.svg"] { #expect(folder.bytes("out/\(name)") != nil) }
    let summary = try json("out/summary.json")
    #expect((summary["results"] as? [Any])?.count == 6)
    #expect((summary["missing"] as? [Any])?.isEmpty == true)
    let dark = run("sweep collect out --lang es --theme dark --json", in: folder)
    #expect(dark.code == 0 && folder.bytes("out/scores-es-dark.svg") != nil)
    #expect(run("inspect out --lang en", in: folder).output.contains("6 of 6"))
  }

  @Test("ranks of adapters are varied with an alpha of twice the rank")
  func ranks() throws {
    #expect(
      run("train exam --subject multiplication --steps 2 --batch 2 --out base -q", in: folder).code
        == 0)
    let line =
      "sweep exam --subject multiplication --method lora --base base --ranks 1,4 --steps 2 --batch 2 "
    let result = run(line + "--out out", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    for rank in [1, 4] {
      let settings = try #require(
        try json("out/results/rank-\(rank)_rate-0.005_seed-7.json")["settings"] as? [String: Any])
      #expect(settings["alpha"] as? Int == 2 * rank)
    }
    #expect(run("sweep collect out --lang en", in: folder).output.contains("rank"))
    // Another base under the same name would mix what cannot be compared.
    #expect(
      run(
        "train exam --subject multiplication --steps 3 --batch 2 --out base -q --force", in: folder
      ).code == 0)
    let other = run(line + "--out out", in: folder)
    #expect(other.code == 73 && other.complaint.contains("the base is another one now"))
    let tooLarge = run(line.replacing("1,4", with: "1,65") + "--out wide", in: folder)
    #expect(tooLarge.code == 64 || tooLarge.code == 1)
    #expect(!FileManager.default.fileExists(atPath: folder("wide/results")))
  }

  @Test("a result of other settings, or a broken one, is refused; --force makes it again")
  func otherSettings() throws {
    #expect(run(Self.moons + "--out out", in: folder).code == 0)
    let other = run(Self.moons.replacing("12", with: "13") + "--out out", in: folder)
    #expect(other.code == 73 && other.complaint.contains("steps is 12 there, and 13 here"))
    try folder.write("{", to: "out/results/rate-0.01_seed-1.json")
    let broken = run(Self.moons + "--out out", in: folder)
    #expect(broken.code == 1 && broken.complaint.contains("--force"), "\(broken.messages)")
    #expect(run("sweep collect out", in: folder).code == 1)
    #expect(run(Self.moons + "--out out --force", in: folder).code == 0)
    #expect(run("sweep collect out", in: folder).code == 0)
  }

  @Test(
    "wrong input gets a sentence and its code, and leaves nothing behind",
    arguments: [
      ("sweep", 64), ("sweep moons", 64), ("sweep exam --ranks 1 --out x", 64),
      ("sweep moons --ranks 0 --method lora --out x", 64), ("sweep moons --rates 0 --out x", 64),
      ("sweep moons --rates nan --out x", 64), ("sweep moons --rates 0.1, --out x", 64),
      ("sweep moons --seeds 5-1 --out x", 64), ("sweep moons --seeds -1 --out x", 64),
      ("sweep moons --seeds 0-9223372036854775807 --out x", 64),
      ("sweep moons --seeds 1-9999 --rates 0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1,2 --out x", 64),
      ("sweep moons --shard 0/2 --out x", 64), ("sweep moons --shard 3/2 --out x", 64),
      ("sweep moons --shard x --out x", 64), ("sweep moons --jobs 0 --out x", 64),
      ("sweep moons y --out x", 64), ("sweep mons --out x", 64), ("sweep moons --json --out x", 64),
      ("sweep collect", 64), ("sweep collect nowhere", 66), ("sweep collect out --ranks 1", 64),
      ("sweep collect broken", 1), ("sweep collect strange", 1), ("sweep moons --out file", 73),
      ("sweep exam --method lora --base nowhere --out x", 66),
    ] as [(String, Int32)])
  func hostile(line: String, code: Int32) throws {
    try folder.write("x", to: "file")
    try folder.write("[", to: "broken/sweep.json")
    try folder.write(
      #"{"settings": {"task": "moons"}, "inputs": {}, "ranks": [], "rates": [1e999], "seeds": [1]}"#,
      to: "strange/sweep.json")
    let result = run(line, in: folder)
    #expect(result.code == code, "\(result.messages)")
    #expect(!result.complaint.isEmpty && result.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder("x/results")))
  }
}
