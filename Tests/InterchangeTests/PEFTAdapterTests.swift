import Interchange
import LinearAlgebra
import TestSupport
import Testing

@Suite("PEFT adapters: reading") struct PEFTAdapterTests {
  private static let prefix = PEFTAdapter.prefix

  private func open(_ fixture: AdapterFixture) throws -> PEFTAdapter {
    let folder = try TemporaryFolder()
    try fixture.write(to: folder.path)
    return try PEFTAdapter(path: folder("adapter"))
  }

  @Test("a folder that save_pretrained wrote is read with its configuration and its pairs")
  func reference() throws {
    let adapter = try PEFTAdapter(path: LlamaVectors.folder + "/adapter")
    let configuration = adapter.configuration
    #expect(configuration.rank == 4 && configuration.alpha == 8)
    #expect(!configuration.usesDoRA && !configuration.isRankStabilized)
    #expect(!configuration.isTransposed && configuration.start == nil)
    #expect(configuration.baseModel == "llama-tiny/untied/model")
    #expect(configuration.targets.count == 7 && configuration.modulesToSave.isEmpty)
    #expect(adapter.modules.count == 14 && adapter.replacements.isEmpty)
    let module = try #require(
      adapter.modules.first { $0.path == "model.layers.1.self_attn.k_proj" })
    #expect(module.weightShape == [16, 32] && module.rank == 4 && module.scaling == 2)
    // The file of weights, beside which the configuration lies, does as well.
    let file = try PEFTAdapter(path: LlamaVectors.folder + "/adapter/adapter_model.safetensors")
    #expect(file.modules == adapter.modules)
  }

  struct Settings: Sendable, CustomTestStringConvertible {
    var settings: [String: String]
    var scaling: Double
    var testDescription: String {
      settings.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ")
    }

    init(_ key: String, _ value: String, _ scaling: Double, rank: String? = nil) {
      settings = [key: value]
      settings["r"] = rank
      self.scaling = scaling
    }
  }

  static let settings: [Settings] = [
    Settings("lora_alpha", "16", 8), Settings("lora_alpha", "0.5", 0.25),
    Settings("lora_alpha", "null", 4), Settings("use_rslora", "true", 2.8284271247461903),
    Settings("alpha_pattern", #"{"q_proj": 6}"#, 3), Settings("alpha_pattern", #"{"proj": 6}"#, 2),
    Settings("alpha_pattern", #"{"a.q_proj": 6}"#, 3),
    Settings("alpha_pattern", #"{".*_proj": 6, "q_proj": 10}"#, 3),
    Settings("alpha_pattern", #"{"^q_proj": 6}"#, 2),
    Settings("alpha_pattern", #"{"a\\.[qk]_proj": 5}"#, 2.5),
    Settings("alpha_pattern", #"{"model|q_proj": 5}"#, 2.5),
    Settings("alpha_pattern", #"{"(.*\\.)?a\\.(k|q)_proj": 5}"#, 2.5),
    Settings("rank_pattern", #"{"q_proj": 2}"#, 2, rank: "7"),
  ]

  @Test("the scaling follows alpha, the rank, their patterns and rsLoRA", arguments: settings)
  func scaling(settings: Settings) throws {
    var fixture = AdapterFixture()
    fixture.addModule("model.a.q_proj", rows: 3, columns: 4)
    for (key, value) in settings.settings { fixture.set(key, value) }
    let module = try #require(try open(fixture).modules.first)
    #expect(abs(module.scaling - settings.scaling) < 1e-12)
  }

  @Test("without a rank and an alpha, PEFT's defaults of 8 count")
  func defaults() throws {
    var fixture = AdapterFixture()
    fixture.configuration = [#""peft_type": "LORA""#]
    fixture.addModule("a", rows: 9, columns: 9, rank: 8)
    #expect(try open(fixture).modules[0].scaling == 1)
  }

  struct Hostile: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var sentence: String
    var spoil: @Sendable (inout AdapterFixture) -> Void

    init(
      _ name: String, _ sentence: String,
      _ spoil: @escaping @Sendable (inout AdapterFixture) -> Void
    ) {
      (testDescription, self.sentence, self.spoil) = (name, sentence, spoil)
    }
  }

  static let hostile: [Hostile] = [
    Hostile("no peft_type", "the key “peft_type” is missing") { $0.configuration.removeFirst() },
    Hostile("another method", "is of type “IA3”; only LORA") { $0.set("peft_type", #""IA3""#) },
    Hostile("a method that is no text", "the value of “peft_type” is not a text") {
      $0.set("peft_type", "1")
    },
    Hostile("a key twice", "the key “r” appears twice") { $0.configuration.append(#""r": 2"#) },
    Hostile("no JSON", "it is not valid JSON at byte") { $0.configuration.append("nonsense") },
    Hostile("alpha NaN", "it is not valid JSON at byte") { $0.set("lora_alpha", "NaN") },
    Hostile("alpha zero", "alpha of “lora_alpha” is 0.0, and it has to be a positive number") {
      $0.set("lora_alpha", "0")
    },
    Hostile("alpha negative", "alpha of “lora_alpha” is -4.0") { $0.set("lora_alpha", "-4") },
    Hostile("alpha infinite", "alpha of “lora_alpha” is inf") { $0.set("lora_alpha", "1e999") },
    Hostile("alpha as text", "the value of “lora_alpha” is not a number") {
      $0.set("lora_alpha", #""8""#)
    },
    Hostile("alpha of a pattern zero", "alpha of “a” is 0.0") {
      $0.set("alpha_pattern", #"{"a": 0}"#)
    },
    Hostile("rank zero", "the rank of “r” is 0, and it has to be at least 1") { $0.set("r", "0") },
    Hostile("rank negative", "the rank of “r” is -2") { $0.set("r", "-2") },
    Hostile("rank a fraction", "the value of “r” is not a whole number") { $0.set("r", "2.5") },
    Hostile("rank huge", "the value of “r” is not a whole number") {
      $0.set("r", "99999999999999999999")
    },
    Hostile("rank of another file", "“a” has rank 2 in the file and 3 in adapter_config.json") {
      $0.set("r", "3")
    },
    Hostile("rank zero in the file", "the rank of “b” is 0") {
      $0.addModule("b", rows: 3, columns: 4, rank: 0)
    },
    Hostile("rank above the shorter side", "“b” has rank 2, more than the shorter side of a 1×4") {
      $0.addModule("b", rows: 1, columns: 4)
    },
    Hostile("a pattern that is no object", "the value of “rank_pattern” is not an object") {
      $0.set("rank_pattern", "[1]")
    },
    Hostile("a malformed pattern", "the pattern “a(” is not a regular expression") {
      $0.set("rank_pattern", #"{"a(": 2}"#)
    },
    Hostile("a repetition of repetitions", "the pattern “(a+)+b” is not a regular expression") {
      $0.set("rank_pattern", #"{"(a+)+b": 2}"#)
    },
    Hostile("many repetitions", "is not a regular expression") {
      $0.set("alpha_pattern", #"{".*.*.*.*.*b": 2}"#)
    },
    Hostile("no B", "lora_A.weight” is there without “base_model.model.a.lora_B.weight”") {
      $0.tensors.remove(at: 1)
    },
    Hostile("no A", "lora_B.weight” is there without “base_model.model.a.lora_A.weight”") {
      $0.tensors.remove(at: 0)
    },
    Hostile("factors that do not fit", "lora_A is 2×4 and lora_B is 3×1") {
      $0.tensors.remove(at: 1)
      $0.add("a.lora_B.weight", .zeros(rows: 3, columns: 1))
    },
    Hostile("a convolution", "lora_A.weight” has shape [2, 4, 1]; only linear layers") {
      $0.tensors[0].shape = [2, 4, 1]
    },
    Hostile("no prefix", "“a.lora_C” does not begin with base_model.model.") {
      $0.tensors.append(.init(name: "a.lora_C", shape: [1], values: [1]))
    },
    Hostile("an unknown part", "the tensor “base_model.model.a.lora_C” is none of") {
      $0.tensors.append(.init(name: "base_model.model.a.lora_C", shape: [1], values: [1]))
    },
    Hostile("no tensors", "the file holds no tensors") { $0.tensors = [] },
    Hostile("DoRA without a magnitude", "without “base_model.model.a.lora_magnitude_vector”") {
      $0.set("use_dora", "true")
    },
    Hostile("a magnitude without DoRA", "belongs to DoRA, but the configuration") {
      $0.tensors.append(
        .init(name: "base_model.model.a.lora_magnitude_vector", shape: [3], values: [1, 1, 1]))
    },
    Hostile("a magnitude of another length", "has 2 numbers, and lora_B 3 rows") {
      $0.set("use_dora", "true")
      $0.tensors.append(
        .init(name: "base_model.model.a.lora_magnitude_vector", shape: [2], values: [1, 1]))
    },
    Hostile("a bias of B", "the adapter uses “lora_bias”, which is not known here") {
      $0.set("lora_bias", "true")
    },
    Hostile("parameters of experts", "the adapter uses “target_parameters”") {
      $0.set("target_parameters", #"["experts.w1"]"#)
    },
  ]

  @Test("a hostile adapter gets one sentence with the file and the place", arguments: hostile)
  func refused(hostile: Hostile) throws {
    var fixture = AdapterFixture()
    fixture.addModule("a", rows: 3, columns: 4, base: false)
    #expect(throws: Never.self) { try open(fixture) }
    hostile.spoil(&fixture)
    let error = interchangeError { try open(fixture) }
    let sentence = try #require(error).description
    #expect(sentence.contains(hostile.sentence), "\(sentence)")
    #expect(sentence.contains("/adapter/adapter_"), "\(sentence)")
    #expect(error?.category == .invalidContents)
    #expect(!sentence.contains("\n"))
  }

  @Test("numbers that are not finite are named with their module and their place")
  func notFinite() throws {
    var fixture = AdapterFixture()
    fixture.addModule("a", rows: 3, columns: 4)
    var loraB = Matrix.zeros(rows: 3, columns: 2)
    loraB[2, 1] = .nan
    fixture.tensors.remove(at: 1)
    fixture.add("a.lora_B.weight", loraB)
    let folder = try TemporaryFolder()
    try fixture.write(to: folder.path)
    let adapter = try PEFTAdapter(path: folder("adapter"))
    let error = interchangeError { try adapter.adapter(of: adapter.modules[0]) }
    #expect(
      error?.description.hasSuffix("“a”: B has a number that is not finite in row 2, column 1")
        == true)
  }

  @Test("weights without a configuration, pickled weights and missing folders are no input")
  func incomplete() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "alone/adapter_model.safetensors")
    for path in [folder("alone"), folder("alone/adapter_model.safetensors")] {
      let error = interchangeError { try PEFTAdapter(path: path) }
      #expect(error == .adapter(file: path, .noConfiguration))
      #expect(error?.category == .missingInput)
    }
    try folder.write(#"{"peft_type": "LORA"}"#, to: "old/adapter_config.json")
    try folder.write("x", to: "old/adapter_model.bin")
    #expect(
      interchangeError { try PEFTAdapter(path: folder("old")) }
        == .adapter(file: folder("old"), .pickledWeights))
    #expect(
      interchangeError { try PEFTAdapter(path: folder("none")) }
        == .unreadable(file: folder("none"), .missing))
  }
}
