import Interchange
import LinearAlgebra
import TestSupport
import Testing

/// A change of a file that a message has to describe.
struct BrokenFile: Sendable, CustomTestStringConvertible {
  let from: String
  let to: String
  let message: String

  init(_ from: String, _ to: String, _ message: String) {
    self.from = from
    self.to = to
    self.message = message
  }

  var testDescription: String { to }
}

@Suite("What is wrong with a model's folder is said in one sentence") struct LlamaConfigurationTests
{
  /// The message about a copy of the reference model with a change in its configuration.
  private func message(
    _ name: String = "untied", replacing from: String, with to: String
  ) throws -> String {
    let folder = try TemporaryFolder()
    let text = String(
      decoding: try contents(of: CheckpointVectors.path(name, "model/config.json")), as: UTF8.self)
    #expect(text.contains(from))
    try folder.write(text.replacing(from, with: to), to: "config.json")
    try folder.write(
      try contents(of: CheckpointVectors.path(name, "model/model.safetensors")),
      to: "model.safetensors")
    let error = interchangeError { try LlamaCheckpoint(path: folder.path) }
    return (error?.description ?? "no error").replacing(folder.path + "/", with: "")
  }

  @Test(
    "In the configuration",
    arguments: [
      BrokenFile(#""vocab_size": 40"#, #""other": 40"#, "the field “vocab_size” is missing"),
      BrokenFile(
        #""hidden_size": 32"#, #""hidden_size": "32""#,
        "the value of “hidden_size” is not a whole number"),
      BrokenFile(
        #""hidden_size": 32"#, #""hidden_size": 1e1"#,
        "the value of “hidden_size” is not a whole number"),
      BrokenFile(
        #""hidden_size": 32"#, #""hidden_size": 99999999999999999999"#,
        "the value of “hidden_size” is not a whole number"),
      BrokenFile(
        #""hidden_size": 32"#, #""hidden_size": 30"#,
        "4 attention heads do not divide a hidden size of 30"),
      BrokenFile(
        #""num_key_value_heads": 2"#, #""num_key_value_heads": 3"#,
        "3 key and value heads do not divide 4 attention heads"),
      BrokenFile(
        #""num_hidden_layers": 2"#, #""num_hidden_layers": 0"#,
        "“num_hidden_layers” is 0, and it has to be a whole number from 1 to 1024"),
      BrokenFile(
        #""num_hidden_layers": 2"#, #""num_hidden_layers": -9223372036854775808"#,
        "“num_hidden_layers” is -9223372036854775808, and it has to be a whole number from 1 to 1024"
      ),
      BrokenFile(
        #""num_attention_heads": 4"#, #""num_attention_heads": 9223372036854775807"#,
        "“num_attention_heads” is 9223372036854775807, and it has to be a whole number from 1 to "
          + "1024"),
      BrokenFile(
        #""head_dim": 8"#, #""head_dim": 7"#,
        "“head_dim” is 7, and it has to be an even number up to 1024: the rotary embedding turns "
          + "pairs"),
      BrokenFile(
        #""rms_norm_eps": 1e-06"#, #""rms_norm_eps": 0.0"#,
        "“rms_norm_eps” is 0.0, and it has to be a positive number"),
      BrokenFile(
        #""rms_norm_eps": 1e-06"#, #""rms_norm_eps": 1e999"#,
        "“rms_norm_eps” is inf, and it has to be a positive number"),
      BrokenFile(
        #""bos_token_id": 1"#, #""bos_token_id": 40"#,
        "“bos_token_id” is 40, and the vocabulary has the tokens 0 to 39"),
      BrokenFile(
        #""eos_token_id": 2"#, #""eos_token_id": [2, -1]"#,
        "“eos_token_id” is -1, and the vocabulary has the tokens 0 to 39"),
      BrokenFile(
        #""model_type": "llama""#, #""model_type": "gpt2""#,
        "the model is of type “gpt2”; only llama is read"),
      BrokenFile(
        #""attention_bias": false"#, #""attention_bias": true"#,
        "“attention_bias” is true, which is not known here"),
      BrokenFile(
        #""hidden_act": "silu""#, #""hidden_act": "gelu""#,
        "“hidden_act” is \"gelu\", which is not known here"),
      BrokenFile(
        #""rope_type": "default""#, #""rope_type": "llama3""#,
        "“rope_type” is llama3, which is not known here"),
      BrokenFile(
        #""head_dim": 8"#, #""head_dim": 8, "rope_theta": 500000.0"#,
        "“rope_theta” is 500000.0 and also 10000.0 in rope_parameters"),
      BrokenFile(
        #""head_dim": 8"#, #""head_dim": 8, "rope_scaling": {"type": "linear", "factor": 2.0}"#,
        "“rope_scaling” is linear, which is not known here"
      ),
      BrokenFile(
        #""head_dim": 8"#, #""head_dim": 8, "head_dim": 8"#,
        "the field “head_dim” appears twice"),
      BrokenFile(
        #""head_dim": 8"#, #""head_dim": 8, "quantization_config": {"quant_method": "gptq"}"#,
        "the value of “quantization_config” is not 4-bit bitsandbytes"),
    ])
  func configuration(broken: BrokenFile) throws {
    let message = try message(replacing: broken.from, with: broken.to)
    #expect(message == "config.json: " + broken.message)
  }

  @Test(
    "Between the configuration and the tensors",
    arguments: [
      BrokenFile(
        #""vocab_size": 40"#, #""vocab_size": 41"#,
        "tensor “model.embed_tokens.weight” has shape [40, 32], and the configuration makes it "
          + "[41, 32]"),
      BrokenFile(
        #""num_hidden_layers": 2"#, #""num_hidden_layers": 1"#,
        "the file has “model.layers.1.input_layernorm.weight”, "
          + "“model.layers.1.mlp.down_proj.weight”, “model.layers.1.mlp.gate_proj.weight”, "
          + "“model.layers.1.mlp.up_proj.weight” and 5 more, which the model of its config.json has "
          + "not"),
      BrokenFile(
        #""num_hidden_layers": 2"#, #""num_hidden_layers": 3"#,
        "the file has no “model.layers.2.input_layernorm.weight”, "
          + "“model.layers.2.self_attn.q_proj.weight”, “model.layers.2.self_attn.k_proj.weight”, "
          + "“model.layers.2.self_attn.v_proj.weight” and 5 more"),
      BrokenFile(
        #""tie_word_embeddings": false"#, #""tie_word_embeddings": true"#,
        "tie_word_embeddings is true, but lm_head.weight differs from the embedding"),
      BrokenFile(
        #""head_dim": 8"#,
        #""quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": true}"#,
        "config.json has a quantization_config, but no tensor is stored in 4 bits"),
    ])
  func tensors(broken: BrokenFile) throws {
    let message = try message(replacing: broken.from, with: broken.to)
    #expect(message == "model.safetensors: " + broken.message)
  }

  @Test("An untied model needs its output layer")
  func noHead() throws {
    let message = try message(
      "tied", replacing: #""tie_word_embeddings": true"#, with: #""tie_word_embeddings": false"#)
    #expect(
      message
        == "model.safetensors: the file has no “lm_head.weight”, which it may lack only where "
        + "tie_word_embeddings is true")
  }

  @Test("A tied model may hold its embedding twice")
  func tiedTwice() throws {
    let folder = try TemporaryFolder()
    let file = try Safetensors(path: CheckpointVectors.path("tied", "model/model.safetensors"))
    var tensors = file.tensors.map {
      Safetensors.NewTensor(
        name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: file.bytes(of: $0))
    }
    var head = try #require(tensors.first { $0.name == "model.embed_tokens.weight" })
    head.name = "lm_head.weight"
    tensors.append(head)
    try Safetensors.write(tensors, to: folder("model.safetensors"))
    try folder.write(
      try contents(of: CheckpointVectors.path("tied", "model/config.json")), to: "config.json")
    #expect(try LlamaCheckpoint(path: folder.path).weights().count == 20)
  }

  @Test("Fields that are absent have the defaults of transformers")
  func defaults() throws {
    let folder = try TemporaryFolder()
    let configuration = try LlamaConfiguration(
      vocabularySize: 20, hiddenSize: 8, intermediateSize: 8, layerCount: 1, headCount: 2,
      tiesEmbeddings: false)
    try LlamaCheckpoint.write(
      CheckpointVectors.weights(configuration), configuration: configuration, to: folder.path)
    try folder.write(
      """
      {"model_type": "llama", "vocab_size": 20, "hidden_size": 8, "intermediate_size": 8,
       "num_hidden_layers": 1, "num_attention_heads": 2, "hidden_act": null}
      """, to: "config.json")
    #expect(try LlamaCheckpoint(path: folder.path).configuration == configuration)
  }

  @Test("A folder without the files of a model is told from a broken one")
  func missingFiles() throws {
    let folder = try TemporaryFolder()
    func error(_ path: String) -> InterchangeError? {
      interchangeError { try LlamaCheckpoint(path: path) }
    }
    #expect(error(folder("no")) == .unreadable(file: folder("no"), .missing))
    #expect(error(folder.path) == .model(file: folder.path, .noConfiguration))
    #expect(error(folder.path)?.isMissingInput == true)
    let text = try contents(of: CheckpointVectors.path("tied", "model/config.json"))
    try folder.write(text, to: "config.json")
    #expect(error(folder("config.json")) == .model(file: folder("config.json"), .notAFolder))
    #expect(error(folder.path) == .model(file: folder.path, .noWeights))
    try folder.write("x", to: "pytorch_model.bin")
    #expect(error(folder.path) == .model(file: folder.path, .pickledWeights))
    for (bytes, problem) in [
      ([0xff], ModelProblem.notUTF8(offset: 0)), (Array("[]".utf8), .notAnObject),
      (Array("{".utf8), .notJSON(offset: 1, reason: "“\"” is expected")),
    ] as [([UInt8], ModelProblem)] {
      try folder.write(bytes, to: "config.json")
      #expect(error(folder.path) == .model(file: folder("config.json"), problem))
    }
    try folder.write([], to: "config.json")
    #expect(error(folder.path) == .empty(file: folder("config.json")))
  }

  @Test("A truncated or foreign file of weights is refused")
  func truncated() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      try contents(of: CheckpointVectors.path("tied", "model/config.json")), to: "config.json")
    let bytes = try contents(of: CheckpointVectors.path("tied", "model/model.safetensors"))
    for length in [1, 8, 100, bytes.count / 2, bytes.count - 1] {
      try folder.write(Array(bytes[..<length]), to: "model.safetensors")
      let error = interchangeError { try LlamaCheckpoint(path: folder.path) }
      guard case .safetensors = error else {
        Issue.record("\(length) bytes: \(String(describing: error))")
        continue
      }
    }
  }

  @Test("A name that is not one of the model's is answered with those that are close")
  func unknownName() throws {
    let path = CheckpointVectors.path("tied", "model")
    let checkpoint = try LlamaCheckpoint(path: path)
    #expect(
      interchangeError { try checkpoint.weight(named: "model.norm.weigth") }
        == .choice(
          file: path, .unknown(name: "model.norm.weigth", similar: ["model.norm.weight"])))
  }
}
