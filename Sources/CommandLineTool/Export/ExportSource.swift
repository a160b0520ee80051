internal import Course
internal import Experiments
internal import FoundationEssentials
internal import Interchange
internal import LinearAlgebra
internal import Quantization

/// A Llama folder, and the adapter that was trained beside it, as they were read.
struct ExportSource {
  /// The files beside the weights that other programs need, and those that say what tokens mean.
  static let sideFiles = [
    LanguageModel.vocabularyName, "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
    "special_tokens_map.json",
  ]

  /// The paths as the user wrote them.
  let base: String
  let adapterPath: String?
  let checkpoint: LlamaCheckpoint
  let adapter: PEFTAdapter?
  private let tool: Tool

  /// Opens both, and checks that the adapter fits.
  ///
  /// - Throws: `InterchangeError`, or `ToolError.failure` for folders that do not go together.
  init(base: String, adapter: String?, _ tool: Tool) throws {
    self.base = base
    self.tool = tool
    adapterPath = adapter
    func place(_ path: String) -> String { Paths.joined(tool.workingDirectory, path) }
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: Paths.joined(place(base), name))
    }
    if has("perceptron.json") {
      throw ToolError.failure(
        "\(printable(base)): it is a perceptron, and only Llamas are exported")
    }
    if has("adapter_config.json"), !has("config.json") {
      throw ToolError.failure(
        "\(printable(base)): it is an adapter: name its base, and the adapter with --adapter")
    }
    checkpoint = try LlamaCheckpoint(path: place(base))
    self.adapter = try adapter.map { try PEFTAdapter(path: place($0)) }
    try checkFit()
  }

  private func checkFit() throws(ToolError) {
    guard let adapter, let shown = adapterPath.map({ printable($0) }) else { return }
    let shapes = Dictionary(
      checkpoint.parameters.map { ($0.name, $0.shape) }, uniquingKeysWith: { $1 })
    let changed =
      adapter.modules.map { ($0.weightName, $0.weightShape) }
      + adapter.replacements.map { ($0.name, $0.tensor.shape) }
    for (name, shape) in changed {
      guard let found = shapes[name] else {
        throw .failure(
          "\(shown): it belongs to another base: \(printable(name)) is not in \(printable(base))")
      }
      guard found == shape else {
        throw .failure(
          "\(shown): it belongs to another base: \(printable(name)) is \(Self.sides(shape)) there, "
            + "and \(Self.sides(found)) in \(printable(base))")
      }
    }
  }

  private static func sides(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: "×")
  }

  /// The files to copy beside the weights.
  func copySideFiles(to folder: String) throws {
    for name in Self.sideFiles {
      let path = Paths.joined(checkpoint.path, name)
      guard let bytes = FileManager.default.contents(atPath: path) else { continue }
      try AtomicFile.write(Array(bytes), to: Paths.joined(folder, name))
    }
  }

  /// The weights of the base, its linear layers in NF4 with quantized absmax values.
  func quantized() throws -> [(name: String, weight: StoredWeight)] {
    let quantizer = try BlockQuantizer(codebook: .nf4, blockSize: 64)
    let parameters = Dictionary(
      checkpoint.parameters.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    return try checkpoint.weights().map { name, weight in
      guard case .matrix(let matrix) = weight, parameters[name]?.isQuantizable == true else {
        return (name, weight)
      }
      let codes = try quantizer.quantize(matrix.values, shape: [matrix.rows, matrix.columns])
      return (name, .doubleFourBit(try codes.doubleQuantized()))
    }
  }

  /// What `train` wrote about the adapter, or about the base where there is none.
  ///
  /// - Returns: The record; nothing where there is no such file.
  /// - Throws: `ToolError.failure` for a file that is not JSON.
  func training() throws(ToolError) -> JSONNode? {
    let folder = adapterPath ?? base
    do throws(JSONError) {
      return try TrainingRecord.read(in: Paths.joined(tool.workingDirectory, folder))
    } catch {
      let shown = Paths.joined(folder, TrainCommand.reportName)
      throw .failure("\(printable(shown)):\(error)")
    }
  }

  /// Whether `train` says that the adapter learned beside a base in four bits.
  var learnedBesideFourBits: Bool {
    adapter != nil && TrainingRecord.isBesideFourBits(try? training())
  }
}
