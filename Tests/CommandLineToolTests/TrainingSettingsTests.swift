import Foundation
import TestSupport
import Testing

@testable import CommandLineTool

@Suite("The settings of a training") struct TrainingSettingsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TrainingPairs.write(to: folder)
  }

  private func report(_ path: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(folder.bytes(path) ?? [])) as? [String: Any])
  }

  @Test("that a run wrote give the same files again, and options count more than they do")
  func again() throws {
    let line = "train moons --steps 6 --validate 2 --patience 9 --clip none --theme dark --lang es"
    #expect(run(line + " --out one", in: folder).code == 0)
    let again = run("train --config one/configuration.json --out two", in: folder)
    #expect(again.code == 0, "\(again.messages)")
    #expect(folder.files("one") == folder.files("two"))
    let other = run(
      "train --config one/configuration.json --steps 5 --lang en --out three", in: folder)
    #expect(other.code == 0, "\(other.messages)")
    let settings = try report("three/configuration.json")
    #expect(settings["steps"] as? Int == 5 && settings["language"] as? String == "en")
    #expect(settings["clip"] is NSNull && settings["theme"] as? String == "dark")
  }

  @Test(
    "in a file that are wrong are named with their line",
    arguments: [
      (
        "{\n \"task\": \"moons\",\n \"stepz\": 3 }",
        "c.json:3: there is no setting “stepz”; did you mean “steps”?"
      ),
      (
        "{\n \"task\": \"moons\",\n \"lr\": 3 }",
        "c.json:3: there is no setting “lr”; did you mean “learningRate”?"
      ),
      (
        "{ \"task\": \"moons\",\n\n \"steps\": \"3\" }",
        "c.json:3: “steps” is a whole number from 1 to 1000000, not “3”"
      ),
      (
        "{ \"task\": \"moons\", \"steps\": 2.5 }",
        "c.json:1: “steps” is a whole number from 1 to 1000000, not “2.5”"
      ),
      (
        "{ \"task\": \"moons\", \"learningRate\": -1 }",
        "c.json:1: “learningRate” is a positive number such as 0.001, not “-1”"
      ),
      (
        "{ \"task\": \"moons\",\n \"schedule\": \"cosin\" }",
        "c.json:2: “schedule” is one of constant, linear, cosine, not “cosin”; did you mean “cosine”?"
      ),
      ("{ \"task\": \"moons\", \"dora\": 1 }", "c.json:1: “dora” is true or false, not “1”"),
      (
        "{ \"task\": \"moons\", \"theme\": \"red\" }",
        "c.json:1: “theme” is one of light, dark, print, not “red”"
      ),
      (
        "{ \"task\": \"exam\",\n \"subjects\": [\"algebra\"] }",
        "c.json:2: “subjects” is a list of addition, subtraction, multiplication, division, not “algebra”"
      ),
      ("{ \"task\": \"moons\",\n \"rank\": 4 }", "c.json:2: “rank” needs --method lora or qlora"),
      (
        "{ \"task\": \"moon\" }",
        "c.json:1: “task” “moon” is none of exam, text, texto, moons, turned-moons, spirals, known-rank; did you mean “moons”?"
      ),
      ("{ \"task\": \"moons\", }", "c.json:1:20: "),
      ("[1]", "c.json: it is not an object of settings"),
      ("\u{FF}", "c.json:1:1: "),
    ])
  func wrongFiles(text: String, complaint: String) throws {
    try folder.write(text, to: "c.json")
    let result = run("train --config c.json --out x", in: folder)
    #expect(result.code == 1)
    #expect(result.complaint.hasPrefix(complaint), "\(result.complaint)")
    #expect(!FileManager.default.fileExists(atPath: folder("x")))
  }

  @Test(
    "on a command line that are wrong get a sentence",
    arguments: [
      ("exmo", 64, "did you mean “exam”?"), ("moon", 64, "did you mean “moons”?"),
      (
        "nonsense", 64,
        "is none of exam, text, texto, moons, turned-moons, spirals, known-rank, and no .csv, .txt or .jsonl file"
      ),
      ("--config nowhere.json", 66, "nowhere.json"), ("--config .", 66, "."),
      ("moons --schedule cosin", 64, "did you mean “cosine”?"),
      ("moons --optimizer sgd", 64, "--optimizer sgd needs --lr"),
      ("moons --momentum 0.9", 64, "--momentum is for --optimizer sgd"),
      ("moons --clip 0", 64, "--clip is a positive number such as 1, or none, not “0”"),
      ("moons --dropout 0.1", 64, "--dropout needs --method lora or qlora"),
      ("moons --patience 3", 64, "--patience needs --validate"),
      ("moons --keep best", 64, "--keep best needs --validate"),
      ("moons --accumulate 0", 64, "--accumulate is a whole number"),
      ("moons --checkpoint 0", 64, "--checkpoint is a whole number"),
      ("exam --subject multiplication --validate 5", 64, "--validate needs a subject"),
      ("exam --method qlora --base base --init pissa", 64, "--init pissa changes the base"),
      ("exam --method lora --base base --init loftq", 64, "--init loftq needs --method qlora"),
      ("exam --method lora --base base --dropout 1", 64, "--dropout is a number from 0 up to"),
    ])
  func wrongWords(words: String, code: Int32, complaint: String) {
    let result = run("train \(words) --out x", in: folder)
    #expect(result.code == code, "\(result.messages)")
    #expect(result.complaint.contains(complaint), "\(result.complaint)")
    #expect(!FileManager.default.fileExists(atPath: folder("x")))
  }

  static let options = [
    "--schedule constant", "--schedule linear", "--warmup 3", "--clip 0.01",
    "--accumulate 2", "--weight-decay 0.5", "--optimizer sgd --lr 0.1",
    "--optimizer sgd --lr 0.1 --momentum 0.9", "--dropout 0.3", "--rslora", "--dora",
    "--init gaussian", "--init pissa", "--init olora", "--lora-plus 16", "--seed 8", "--alpha 3",
  ]

  @Test("change what comes out, each in its own way")
  func options() throws {
    try TrainingPairs.write(to: folder, withBase: true)
    let line = "train --data pairs.jsonl --method lora --base base --rank 2 --steps 4 --batch 4"
    var seen: [[UInt8]: String] = [:]
    for options in [""] + Self.options {
      let result = run("\(line) \(options) --out x --force", in: folder)
      #expect(result.code == 0, "\(options): \(result.messages)")
      let bytes = try #require(folder.bytes("x/adapter_model.safetensors"))
      #expect(seen.updateValue(options, forKey: bytes) == nil, "\(options)")
    }
    // All together are in the settings, and these give the same again.
    let all =
      "--rslora --dora --init pissa --dropout 0.1 --lora-plus 2 --optimizer sgd --lr 0.1 "
      + "--momentum 0.5 --weight-decay 0.1 --accumulate 2 --clip none --schedule linear"
    #expect(run("\(line) \(all) --lang es --out one", in: folder).code == 0)
    #expect(run("train --config one/configuration.json --out two", in: folder).code == 0)
    #expect(folder.files("one") == folder.files("two") && !folder.files("one").isEmpty)
  }

  @Test("of an adapter stand in PEFT's file as they are")
  func peft() throws {
    try TrainingPairs.write(to: folder, withBase: true)
    let line = "train --data pairs.jsonl --method lora --base base --rank 2 --steps 2 --batch 4"
    let result = run("\(line) --rslora --dora --dropout 0.25 --out x", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    let peft = try report("x/adapter_config.json")
    #expect(peft["use_rslora"] as? Bool == true && peft["use_dora"] as? Bool == true)
    #expect(peft["lora_dropout"] as? Double == 0.25 && peft["r"] as? Int == 2)
  }
}
