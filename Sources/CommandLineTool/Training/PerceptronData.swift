internal import Course
internal import Datasets

/// The table that a perceptron learns: a toy task or the user's.
struct PerceptronData {
  let schema: TableDataset.Schema
  let split: DataSplit
  /// Whether both features are lengths of one plane.
  let isPlane: Bool

  /// The share of a file's rows that is held out.
  private static let heldOutShare = 0.2

  /// - Parameters:
  ///   - source: What is learned.
  ///   - known: How the columns are read where a model knows them already.
  ///   - seed: The seed of points and choices.
  ///   - tool: Where the file is.
  /// - Throws: `DatasetError` with the rows that are wrong.
  init(
    _ source: TrainingSettings.Source, known: TableDataset.Schema?, seed: UInt64, _ tool: Tool
  ) throws {
    switch source {
    case .file(let path):
      let place = Paths.joined(tool.workingDirectory, path)
      let table =
        try known.map { try TableDataset(path: place, schema: $0) } ?? TableDataset(path: place)
      schema = table.schema
      split = try table.examples.split(validationShare: Self.heldOutShare, seed: seed)
      isPlane = false
    default:
      split = try Self.points(source, seed: seed)
      guard case .classes(_, let names) = split.train.targets else {
        throw ToolError.failure("\(source.name): there are no classes")
      }
      schema = TableDataset.Schema(features: ["x", "y"], target: "class", classes: names)
      isPlane = true
    }
  }

  private static func points(
    _ source: TrainingSettings.Source, seed: UInt64
  ) throws(DatasetError) -> DataSplit {
    switch source {
    case .turnedMoons: try TwoMoons(turn: 60).make(seed: seed)
    case .spirals: try Spirals(turns: 1.25, noise: 0.025).make(seed: seed)
    default: try TwoMoons().make(seed: seed)
    }
  }
}
