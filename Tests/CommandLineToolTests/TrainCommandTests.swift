import Foundation
import Interchange
import TestSupport
import Testing

@Suite("The train, evaluate and generate commands") struct TrainCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    // Each letter is followed by itself: learned in a few steps, held-out lines included.
    let lines = (0..<60).map { index in
      let letter = ["a", "b", "c"][index % 3]
      return "{\"prompt\": \"\(letter)\", \"completion\": \"\(letter)\"}\n"
    }
    try folder.write(lines.joined(), to: "pairs.jsonl")
    try folder.write(
      "width,kind\n" + (0..<40).map { "\($0),\($0 < 20 ? "low" : "high")\n" }.joined(),
      to: "table.csv")
  }

  private func report(_ path: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(folder.bytes(path) ?? [])) as? [String: Any])
  }

  private func rightAndTotal(_ report: [String: Any]) throws -> [[Int]] {
    let scores = try #require(report["scores"] as? [[String: Any]])
    return try scores.map {
      [try #require($0["right"] as? Int), try #require($0["total"] as? Int)]
    }
  }

  @Test("two runs give the same bytes, and another seed gives others")
  func determinism() throws {
    let line = "train exam --steps 3 --batch 4 --subject multiplication --lang en --out "
    for name in ["one", "two"] {
      let result = run(line + name, in: folder)
      #expect(result.code == 0, "\(result.messages)")
    }
    #expect(run(line + "three --seed 8", in: folder).code == 0)
    for name in [
      "config.json", "generation_config.json", "model.safetensors", "vocabulary.json",
      "training.json", "metrics.csv", "metrics.jsonl", "loss.png", "loss.svg",
    ] {
      let bytes = try #require(folder.bytes("one/\(name)"))
      #expect(bytes == folder.bytes("two/\(name)"), "\(name)")
    }
    #expect(folder.bytes("one/model.safetensors") != folder.bytes("three/model.safetensors"))
  }

  @Test("a model learns pairs in full, and the folder opens as a Llama folder")
  func learnsPairs() throws {
    let result = run(
      "train --data pairs.jsonl --steps 60 --batch 16 --out model --lang en", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    #expect(try rightAndTotal(report("model/training.json")) == [[6, 6]])
    #expect(run("generate model --prompt b", in: folder).output == "bb\n")
    #expect(try LlamaCheckpoint(path: folder("model")).configuration.vocabularySize == 6)
    #expect(
      try String(decoding: #require(folder.bytes("model/metrics.csv")), as: UTF8.self)
        .split(separator: "\n").count == 61)
  }

  @Test(
    "an adapter learns beside a base, whose folder stays as it is",
    arguments: ["lora", "qlora"])
  func adapters(method: String) throws {
    #expect(run("train --data pairs.jsonl --steps 1 --out base", in: folder).code == 0)
    let before = folder.bytes("base/model.safetensors")
    let result = run(
      "train --data pairs.jsonl --method \(method) --base base --rank 4 --steps 80 --batch 16 "
        + "--lr 0.02 --targets q_proj,v_proj,o_proj,up_proj,down_proj --out adapter", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    #expect(folder.bytes("base/model.safetensors") == before)
    let adapter = try PEFTAdapter(path: folder("adapter"))
    #expect(adapter.modules.count == 10 && adapter.configuration.baseModel == "base")
    #expect(try rightAndTotal(report("adapter/training.json")) == [[6, 6]])
    let suffix = method == "qlora" ? " --four-bit" : ""
    let answer = run("generate base --adapter adapter --prompt c" + suffix, in: folder)
    #expect(answer.output == "cc\n")
  }

  @Test("evaluate gives the score that training ended with")
  func sameScore() throws {
    #expect(
      run("train exam --subject subtraction --steps 40 --batch 32 --out base", in: folder).code == 0
    )
    let trained = try rightAndTotal(report("base/training.json"))
    let result = run("evaluate base --subject subtraction --json", in: folder)
    let scores = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(try rightAndTotal(scores) == trained)
    #expect(trained[0][1] == 500)
  }

  @Test(
    "a perceptron tells the classes of a table apart", arguments: ["--data table.csv", "moons"])
  func perceptrons(source: String) throws {
    let result = run("train \(source) --steps 200 --batch 16 --out net", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    let scores = try rightAndTotal(report("net/training.json"))
    #expect(scores[0][0] * 10 >= scores[0][1] * 8, "\(scores)")
  }

  @Test("drawing at random depends on the seed alone")
  func sampling() throws {
    #expect(run("train --data pairs.jsonl --steps 1 --out base", in: folder).code == 0)
    let answers = (0..<8).map {
      run("generate base --prompt a --temperature 2 --seed \($0)", in: folder).output
    }
    #expect(Set(answers).count > 1)
    #expect(
      run("generate base --prompt a --temperature 2 --seed 3", in: folder).output == answers[3])
  }

  @Test("a loss that is not finite ends the run with its step, and what was good is kept")
  func notFinite() throws {
    let result = run(
      "train exam --subject multiplication --lr 1e30 --steps 30 --batch 4 --out bad", in: folder)
    #expect(result.code == 1)
    #expect(result.complaint.contains("of step 3 is"), "\(result.complaint)")
    #expect(try (report("bad/training.json")["stopped"] as? String)?.contains("step 3") == true)
    #expect(run("generate bad --prompt 1*1=", in: folder).code == 0)
  }

  @Test("files that are there stay, unless --force says otherwise; kinds are never mixed")
  func replacing() throws {
    let line = "train --data pairs.jsonl --steps 2 --out model"
    #expect(run(line, in: folder).code == 0)
    let before = folder.bytes("model/model.safetensors")
    #expect(run(line + " --seed 9", in: folder).code == 73)
    #expect(folder.bytes("model/model.safetensors") == before)
    #expect(run(line + " --seed 9 --force", in: folder).code == 0)
    #expect(folder.bytes("model/model.safetensors") != before)
    let onto = run(
      "train --data pairs.jsonl --method lora --base model --steps 2 --out model --force",
      in: folder)
    #expect(onto.code == 64)
    #expect(folder.bytes("model/adapter_config.json") == nil)
  }

  @Test(
    "wrong input gets a sentence and its code, and leaves nothing behind",
    arguments: [
      ("train", 64), ("train exma --out x", 64), ("train exam", 64),
      ("train exam --out x --lr nan", 64), ("train exam --out x --lr -1", 64),
      ("train exam --out x --steps 0", 64), ("train exam --out x --batch 65536", 64),
      ("train exam --out x --method lora --base base --alpha 1e300", 1),
      ("train --data long.jsonl --out x", 1), ("train exam --out x --rank 4", 64),
      ("train exam --out x --method lora", 64), ("train moons --out x --method lora --base b", 66),
      ("train moons --out x --base b", 66), ("train exam --data f.csv --out x", 64),
      ("train --data f.txt --out x", 66), ("train exam --subject algebra --out x", 64),
      ("train exam --out x --method lora --base base --rank 0", 64),
      ("train exam --out x --method lora --base base --rank 65", 64),
      ("train exam --out x --method lora --base base --targets nothing", 64),
      ("train exam --out x --method lora --base base --targets ,", 64),
      ("train exam --out x --method lora --base nowhere", 66),
      ("train --data nowhere.csv --out x", 66), ("train --data nowhere.jsonl --out x", 66),
      ("train --data broken.jsonl --out x", 1), ("train --data numbers.csv --out x", 1),
      ("train exam --out pairs.jsonl", 73), ("train exam --out pairs.jsonl/deep", 73),
      ("evaluate nowhere", 66), ("evaluate base --adapter nowhere", 66),
      ("evaluate cut", 1), ("evaluate base --adapter one", 1), ("evaluate base --subject x", 64),
      ("generate base", 64), ("generate base --prompt é", 64),
      ("generate base --prompt 1 --temperature 0", 64), ("generate base --prompt 1 --seed 3", 64),
    ] as [(String, Int32)])
  func hostile(line: String, code: Int32) throws {
    try folder.write("{\"prompt\": \"a\"\n", to: "broken.jsonl")
    let long = String(repeating: "a", count: 2000)
    try folder.write("{\"prompt\": \"\(long)\", \"completion\": \"b\"}\n", to: "long.jsonl")
    try folder.write("a,b\n1,2\n3,4\n5,six\n", to: "numbers.csv")
    if line.contains("base base") || line.hasPrefix("evaluate") || line.hasPrefix("generate") {
      let make = "train exam --subject multiplication --steps 1 --batch 1 --out "
      #expect(run(make + "base", in: folder).code == 0)
      #expect(run(make + "cut", in: folder).code == 0)
      let bytes = try #require(folder.bytes("cut/model.safetensors"))
      try Data(bytes.prefix(1000)).write(to: URL(filePath: folder("cut/model.safetensors")))
      try writeAdapterFiles(to: folder)
    }
    let result = run(line, in: folder)
    #expect(result.code == code, "\(result.messages)")
    #expect(!result.complaint.isEmpty && result.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder("x")))
  }
}
