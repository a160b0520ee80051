import Adapters
import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("Writing an adapter as PEFT does") struct PEFTAdapterWriterTests {
  private static let path = "model.layers.0.self_attn.q_proj"

  private func module(
    _ path: String = path, rank: Int = 2, rows: Int = 3, columns: Int = 4
  ) -> PEFTAdapterWriter.Module {
    var generator = RandomGenerator(seed: UInt64(path.utf8.count))
    return .init(
      path: path, loraA: .randomNormal(rows: rank, columns: columns, using: &generator),
      loraB: .randomNormal(rows: rows, columns: rank, using: &generator))
  }

  @Test(
    "The weights of a reference adapter, written again, have the same bytes",
    arguments: CheckpointVectors.names)
  func sameBytes(name: String) throws {
    let folder = try TemporaryFolder()
    let path = CheckpointVectors.path(name, "adapter/adapter_model.safetensors")
    let file = try Safetensors(path: path)
    func matrix(_ name: String) throws -> Matrix {
      let tensor = try file.tensor(named: name)
      return Matrix(
        rows: tensor.shape[0], columns: tensor.shape[1], values: try file.values(of: tensor))
    }
    let suffix = ".lora_A.weight"
    let modules = try file.tensors.map(\.name).filter { $0.hasSuffix(suffix) }.map { name in
      let path = String(name.dropLast(suffix.count))
      return PEFTAdapterWriter.Module(
        path: String(path.dropFirst("base_model.model.".count)),
        loraA: try matrix(name), loraB: try matrix(path + ".lora_B.weight"))
    }
    var configuration = PEFTAdapterWriter.Configuration(rank: 4, alpha: 8)
    configuration.targets = [
      "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
    ]
    configuration.baseModel = "llama-tiny/\(name)/model"
    try PEFTAdapterWriter.write(modules, configuration: configuration, to: folder.path)
    #expect(folder.bytes("adapter_model.safetensors") == (try contents(of: path)))
    // What stands in both configurations is the same, in the same order.
    let ours = String(decoding: folder.bytes("adapter_config.json") ?? [], as: UTF8.self)
    let theirs = String(
      decoding: try contents(of: CheckpointVectors.path(name, "adapter/adapter_config.json")),
      as: UTF8.self)
    let expected = theirs.split(separator: "\n", omittingEmptySubsequences: false)
    let found = ours.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(found.filter { !expected.contains($0) } == ["  \"use_rslora\": false"])
    #expect(found.dropLast(2) == expected.filter { found.contains($0) }.dropLast())
  }

  @Test("Every setting that changes the mathematics is in the configuration")
  func settings() throws {
    let folder = try TemporaryFolder()
    var configuration = PEFTAdapterWriter.Configuration(rank: 2, alpha: 2.5)
    configuration.isRankStabilized = true
    configuration.usesDoRA = true
    configuration.dropout = 0.05
    configuration.targets = ["q_proj", "v_proj"]
    configuration.baseModel = "modelo/é"
    var first = module()
    first.magnitude = [1, 2, 3]
    var second = module("model.layers.0.self_attn.v_proj", rank: 1)
    second.magnitude = [4, 5, 6]
    second.alpha = 16
    try PEFTAdapterWriter.write([second, first], configuration: configuration, to: folder("a/b"))
    let text = String(decoding: folder.bytes("a/b/adapter_config.json") ?? [], as: UTF8.self)
    #expect(
      text == """
        {
          "alpha_pattern": {
            "model.layers.0.self_attn.v_proj": 16
          },
          "base_model_name_or_path": "modelo/\\u00e9",
          "bias": "none",
          "fan_in_fan_out": false,
          "inference_mode": true,
          "init_lora_weights": true,
          "lora_alpha": 2.5,
          "lora_dropout": 0.05,
          "modules_to_save": null,
          "peft_type": "LORA",
          "r": 2,
          "rank_pattern": {
            "model.layers.0.self_attn.v_proj": 1
          },
          "target_modules": [
            "q_proj",
            "v_proj"
          ],
          "task_type": "CAUSAL_LM",
          "use_dora": true,
          "use_rslora": true
        }
        """)
    let file = try Safetensors(path: folder("a/b/adapter_model.safetensors"))
    #expect(
      file.tensors.map(\.name)
        == [
          "q_proj.lora_A.weight", "q_proj.lora_B.weight", "q_proj.lora_magnitude_vector",
          "v_proj.lora_A.weight", "v_proj.lora_B.weight", "v_proj.lora_magnitude_vector",
        ].map { "base_model.model.model.layers.0.self_attn." + $0 })
    #expect(file.metadata.map(\.value) == ["pt"])
    #expect(try file.values(of: file.tensors[5]) == [4, 5, 6])
    #expect(file.tensors[3].shape == [1, 4])
  }

  @Test("What is written is read here with the same numbers", arguments: [false, true])
  func readBack(usesDoRA: Bool) throws {
    let folder = try TemporaryFolder()
    var configuration = PEFTAdapterWriter.Configuration(rank: 2, alpha: 6)
    configuration.usesDoRA = usesDoRA
    configuration.isRankStabilized = true
    var modules = [
      module(), module("model.layers.0.mlp.up_proj", rank: 1, rows: 5),
      module("model.layers.1.self_attn.q_proj"),
    ]
    modules[2].alpha = 1.5
    if usesDoRA {
      for index in modules.indices {
        modules[index].magnitude = (0..<modules[index].loraB.rows).map { Float($0 + 1) }
      }
    }
    try PEFTAdapterWriter.write(modules, configuration: configuration, to: folder("a"))
    let adapter = try PEFTAdapter(path: folder("a"))
    #expect(adapter.modules.count == 3)
    for module in modules {
      let found = try #require(adapter.modules.first { $0.path == module.path })
      let factors = try adapter.adapter(of: found)
      #expect(factors.loraA == module.loraA)
      #expect(factors.loraB == module.loraB)
      #expect(factors.magnitude == module.magnitude)
      let rank = Double(module.loraA.rows)
      #expect(factors.scaling == (module.alpha ?? 6) / rank.squareRoot())
    }
  }

  @Test("Without targets the modules stand under their whole paths")
  func wholePaths() throws {
    let folder = try TemporaryFolder()
    try PEFTAdapterWriter.write(
      [module("b.c"), module("a.c")], configuration: .init(rank: 2, alpha: 4), to: folder.path)
    let text = String(decoding: folder.bytes("adapter_config.json") ?? [], as: UTF8.self)
    #expect(text.contains("\"target_modules\": [\n    \"a.c\",\n    \"b.c\"\n  ]"))
    #expect(text.contains("\"rank_pattern\": {}"))
  }

  @Test("An adapter that PEFT could not use is not written")
  func problems() throws {
    let folder = try TemporaryFolder()
    func problem(
      _ modules: [PEFTAdapterWriter.Module],
      _ change: (inout PEFTAdapterWriter.Configuration) -> Void = { _ in }
    ) -> PEFTAdapterWriter.Problem? {
      var configuration = PEFTAdapterWriter.Configuration(rank: 2, alpha: 4)
      change(&configuration)
      let error = interchangeError {
        try PEFTAdapterWriter.write(modules, configuration: configuration, to: folder("a"))
      }
      guard case .adapterToWrite(_, let problem) = error else { return nil }
      return problem
    }
    let path = Self.path
    #expect(problem([]) == .noModules)
    #expect(problem([module("a b")]) == .malformedPath("a b"))
    #expect(problem([module("a..b")]) == .malformedPath("a..b"))
    #expect(problem([module(), module()]) == .duplicateModule(path))
    #expect(problem([module()]) { $0.rank = 0 } == .rankNotPositive(0))
    #expect(problem([module(rank: 0)]) == .rankNotPositive(0))
    #expect(problem([module()]) { $0.alpha = -1 } == .alphaNotUsable(-1))
    #expect(problem([module()]) { $0.dropout = 1 } == .dropoutOutOfRange(1))
    #expect(problem([module()]) { $0.usesDoRA = true } == .magnitudeMissing(module: path))
    #expect(problem([module()]) { $0.targets = ["v_proj"] } == .notATarget(module: path))
    #expect(problem([module()]) { $0.targets = ["proj"] } == .notATarget(module: path))
    #expect(
      problem([module()]) { $0.targets = ["q_proj", "v_proj"] } == .idleTarget("v_proj"))
    var other = module()
    other.loraB = .zeros(rows: 3, columns: 1)
    #expect(
      problem([other]) == .factorsDoNotFit(module: path, loraA: [2, 4], loraB: [3, 1]))
    other = module()
    other.magnitude = [1]
    #expect(problem([other]) == .magnitudeWithoutDoRA(module: path))
    #expect(
      problem([other]) { $0.usesDoRA = true }
        == .magnitudeDoesNotFit(module: path, count: 1, rows: 3))
    other = module()
    other.loraA.values[0] = .infinity
    #expect(problem([other]) == .notFinite(module: path, part: "lora_A"))
    #expect(folder.contents.isEmpty)
  }
}
