import Foundation
import TestSupport
import Testing

@Suite("The memory command") struct MemoryCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func report(_ line: String) throws -> [String: Any] {
    let result = run("memory \(line) --json", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  private func methods(_ report: [String: Any]) throws -> [[String: Any]] {
    try #require(report["methods"] as? [[String: Any]])
  }

  @Test("shows all three methods side by side, in GB and in GiB")
  func table() {
    let result = run("memory --lang en", in: folder)
    #expect(result.code == 0 && result.messages.isEmpty)
    for text in [
      "LLaMA 7B", "full", "QLoRA", "total, GB", "total, GiB (2³⁰)", "weights of the model",
      "optimiser", "24 GB",
    ] {
      #expect(result.output.contains(text), "\(text)")
    }
    #expect(
      run("memory", in: folder, environment: ["LANG": "es_ES.UTF-8"]).output.contains("dónde cabe"))
  }

  @Test("the bytes of all kinds are the total")
  func sums() throws {
    for method in try methods(report("--params 13B --batch 2 --length 1000 --precision bf16+f32")) {
      let bytes = try #require(method["bytes"] as? [String: Double])
      let total = try #require(method["total"] as? Double)
      #expect(abs(bytes.values.reduce(0, +) - total) < 10)
    }
  }

  @Test("one method, a device, and what fits in it")
  func device() throws {
    let found = try methods(
      report("--params 65B --method qlora --rank 64 --targets all --checkpointing --device 48GB"))
    #expect(found.count == 1)
    #expect(found[0]["fits"] as? Bool == true)
    let small = try methods(report("--params 65B --method qlora --checkpointing --device 24GiB"))
    #expect(small[0]["fits"] as? Bool == false)
    #expect(small[0]["tokensThatFit"] as? Int == 0)
    #expect(small[0]["smallestCard"] as? Double == 48e9)
    let report = try report("--device 24GiB")
    #expect(report["device"] as? Double == 25_769_803_776.0)
  }

  @Test(
    "a size can be written in many ways",
    arguments: [
      ("7B", "LLaMA 7B"), ("7b", "LLaMA 7B"), ("7000M", "LLaMA 7B"), ("7.0B", "LLaMA 7B"),
      ("llama-3-8b", "Llama 3 8B"), ("LLAMA-3-8B", "Llama 3 8B"), ("1.3B", "LLaMA-like"),
      ("350M", "LLaMA-like"), ("1000000", "LLaMA-like"),
    ])
  func sizes(word: String, name: String) throws {
    let model = try #require(try report("--params \(word)")["model"] as? [String: Any])
    #expect(model["name"] as? String == name)
  }

  @Test("reads the shape of a model's folder or configuration")
  func model() throws {
    let path = repositoryRoot + "/Lessons/Data/exam-base"
    for place in [path, path + "/config.json"] {
      let report = try report("--model \(place) --precision f32 --method full")
      let model = try #require(report["model"] as? [String: Any])
      #expect(model["parameters"] as? Int == 103_104)
      let bytes = try #require(try methods(report)[0]["bytes"] as? [String: Double])
      #expect(bytes["optimizer"] == 824_832.0)
    }
  }

  @Test("reads the configuration of a model of another family that has Llama's parts")
  func otherFamily() throws {
    try folder.write(
      """
      {"model_type": "mistral", "vocab_size": 32000, "hidden_size": 4096, "num_hidden_layers": 32,
       "intermediate_size": 14336, "num_attention_heads": 32, "num_key_value_heads": 8,
       "rope_scaling": {"rope_type": "llama3"}}
      """, to: "config.json")
    let model = try #require(try report("--model config.json")["model"] as? [String: Any])
    #expect(model["parameters"] as? Int == 7_241_732_096)
  }

  @Test(
    "a configuration that cannot be counted is refused with what is wrong",
    arguments: [
      ("{", "not JSON"), ("[]", "not JSON"), ("{\"n_embd\": 768}", "num_attention_heads"),
      ("{\"num_attention_heads\": \"many\"}", "whole number"),
      (
        "{\"num_attention_heads\": 0, \"vocab_size\": 1, \"hidden_size\": 1, \"intermediate_size\": 1, \"num_hidden_layers\": 1}",
        "heads"
      ),
      (
        "{\"num_attention_heads\": 1, \"vocab_size\": 1, \"hidden_size\": 9223372036854775807, \"intermediate_size\": 1, \"num_hidden_layers\": 1}",
        "hidden size"
      ),
      ("{\"num_local_experts\": 8}", "experts"), ("{\"tie_word_embeddings\": 3}", "true or false"),
    ])
  func brokenConfiguration(text: String, complaint: String) throws {
    try folder.write(text, to: "config.json")
    let result = run("memory --model config.json", in: folder)
    #expect(result.code == 1 || result.code == 64)
    #expect(result.complaint.contains(complaint), "\(result.messages)")
    #expect(result.output.isEmpty)
  }

  @Test("a model that is not there is missing input")
  func missing() throws {
    #expect(run("memory --model nowhere", in: folder).code == 66)
    try folder.write("", to: "empty/readme.txt")
    #expect(run("memory --model empty", in: folder).code == 66)
  }

  @Test(
    "a wrong setting is refused with a way out",
    arguments: [
      ("--rank 0", "from 1"), ("--rank 5000", "more than the 4096"),
      ("--rank many", "whole number"), ("--params 7X", "7B or 350M"),
      ("--params lama-3-8b", "did you mean “llama-3-8b”?"), ("--params 0", "7B or 350M"),
      ("--params -7B", "7B or 350M"), ("--params inf", "7B or 350M"), ("--params 12", "1M"),
      ("--params 99999B", "10000B"), ("--method qlra", "did you mean “qlora”?"),
      ("--targets q", "q,v"), ("--device big", "24GB"), ("--device 0GB", "24GB"),
      ("--params 7B --model x", "not both"), ("--batch 0", "from 1"), ("--force", "--out"),
      ("--optimizer adam", "adamw"), ("--out=", "folder"),
    ])
  func refused(options: String, complaint: String) {
    let result = run("memory \(options)", in: folder)
    #expect(result.code == 64)
    #expect(result.complaint.contains(complaint), "\(result.messages)")
    #expect(result.output.isEmpty)
  }

  @Test("draws the bars, never over a file that is there, and says how to draw them again")
  func figure() throws {
    let line = "memory --params 13B --rank 8 --lang en --format svg --out made"
    #expect(run(line, in: folder).code == 0)
    let first = try #require(folder.bytes("made/memory-llama_13b.svg"))
    #expect(run(line, in: folder).code == 73)
    #expect(run(line + " --force", in: folder).code == 0)
    #expect(folder.bytes("made/memory-llama_13b.svg") == first)
    let text = String(decoding: first, as: UTF8.self)
    #expect(text.contains("memory --params 13B --rank 8 --lang en"))
  }
}
