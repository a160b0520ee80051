internal import Interchange

/// Records as a file: what experiments measured, on which base, and the command that measured it.
public struct RecordFile: Equatable, Sendable {
  public struct Entry: Equatable, Sendable {
    /// What determines the record; see ``Experiment/key``.
    public var key: String
    public var usesBase: Bool
    public var record: ExperimentRecord

    public init(key: String, usesBase: Bool, record: ExperimentRecord) {
      self.key = key
      self.usesBase = usesBase
      self.record = record
    }
  }

  /// The command that makes the file again.
  public var command: String
  /// The SHA-256 of the base model's weights; a record that uses the base counts for this one alone.
  public var base: String
  public var entries: [Entry]

  public init(command: String, base: String, entries: [Entry]) {
    self.command = command
    self.base = base
    self.entries = entries
  }

  /// The record of an experiment, where it is here and was made on the same base.
  public func record(of experiment: any Experiment, base: String) -> ExperimentRecord? {
    let entry = entries.first { $0.key == experiment.key }
    guard let entry, entry.usesBase == experiment.usesBase,
      !entry.usesBase || base == self.base
    else { return nil }
    return entry.record
  }
}

// MARK: Text

extension RecordFile {
  private static let format = 1

  /// Reads a text.
  ///
  /// - Throws: `ExperimentError.brokenRecords` with the reason.
  public init(parsing bytes: [UInt8]) throws(ExperimentError) {
    do {
      let fields = try JSONFields(parsing: bytes)
      guard try fields.whole("format") == Self.format, let command = try fields.text("command"),
        let base = try fields.text("base"), let records = try fields.objects("records")
      else {
        throw ExperimentError.brokenRecords(reason: "it is not a file of records of format 1")
      }
      self.command = command
      self.base = base
      entries = []
      for record in records {
        guard let key = try record.text("key"), let usesBase = try record.flag("usesBase"),
          let lists = try record.fields("numbers")
        else { throw ExperimentError.brokenRecords(reason: "a record lacks its key or numbers") }
        var numbers: [String: [Double]] = [:]
        for name in lists.names { numbers[name] = try lists.numbers(name) }
        entries.append(Entry(key: key, usesBase: usesBase, record: ExperimentRecord(numbers)))
      }
    } catch let error as ExperimentError {
      throw error
    } catch let error as JSONFields.NotAnObject {
      throw .brokenRecords(reason: "\(error.reason), at byte \(error.offset)")
    } catch let error as JSONFields.WrongType {
      throw .brokenRecords(reason: "“\(error.field)” is not \(error.expected)")
    } catch {
      throw .brokenRecords(reason: "\(error)")
    }
  }

  /// The file: a line for each record, with its lists in the order of their names.
  public var text: String {
    let lines = entries.map { entry in
      let lists = entry.record.numbers.sorted { $0.key < $1.key }.map { name, numbers in
        "\(jsonQuoted(name)): [\(numbers.map(Self.written).joined(separator: ", "))]"
      }
      return "    {\"key\": \(jsonQuoted(entry.key)), \"usesBase\": \(entry.usesBase), "
        + "\"numbers\": {\(lists.joined(separator: ", "))}}"
    }
    return """
      {
        "format": \(Self.format),
        "command": \(jsonQuoted(command)),
        "base": \(jsonQuoted(base)),
        "records": [
      \(lines.joined(separator: ",\n"))
        ]
      }

      """
  }

  /// The shortest text that is read as the same number; JSON has no digits for one that is not finite.
  private static func written(_ number: Double) -> String {
    guard number.isFinite else { return "\"\(number)\"" }
    return number == number.rounded() && number.magnitude < 1e15
      ? "\(Int(number))" : "\(number)"
  }
}
