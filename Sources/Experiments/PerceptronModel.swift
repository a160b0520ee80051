internal import Adapters
public import Datasets
internal import FoundationEssentials
internal import Interchange
internal import LinearAlgebra
public import Models
public import Training

/// A perceptron as a folder holds it: its weights, the columns that it reads, and what it says about them.
public struct PerceptronModel: Sendable {
  public static let descriptionName = "perceptron.json"
  public static let weightsName = "model.safetensors"
  /// More layers than these come from a damaged file.
  private static let mostLayers = 64

  /// The numbers of features, from the input to the output.
  public let sizes: [Int]
  /// The columns, and the classes if the target is no number.
  public let schema: TableDataset.Schema
  /// How inputs are read.
  public let inputs: Standardization
  /// How the target is read; nothing for classes.
  public let target: Standardization?
  public let weights: ModelWeights

  /// A network that has learned nothing, for the columns of some examples.
  ///
  /// - Parameters:
  ///   - hidden: The sizes of the layers between input and output.
  ///   - examples: What will be learned, at least one.
  ///   - schema: Its columns.
  ///   - seed: The seed of the weights.
  /// - Throws: `ModelError` for sizes that are not usable.
  public init(
    hidden: [Int], examples: Examples, schema: TableDataset.Schema, seed: UInt64
  ) throws(ModelError) {
    self.schema = schema
    inputs = Standardization(of: examples.inputs)
    switch examples.targets {
    case .classes(_, let names):
      target = nil
      sizes = [examples.features] + hidden + [names.count]
    case .numbers(let numbers):
      target = Standardization(of: numbers)
      sizes = [examples.features] + hidden + [numbers.columns]
    }
    weights = try MultilayerPerceptron.randomWeights(sizes: sizes, seed: seed)
  }

  /// Reads a folder.
  ///
  /// - Parameters:
  ///   - folder: The path for the system.
  ///   - shown: The path as the user wrote it.
  /// - Throws: `InterchangeError`, or `ExperimentError.unusableModel` for a description that is not one.
  public init(folder: String, shown: String) throws {
    let path = "\(shown)/\(Self.descriptionName)"
    func broken(_ reason: String) -> ExperimentError {
      .unusableModel(path: path, reason: reason)
    }
    let file = "\(folder)/\(Self.descriptionName)"
    guard FileManager.default.fileExists(atPath: file) else {
      throw InterchangeError.unreadable(file: path, .missing)
    }
    guard let bytes = FileManager.default.contents(atPath: file),
      let fields = try? JSONFields(parsing: Array(bytes))
    else { throw broken("it is not a description of a perceptron") }
    guard let sizes = try? fields.wholes("sizes"), (2...Self.mostLayers).contains(sizes.count),
      sizes.allSatisfy({ (1...TransformerConfiguration.largestSide).contains($0) })
    else { throw broken("“sizes” is no list of sizes of layers") }
    guard let features = try? fields.texts("features"), features.count == sizes[0],
      let inputs = Self.standardization(fields, "means", "deviations", count: features.count)
    else { throw broken("“features”, “means” and “deviations” have to be \(sizes[0]) each") }
    let classes = try? fields.texts("classes")
    let outputs = sizes[sizes.count - 1]
    if let classes {
      guard classes.count == outputs, classes.count > 1 else {
        throw broken("“classes” has to have \(outputs) names")
      }
      target = nil
    } else {
      guard outputs == 1,
        let target = Self.standardization(
          fields, "targetMeans", "targetDeviations", count: outputs)
      else { throw broken("it has neither “classes” nor “targetMeans” and “targetDeviations”") }
      self.target = target
    }
    let name = (try? fields.text("target")) ?? nil
    schema = TableDataset.Schema(
      features: features, target: name ?? "class", classes: classes)
    self.sizes = sizes
    self.inputs = inputs
    weights = try Self.weights(folder: folder, shown: shown)
  }

  private static func standardization(
    _ fields: JSONFields, _ means: String, _ deviations: String, count: Int
  ) -> Standardization? {
    guard let means = try? fields.numbers(means), let deviations = try? fields.numbers(deviations),
      means.count == count, deviations.count == count, means.allSatisfy(\.isFinite),
      deviations.allSatisfy({ $0.isFinite && $0 > 0 })
    else { return nil }
    return Standardization(means: means, deviations: deviations)
  }

  private static func weights(folder: String, shown: String) throws -> ModelWeights {
    let file = try Safetensors(path: "\(folder)/\(weightsName)")
    var weights = ModelWeights()
    for tensor in file.tensors {
      let values = try file.values(of: tensor)
      guard values.allSatisfy(\.isFinite) else {
        throw ExperimentError.unusableModel(
          path: "\(shown)/\(weightsName)",
          reason: "a number of \(printable(tensor.name)) is not finite")
      }
      weights[tensor.name] = .dense(values, shape: tensor.shape)
    }
    return weights
  }

  /// The network, with all weights trained, an adapter, or nothing.
  public func network(_ method: TuningMethod) throws -> MultilayerPerceptron {
    try MultilayerPerceptron(sizes: sizes, weights: weights, method: method)
  }

  /// The network with the adapter of a folder beside its layers if one is given, for evaluation.
  ///
  /// - Throws: `InterchangeError`, `ModelError`, or `ExperimentError.unusableModel` for an adapter of another base.
  public func frozen(
    adapter: (folder: String, shown: String)?
  ) throws -> MultilayerPerceptron {
    guard let adapter else { return try network(.frozen) }
    let file = try PEFTAdapter(path: adapter.folder)
    var adapters: [String: LoRAAdapter] = [:]
    for module in file.modules {
      let shape = sizes.indices.dropLast().first { "layers.\($0)" == module.path }.map {
        [sizes[$0 + 1], sizes[$0]]
      }
      guard shape == module.weightShape else {
        throw ExperimentError.unusableModel(
          path: adapter.shown,
          reason: "it belongs to another base: \(printable(module.path)) is not a layer of this "
            + "model with \(module.weightShape.map(String.init).joined(separator: "×")) weights")
      }
      adapters[module.path] = try file.adapter(of: module)
    }
    guard !adapters.isEmpty else {
      throw ExperimentError.unusableModel(path: adapter.shown, reason: "it adapts no layer")
    }
    return try network(.lora(LoRATuning(adapters)))
  }

  /// Examples as the network reads them.
  ///
  /// - Throws: `TrainingError` where there are none, or one does not fit.
  public func rows(_ examples: Examples) throws(TrainingError) -> TableExamples {
    let inputs = inputs.standardized(examples.inputs)
    let rows = (0..<inputs.rows).map { Array(inputs.row($0)) }
    switch examples.targets {
    case .classes(let labels, _):
      return try TableExamples(inputs: rows, targets: .classes(labels.map(Int32.init)))
    case .numbers(let numbers):
      let read = target?.standardized(numbers) ?? numbers
      return try TableExamples(
        inputs: rows, targets: .numbers((0..<read.rows).map { Array(read.row($0)) }))
    }
  }
}
