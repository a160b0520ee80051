import Adapters
import Foundation
import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("The export command") struct ExportCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let line = "train exam --subject multiplication --batch 4 --quiet "
    for rest in [
      "--steps 3 --out base", "--steps 4 --method lora --base base --rank 2 --out lora",
      "--steps 4 --method qlora --base base --rank 2 --targets q_proj --out qlora",
    ] {
      let result = run(line + rest, in: folder)
      #expect(result.code == 0, "\(result.messages)")
    }
  }

  private func export(_ words: String) -> ToolRun { run("export " + words, in: folder) }

  private func json(_ path: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(folder.bytes(path) ?? [])) as? [String: Any])
  }

  private func lines(_ path: String) -> [Substring] {
    String(decoding: folder.bytes(path) ?? [], as: UTF8.self).split(separator: "\n")
  }

  @Test("a merged folder is a model with the numbers that merge writes")
  func merged() throws {
    #expect(export("base --adapter lora --out whole").code == 0)
    let merge = run(
      "merge base/model.safetensors --adapter lora --out merged.safetensors", in: folder)
    #expect(merge.code == 0, "\(merge.messages)")
    #expect(folder.bytes("whole/model.safetensors") == folder.bytes("merged.safetensors"))
    #expect(folder.bytes("whole/vocabulary.json") == folder.bytes("base/vocabulary.json"))
    #expect(try LlamaCheckpoint(path: folder("whole")).quantization == nil)
    let answers = ["base --adapter lora", "whole"].map {
      run("generate \($0) --prompt 3*4=", in: folder).output
    }
    #expect(answers[0] == answers[1])
  }

  @Test("merge takes a Llama folder and writes one")
  func mergeFolder() throws {
    #expect(export("base --adapter lora --out whole").code == 0)
    let result = run("merge base --adapter lora --out folder --lang en", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    for name in ["config.json", "model.safetensors", "vocabulary.json"] {
      #expect(folder.bytes("folder/\(name)") == folder.bytes("whole/\(name)"), "\(name)")
    }
    #expect(run("merge base --adapter lora --out folder", in: folder).code == 73)
    #expect(run("merge base --adapter lora --out base --force", in: folder).code == 64)
  }

  @Test("the base in four bits dequantizes to what --four-bit merges into")
  func fourBit() throws {
    #expect(export("base --as nf4 --out nf4").code == 0)
    #expect(export("base --four-bit --out numbers").code == 0)
    let (codes, numbers) = (
      try LlamaCheckpoint(path: folder("nf4")), try LlamaCheckpoint(path: folder("numbers"))
    )
    #expect(codes.quantization?.usesDoubleQuantization == true)
    for parameter in codes.parameters {
      let weight = try codes.weight(named: parameter.name)
      #expect((weight.quantized != nil) == parameter.isQuantizable, "\(parameter.name)")
      #expect(try weight.values == numbers.weight(named: parameter.name).values)
    }
    // An adapter beside codes, and in the numbers that they stand for.
    #expect(export("nf4 --adapter qlora --out from-codes").code == 0)
    #expect(export("base --adapter qlora --four-bit --out from-numbers").code == 0)
    #expect(
      folder.bytes("from-codes/model.safetensors") == folder.bytes("from-numbers/model.safetensors")
    )
    #expect(export("nf4 --as nf4 --out again").complaint.contains("in 4 bits already"))
    #expect(
      run("merge nf4 --adapter qlora --out m", in: folder).complaint.contains("export --as merged"))
  }

  @Test("an adapter that learned beside four bits is merged with a word about it")
  func advice() {
    #expect(
      export("base --adapter qlora --out whole --lang en").messages.contains("with --four-bit"))
    #expect(!export("base --adapter lora --out other --lang en").messages.contains("--four-bit"))
  }

  @Test("an adapter keeps its numbers")
  func adapter() throws {
    #expect(export("base --adapter lora --as adapter --out copy").code == 0)
    let (before, after) = (
      try PEFTAdapter(path: folder("lora")), try PEFTAdapter(path: folder("copy"))
    )
    #expect(before.modules.map(\.path) == after.modules.map(\.path))
    for (one, other) in zip(before.modules, after.modules) {
      #expect(try before.adapter(of: one) == after.adapter(of: other))
    }
  }

  @Test(
    "a recipe has the settings, the examples and the order of the run",
    arguments: [
      ("base", "base", "full"), ("base --adapter lora", "lora", "lora"),
      ("base --adapter qlora", "qlora", "qlora"),
    ])
  func recipe(words: String, run name: String, method: String) throws {
    let result = export("\(words) --as recipe --out recipe --lang en")
    #expect(result.code == 0, "\(result.messages)")
    let (recipe, training) = (try json("recipe/recipe.json"), try json("\(name)/training.json"))
    #expect(recipe["method"] as? String == method)
    for key in ["learningRate", "steps", "batch", "warmUpSteps", "seed", "schedule", "clip"] {
      #expect("\(recipe[key] ?? "none")" == "\(training[key] ?? "none")", "\(key)")
    }
    let examples = lines("recipe/examples.jsonl")
    #expect(examples.count == recipe["examples"] as? Int)
    let order = lines("recipe/order.jsonl")
    #expect(order.count == recipe["steps"] as? Int)
    for line in order {
      let numbers = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Int])
      #expect(numbers.count == 4 && numbers.allSatisfy(examples.indices.contains))
    }
    let base = try LlamaCheckpoint(path: folder("recipe/base"))
    #expect((base.quantization != nil) == (method == "qlora"))
    guard method != "full" else { return }
    // B is zero where training starts.
    let start = try PEFTAdapter(path: folder("recipe/adapter"))
    for module in start.modules {
      #expect(try start.adapter(of: module).loraB.values.allSatisfy { $0 == 0 })
    }
    #expect(start.modules.count == (try PEFTAdapter(path: folder(name)).modules.count))
  }

  @Test("inspect says what each folder is")
  func inspect() throws {
    #expect(export("base --as nf4 --out nf4").code == 0)
    #expect(export("base --adapter lora --as recipe --out recipe").code == 0)
    for (path, text) in [
      ("base", "Llama of 2 blocks"), ("nf4", "NF4 with double quantization"),
      ("recipe", "exam, lora, 4 steps"), ("lora", "LoRA"), ("base", "exam, full, 3 steps"),
    ] {
      let result = run("inspect \(path) --lang en", in: folder)
      #expect(result.code == 0 && result.output.contains(text), "\(path): \(result.output)")
    }
    let tensor = run("inspect base --tensor lm_head.weight --lang en", in: folder)
    #expect(tensor.output.contains("19×64"), "\(tensor.messages)")
    try folder.write("{", to: "nf4/config.json")
    #expect(run("inspect nf4", in: folder).code == 1)
  }

  @Test(
    "wrong input gets a sentence and its code, and leaves nothing behind",
    arguments: [
      ("", 64), ("base", 64), ("base --as gguf --out x", 64), ("base --out base", 64),
      ("base --as adapter --out x", 64), ("base --as nf4 --adapter lora --out x", 64),
      ("base --as nf4 --four-bit --out x", 64), ("base --data f.jsonl --out x", 64),
      ("base --quiet --json --out x", 64), ("nowhere --out x", 66),
      ("base --adapter nowhere --out x", 66), ("lora --out x", 1),
      ("base --adapter one --out x", 1), ("base --adapter zero --out x", 1),
      ("cut --out x", 1), ("net --out x", 1), ("lora --as recipe --out x", 1),
      ("plain --as recipe --out x", 1), ("strange --as recipe --out x", 1),
      ("base --out taken", 73), ("base --out lora --force", 64 + 9), ("base --out file", 73),
      ("base --out file/deep", 73),
    ] as [(String, Int32)])
  func hostile(line: String, code: Int32) throws {
    try writeAdapterFiles(to: folder)
    try writeAdapter(
      to: folder, named: "zero", loraA: [1], loraB: [1],
      configuration: #"{"peft_type": "LORA", "r": 0, "lora_alpha": 2}"#)
    try folder.write("x", to: "taken/x")
    try folder.write("x", to: "file")
    try folder.write("{}", to: "net/perceptron.json")
    let files = FileManager.default
    for name in ["cut", "plain", "strange"] {
      try files.copyItem(atPath: folder("base"), toPath: folder(name))
    }
    try Data((folder.bytes("base/model.safetensors") ?? []).prefix(900)).write(
      to: URL(filePath: folder("cut/model.safetensors")))
    try files.removeItem(atPath: folder("plain/training.json"))
    try folder.write(
      #"{"task": "exam", "method": "full", "steps": -3}"#, to: "strange/training.json")
    let before = try files.contentsOfDirectory(atPath: folder.path).sorted()
    let result = export(line)
    #expect(result.code == code, "\(result.messages)")
    #expect(!result.complaint.isEmpty && result.output.isEmpty)
    #expect(try files.contentsOfDirectory(atPath: folder.path).sorted() == before)
  }

  @Test("--force replaces the files of an export of the same kind")
  func force() throws {
    #expect(export("base --as nf4 --out out").code == 0)
    #expect(export("base --as nf4 --out out").code == 73)
    #expect(export("base --out out --force").code == 0)
    #expect(try LlamaCheckpoint(path: folder("out")).quantization == nil)
  }
}
