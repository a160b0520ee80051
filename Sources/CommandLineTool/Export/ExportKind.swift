internal import Adapters
internal import Course
internal import Interchange
internal import LinearAlgebra
internal import Quantization

/// What `export` makes of a model.
enum ExportKind: String, CaseIterable {
  /// Base and adapter as one plain Llama folder.
  case merged
  /// The base in four bits, as bitsandbytes stores it.
  case nf4
  /// The adapter alone, as PEFT saves it.
  case adapter
  /// A Python script that trains the same with PEFT, and all that it needs.
  case recipe

  /// The file that tells such a folder from others.
  var mark: String {
    switch self {
    case .merged, .nf4: "config.json"
    case .adapter: "adapter_config.json"
    case .recipe: RecipeExport.settingsName
    }
  }
}

extension ExportSource {
  /// Writes base and adapter as one model in numbers, each computed in double precision and rounded once.
  ///
  /// - Parameters:
  ///   - folder: The folder to write into.
  ///   - quantizingFirst: Whether the base is brought to NF4 first, as QLoRA does, and the adapter added to
  ///     the numbers that this leaves.
  ///   - progress: Called now and then with the share that is done; what it throws stops the writing.
  /// - Returns: What was done to each tensor.
  /// - Throws: `InterchangeError` for numbers that cannot be read, merged or written.
  func writeMerged(
    to folder: String, quantizingFirst: Bool, progress: (Double) throws -> Void
  ) throws -> [MergedTensor] {
    let weights = quantizingFirst ? try quantized() : try checkpoint.weights()
    try LlamaCheckpoint.write(
      weights.map { name, weight in
        (name, weight.quantized.map { .matrix($0.dequantizedMatrix()) } ?? weight)
      }, configuration: checkpoint.configuration, to: folder)
    try copySideFiles(to: folder)
    guard let adapter else { return [] }
    let path = Paths.joined(folder, "model.safetensors")
    let merge = try AdapterMerge(
      base: Safetensors(path: path), adapters: [AdapterMerge.Weighted(adapter)]
    ) { adapters, _ in adapters[0] }
    return try merge.write(to: path, mayGoOn: progress)
  }

  /// Writes the base in NF4 with quantized absmax values, which transformers loads with bitsandbytes.
  ///
  /// - Throws: `ToolError.failure` for a base that is in four bits already.
  func writeFourBit(to folder: String) throws {
    guard checkpoint.quantization == nil else {
      throw ToolError.failure("\(printable(base)): it is in 4 bits already")
    }
    try LlamaCheckpoint.write(
      quantized(), configuration: checkpoint.configuration, to: folder)
    try copySideFiles(to: folder)
  }

  /// Writes the adapter in single precision under the whole paths of its modules.
  ///
  /// - Throws: `ToolError.failure` for what such a folder cannot hold.
  func writeAdapter(to folder: String) throws {
    guard let adapter else { return }
    if let replacement = adapter.replacements.first {
      throw ToolError.failure(
        "\(printable(adapter.path)): it replaces \(printable(replacement.name)), which an adapter of "
          + "low rank does not hold; --as merged writes both as one model")
    }
    if adapter.configuration.changesBase {
      throw ToolError.failure(
        "\(printable(adapter.path)): its start, \(adapter.configuration.start ?? ""), took a part out of "
          + "the base, and it belongs to the rest; --as merged of that base writes both as one model"
      )
    }
    let known = adapter.configuration
    var configuration = PEFTAdapterWriter.Configuration(rank: known.rank, alpha: known.alpha)
    configuration.isRankStabilized = known.isRankStabilized
    configuration.usesDoRA = known.usesDoRA
    configuration.baseModel = base
    let modules = try adapter.modules.map { module in
      let factors = try adapter.adapter(of: module)
      return PEFTAdapterWriter.Module(
        path: module.path, loraA: factors.loraA, loraB: factors.loraB,
        magnitude: factors.magnitude, alpha: module.alpha)
    }
    try PEFTAdapterWriter.write(modules, configuration: configuration, to: folder)
  }
}
