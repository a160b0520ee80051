internal import Course
internal import FoundationEssentials
internal import Interchange
internal import Training

extension ModelShape {
  /// Reads the sides of a model from its folder or from its `config.json`.
  ///
  /// All models that are made of Llama's parts can be read, such as those of Mistral and Qwen: nothing but
  /// their sides is looked at.
  ///
  /// - Parameters:
  ///   - path: The path for the system.
  ///   - shown: The path as the user wrote it.
  /// - Throws: `InterchangeError.unreadable` or `.model` where there is no file, `ToolError.failure` for one
  ///   that does not say the sides, `TrainingError.setting` for sides that cannot be.
  init(path: String, shown: String) throws {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InterchangeError.unreadable(file: shown, .missing)
    }
    let file = isFolder ? Paths.joined(path, "config.json") : path
    guard let bytes = FileManager.default.contents(atPath: file) else {
      if isFolder { throw InterchangeError.model(file: shown, .noConfiguration) }
      throw InterchangeError.unreadable(file: shown, .missing)
    }
    let fields: JSONFields
    do {
      fields = try JSONFields(parsing: [UInt8](bytes))
    } catch {
      throw ToolError.failure("\(shown): the configuration is not JSON: \(error.reason)")
    }
    func whole(_ field: String) throws -> Int? {
      do {
        return try fields.whole(field)
      } catch {
        throw ToolError.failure("\(shown): “\(field)” has to be \(error.expected)")
      }
    }
    func side(_ field: String) throws -> Int {
      guard let value = try whole(field) else {
        throw ToolError.failure(
          "\(shown): the configuration has no “\(field)”; "
            + "only models made of Llama's parts can be counted")
      }
      return value
    }
    for field in ["num_local_experts", "num_experts", "n_routed_experts"] {
      if try whole(field) != nil {
        throw ToolError.failure(
          "\(shown): a mixture of experts (“\(field)”) cannot be counted; "
            + "--params takes a number of parameters")
      }
    }
    let ties: Bool?
    do {
      ties = try fields.flag("tie_word_embeddings")
    } catch {
      throw ToolError.failure("\(shown): “\(error.field)” has to be \(error.expected)")
    }
    let heads = try side("num_attention_heads")
    self.init(
      Paths.name(shown), vocabulary: try side("vocab_size"), hidden: try side("hidden_size"),
      intermediate: try side("intermediate_size"), layers: try side("num_hidden_layers"),
      heads: heads, keyValueHeads: try whole("num_key_value_heads"),
      headSize: try whole("head_dim"), tiesEmbeddings: ties ?? false)
    try check()
  }
}
