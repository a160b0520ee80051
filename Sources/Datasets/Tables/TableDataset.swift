internal import Interchange
internal import LinearAlgebra

/// Examples for a perceptron from a table: one column is the target, all others are inputs.
///
/// What is learned from the training file, the names of inputs and classes, is a value of its own, the
/// schema, so that another file can be read in the same way.
public struct TableDataset: Equatable, Sendable {
  /// How a table is read.
  public struct Schema: Equatable, Codable, Sendable {
    /// The names of the inputs, in the order of the features.
    public let features: [String]
    /// The name of the target.
    public let target: String
    /// The classes of the target; nothing where it is a number.
    public let classes: [String]?

    public init(features: [String], target: String, classes: [String]?) {
      self.features = features
      self.target = target
      self.classes = classes
    }
  }

  /// What the target is.
  public enum TargetKind: String, CaseIterable, Codable, Sendable {
    case classes, numbers
  }

  /// More classes than this are a mistake, such as a number taken for a class.
  public static let mostClasses = 256

  public let schema: Schema
  /// The examples in the order of the file, as they stand there.
  public let examples: Examples
  /// The line of the file of each example, counted from 1.
  public let lines: [Int]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: A table whose first line names the columns.
  ///   - target: The column to predict; nothing for the last one.
  ///   - kind: Whether the target is a class or a number; nothing for numbers if most of its cells are
  ///     numbers, and classes otherwise.
  /// - Throws: `file`, `contents`, or `lines` with all that is wrong, up to a limit.
  public init(
    path: String, target: String? = nil, kind: TargetKind? = nil
  ) throws(DatasetError) {
    let table = try TableFile(path: path)
    let place = try target.map { name throws(DatasetError) in try table.index(ofColumn: name) }
    let targetColumn = place ?? table.columns.count - 1
    guard table.columns.count > 1 else {
      throw .contents(file: path, .onlyOneColumn(table.columns[0]))
    }
    let cells = table.rows.map { $0.cells[targetColumn] }
    // A single mistyped number should not turn all numbers into classes.
    let areNumbers = 2 * cells.count { table.number(in: $0) != nil } > cells.count
    var classes: [String]?
    if kind == .classes || kind == nil && !areNumbers {
      let names = Set(cells).subtracting([""]).sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
      guard names.count <= Self.mostClasses else {
        throw .contents(
          file: path, .tooManyClasses(count: names.count, limit: Self.mostClasses))
      }
      if names.count == 1 { throw .contents(file: path, .oneClass(names[0])) }
      classes = names
    }
    var features = table.columns
    features.remove(at: targetColumn)
    try self.init(
      table, Schema(features: features, target: table.columns[targetColumn], classes: classes))
  }

  /// Reads another file in the way of a schema; its columns may stand in another order, and columns
  /// that the schema does not name are left out.
  ///
  /// - Throws: `file`, `contents`, or `lines`, for a class that the schema does not know too.
  public init(path: String, schema: Schema) throws(DatasetError) {
    let table = try TableFile(path: path)
    let missing = (schema.features + [schema.target]).filter { !table.columns.contains($0) }
    guard missing.isEmpty else { throw .contents(file: path, .missingColumns(missing)) }
    try self.init(table, schema)
  }

  private init(_ table: TableFile, _ schema: Schema) throws(DatasetError) {
    var places: [Int] = []
    for name in schema.features { places.append(try table.index(ofColumn: name)) }
    let targetPlace = try table.index(ofColumn: schema.target)
    var values: [Float] = []
    var numbers: [Float] = []
    var labels: [Int] = []
    var problems = LineProblems()
    for (line, cells) in table.rows {
      for (name, place) in zip(schema.features, places) {
        values.append(Self.number(cells[place], name, line, table, &problems))
      }
      guard let classes = schema.classes else {
        numbers.append(
          Self.number(cells[targetPlace], schema.target, line, table, &problems))
        continue
      }
      let label = classes.firstIndex(of: cells[targetPlace])
      if label == nil {
        problems.add(
          line: line, Self.unknownClass(cells[targetPlace], schema.target, classes))
      }
      labels.append(label ?? 0)
    }
    try problems.check(table.path)
    let count = table.rows.count
    let targets: Examples.Targets =
      schema.classes.map { .classes(labels, names: $0) }
      ?? .numbers(Matrix(rows: count, columns: 1, values: numbers))
    self.schema = schema
    examples = Examples(
      inputs: Matrix(rows: count, columns: places.count, values: values), targets: targets)
    lines = table.rows.map(\.line)
  }

  private static func unknownClass(_ cell: String, _ name: String, _ classes: [String]) -> String {
    guard !cell.isEmpty else { return "column \(quoted(name)): the cell is empty" }
    let list = classes.prefix(8).map { quoted($0) }.joined(separator: ", ")
    return "column \(quoted(name)): the class \(quoted(cell)) is none of \(list)"
      + (classes.count > 8 ? " and \(classes.count - 8) more" : "")
  }

  /// The finite number in a cell, or 0 and a problem.
  private static func number(
    _ cell: String, _ name: String, _ line: Int, _ table: TableFile,
    _ problems: inout LineProblems
  ) -> Float {
    let value = table.number(in: cell)
    if let value, value.isFinite { return value }
    let isNumber = cell.utf8.contains { (0x30...0x39).contains($0) }
    let reason =
      if cell.isEmpty {
        "the cell is empty"
      } else if value == nil {
        "\(quoted(cell)) is not a number"
      } else if isNumber {
        "\(quoted(cell)) is too large for single precision"
      } else {
        "\(quoted(cell)) is not a finite number"
      }
    problems.add(line: line, "column \(quoted(name)): \(reason)")
    return 0
  }
}
