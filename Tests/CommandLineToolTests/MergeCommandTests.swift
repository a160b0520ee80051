import Foundation
import Interchange
import TestSupport
import Testing

@Suite("The merge command") struct MergeCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeAdapterFiles(to: folder)
  }

  @Test("merges an adapter, says what it did, and proposes what to do next")
  func merges() throws {
    let result = run(
      "merge base.safetensors --adapter one -o out.safetensors --lang en", in: folder)
    #expect(result.code == 0 && result.messages.isEmpty)
    #expect(try values("a.weight", in: folder("out.safetensors")) == [3, 2, 7, 24, 5, 46])
    #expect(try values("norm.weight", in: folder("out.safetensors")) == [7, 8])
    // ‖ΔW‖ = 2 · √5 · √101, ‖W‖ = √91.
    #expect(result.output.contains("  471.15%"), "\(result.output)")
    #expect(result.output.contains("1 tensor merged, 1 copied byte for byte\nout.safetensors\n"))
    let next = "lora-lessons inspect out.safetensors --tensor a.weight"
    #expect(result.output.hasSuffix("Next: \(next)\n"))
    #expect(run(String(next.dropFirst(13)), in: folder).code == 0)
  }

  @Test(
    "the same command gives the same bytes",
    arguments: [
      "cat", "dare_linear --seed 3", "dare_ties --density 0.6", "ties_svd", "svd --rank 2",
    ])
  func determinism(method: String) throws {
    let line = "merge base.safetensors --adapter one --adapter two --method \(method) --out "
    #expect(run(line + "first.safetensors", in: folder).code == 0)
    #expect(run(line + "second.safetensors", in: folder).code == 0)
    #expect(folder.bytes("first.safetensors") == folder.bytes("second.safetensors"))
  }

  @Test(
    "weights multiply the updates, and cat and svd add them exactly",
    arguments: ["cat", "svd --rank 2"])
  func weights(method: String) throws {
    let result = run(
      "merge base.safetensors --adapter one --weight 0.5 --adapter two --weight -1 "
        + "--method \(method) --out out.safetensors", in: folder)
    #expect(result.code == 0)
    let merged = try values("a.weight", in: folder("out.safetensors"))
    for (one, other) in zip(merged, [2, -4, 5, 14, 7, 26] as [Float]) {
      #expect(abs(one - other) < 1e-4)
    }
  }

  @Test("what was merged is taken out again")
  func unmerges() throws {
    #expect(run("merge base.safetensors --adapter one -o m.safetensors", in: folder).code == 0)
    let result = run(
      "merge m.safetensors --adapter one --unmerge --out b.safetensors --lang es", in: folder)
    #expect(result.code == 0)
    #expect(result.output.contains("1 tensor restaurado, 1 copiado byte a byte"))
    #expect(folder.bytes("b.safetensors") == folder.bytes("base.safetensors"))
  }

  @Test("the report as JSON has the same numbers")
  func json() throws {
    let result = run("merge base.safetensors --adapter one -o out.safetensors --json", in: folder)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let tensors = try #require(report["tensors"] as? [[String: Any]])
    #expect(report["copiedTensors"] as? Int == 1 && report["method"] as? String == "cat")
    #expect(tensors.count == 1 && tensors[0]["rank"] as? Int == 1)
    let relative = try #require(tensors[0]["relativeUpdate"] as? Double)
    #expect(abs(relative - (2020.0 / 91).squareRoot()) < 1e-9)
  }

  @Test("an adapter whose start changed the base is merged with a warning")
  func warning() throws {
    try writeAdapter(
      to: folder, named: "pissa", loraA: [1, 1, 1], loraB: [1, 1],
      configuration:
        #"{"peft_type": "LORA", "r": 1, "lora_alpha": 2, "init_lora_weights": "pissa_niter_4"}"#)
    let result = run(
      "merge base.safetensors --adapter pissa -o o.safetensors --lang en", in: folder)
    #expect(result.code == 0)
    #expect(
      result.messages.contains("pissa: it started as “pissa_niter_4” and belongs to the base"))
  }

  @Test("a method that has nothing to do is said to do nothing")
  func singleAdapter() {
    let line = "merge base.safetensors --adapter one -o o.safetensors --force --lang en"
    #expect(run(line + " --method ties", in: folder).messages.contains("is merged as it is"))
    #expect(run(line + " --method ties --weight 2", in: folder).messages.isEmpty)
  }

  // MARK: Methods against PEFT

  struct Vectors: Decodable {
    struct Adapter: Decodable {
      let name: String
      let scaling: Double
      let lora_A: [[Float]]
      let lora_B: [[Float]]
    }
    struct Result: Decodable {
      let combination_type: String
      let adapters: [String]
      let weights: [Double]
      let svd_rank: Int?
      let density: Double?
      let majority_sign_method: String?
      let delta_weight: [[Float]]
      let masks_A: [[[Float]]]?
    }
    struct Group: Decodable {
      let name: String
      let adapters: [Adapter]
      let results: [Result]
    }
    let groups: [Group]
  }

  @Test("every method without random masks gives the update that PEFT's gives")
  func methods() throws {
    let path = repositoryRoot + "/Tests/AdaptersTests/Vectors/merging.json"
    let data = try #require(FileManager.default.contents(atPath: path))
    var tried: Set<String> = []
    for group in try JSONDecoder().decode(Vectors.self, from: data).groups {
      for adapter in group.adapters {
        let (rank, inputs) = (adapter.lora_A.count, adapter.lora_A[0].count)
        let outputs = adapter.lora_B.count
        try folder.write(
          #"{"peft_type": "LORA", "r": \#(rank), "lora_alpha": \#(adapter.scaling * Double(rank))}"#,
          to: "\(adapter.name)/adapter_config.json")
        try Safetensors.write(
          [
            .init(
              name: "base_model.model.a.lora_A.weight", shape: [rank, inputs],
              values: adapter.lora_A.flatMap { $0 }),
            .init(
              name: "base_model.model.a.lora_B.weight", shape: [outputs, rank],
              values: adapter.lora_B.flatMap { $0 }),
          ], to: folder("\(adapter.name)/adapter_model.safetensors"))
        try Safetensors.write(
          [
            .init(
              name: "a.weight", shape: [outputs, inputs],
              values: Array(repeating: 0, count: outputs * inputs))
          ], to: folder("zero.safetensors"))
      }
      for result in group.results where result.masks_A == nil {
        var words = ["merge", "zero.safetensors", "--out", "sum.safetensors", "--force"]
        words += ["--method", result.combination_type]
        for name in result.adapters { words += ["--adapter", name] }
        for weight in result.weights { words += ["--weight", "\(weight)"] }
        if let rank = result.svd_rank, result.combination_type == "svd" {
          words += ["--rank", "\(rank)"]
        }
        if let density = result.density { words += ["--density", "\(density)"] }
        if let sign = result.majority_sign_method { words += ["--sign", sign] }
        let run = run(words, in: folder)
        #expect(run.code == 0, "\(words): \(run.messages)")
        let found = try values("a.weight", in: folder("sum.safetensors"))
        for (one, other) in zip(found, result.delta_weight.flatMap { $0 }) {
          #expect(abs(one - other) <= 2e-5 + 1e-5 * abs(other), "\(words)")
        }
        tried.insert(result.combination_type)
      }
    }
    #expect(tried.isSuperset(of: ["cat", "linear", "svd", "ties", "magnitude_prune"]))
  }
}
