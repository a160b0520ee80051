internal import Autograd
internal import Course
internal import Datasets
internal import Experiments
internal import Interchange
internal import LinearAlgebra
internal import Models
internal import Training

/// A perceptron that tells classes apart.
struct PerceptronRun: TrainingRun {
  private static let hidden = 32
  private static let descriptionName = "perceptron.json"

  private let model: MultilayerPerceptron
  private let features: [String]
  private let classes: [String]
  private let isOfFile: Bool
  private let standardization: Standardization
  private let heldOut: TableExamples?
  let task: any TrainingTask
  let validation: Validation?

  init(_ settings: TrainingSettings, _ tool: Tool) throws {
    var split: DataSplit
    if case .file(let path) = settings.source {
      isOfFile = true
      let table = try TableDataset(path: Paths.joined(tool.workingDirectory, path))
      guard table.schema.classes != nil else {
        throw ToolError.failure(
          "\(path): the last column, \(printable(table.schema.target)), holds numbers, and train "
            + "takes classes; give the classes names such as a and b")
      }
      features = table.schema.features
      split = try table.examples.split(validationShare: 0.2, seed: settings.seed)
    } else {
      isOfFile = false
      features = ["x", "y"]
      split = try TwoMoons().make(seed: settings.seed)
    }
    var apart: Examples?
    if settings.validateEvery != nil {
      let inner = try split.train.split(
        validationShare: Self.validationShare, seed: settings.seed)
      apart = inner.validation
      split = DataSplit(train: inner.train, validation: split.validation)
    }
    guard case .classes(_, let names) = split.train.targets else {
      throw ToolError.failure("\(settings.source.name): there are no classes")
    }
    classes = names
    standardization = Standardization(of: split.train.inputs)
    heldOut =
      try split.validation.count == 0 ? nil : Self.rows(split.validation, standardization)
    let sizes = [features.count, Self.hidden, Self.hidden, names.count]
    model = try MultilayerPerceptron(
      sizes: sizes,
      weights: MultilayerPerceptron.randomWeights(sizes: sizes, seed: settings.seed),
      method: .full)
    task = try TableTask(
      model, examples: Self.rows(split.train, standardization), batchSize: settings.batch,
      seed: settings.seed)
    if let apart, apart.count == 0 {
      throw ToolError.usage(
        "--validate needs more rows than \(settings.source.name) has", command: "train")
    }
    if let apart {
      validation = try Validation(model, examples: Self.rows(apart, standardization))
    } else {
      validation = nil
    }
  }

  /// The share of what would be learned that is measured on instead.
  private static let validationShare = 0.1

  func validationScore() throws -> Double? { nil }

  func inputBytes() -> [UInt8] {
    guard isOfFile, let task = task as? TableTask else { return [] }
    var bytes: [UInt8] = []
    for row in task.examples.inputs {
      for value in row { bytes.append(littleEndian: value.bitPattern) }
    }
    if case .classes(let labels) = task.examples.targets {
      for label in labels { bytes.append(littleEndian: UInt32(bitPattern: label)) }
    }
    return bytes
  }

  private static func rows(
    _ examples: Examples, _ standardization: Standardization
  ) throws -> TableExamples {
    let inputs = standardization.standardized(examples.inputs)
    return try TableExamples(
      inputs: (0..<inputs.rows).map { Array(inputs.row($0)) },
      targets: .classes((examples.labels ?? []).map(Int32.init)))
  }

  var fileNames: [String] { ["model.safetensors", Self.descriptionName] }

  func scores(progress: (Double) -> Void) throws -> [Score] {
    guard let heldOut, case .classes(let labels) = heldOut.targets else { return [] }
    let batch = min(labels.count, 1024)
    let task = try TableTask(model, examples: heldOut, batchSize: batch, trains: false)
    var score = Score(group: Score.heldOut, right: 0, total: 0)
    for start in stride(from: 0, to: labels.count, by: batch) {
      let rows = Array(start..<min(start + batch, labels.count))
      task.load(rows)
      task.plan.forward()
      let outputs = task.plan.values(of: task.output)
      for (row, example) in rows.enumerated() {
        let logits = outputs[row * classes.count..<(row + 1) * classes.count]
        let best = logits.indices.max { logits[$0] < logits[$1] } ?? logits.startIndex
        score.total += 1
        if best - logits.startIndex == Int(labels[example]) { score.right += 1 }
      }
    }
    return [score]
  }

  func write(to folder: String) throws {
    let tensors = model.parameters.map {
      Safetensors.NewTensor(name: $0.name, shape: $0.shape, values: $0.values)
    }
    let description = JSONNode.object([
      ("sizes", .array(model.sizes.map { .integer($0) })), ("activation", .string("tanh")),
      ("features", .array(features.map(JSONNode.string))),
      ("means", .array(standardization.means.map(JSONNode.number))),
      ("deviations", .array(standardization.deviations.map(JSONNode.number))),
      ("classes", .array(classes.map(JSONNode.string))),
    ])
    let files: [(name: String, bytes: [UInt8])] = [
      ("model.safetensors", try Safetensors.serialized(tensors, metadata: [("format", "pt")])),
      (Self.descriptionName, Array((description.serialized() + "\n").utf8)),
    ]
    try AtomicFile.write(files.map { (path: Paths.joined(folder, $0.name), bytes: $0.bytes) })
  }
}
