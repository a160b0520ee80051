#if canImport(Glibc)
  internal import Glibc
#endif

/// A training whose outcome a lesson shows.
///
/// It is a value: the same experiment on the same base gives the same record, on any number of threads and,
/// but for the last bits of matrix products, on any processor.
public protocol Experiment: Sendable {
  /// Everything that determines the record, but for the base model, as one line of plain text, such as
  /// `known-rank: rank 2, lora r=4, seed 1`. Records are kept under it.
  var key: String { get }
  /// About how many seconds it takes on one core; only for the time that is left.
  var cost: Double { get }
  /// Whether it starts from the base model of the course.
  var usesBase: Bool { get }
  /// Trains and measures.
  ///
  /// - Throws: What training throws, and `ExperimentError.unusableModel` for a base that is missing.
  func record(_ context: ExperimentContext) throws -> ExperimentRecord
}

/// What an experiment measured: lists of numbers by name.
public struct ExperimentRecord: Equatable, Sendable {
  public var numbers: [String: [Double]]

  public init(_ numbers: [String: [Double]]) { self.numbers = numbers }

  /// The record as it is kept and shown: whole numbers as they are, others with six significant digits.
  ///
  /// More would tell apart what no figure shows, and take most of the room of a file.
  public var kept: ExperimentRecord {
    ExperimentRecord(numbers.mapValues { $0.map(Self.kept) })
  }

  private static func kept(_ number: Double) -> Double {
    guard number.isFinite, number != number.rounded() else { return number }
    let exponent = 5 - Int(log10(number.magnitude).rounded(.down))
    // Powers of ten up to this one are exact, and so the quotient is the nearest number.
    guard (-22...22).contains(exponent) else { return number }
    let scale = pow(10, Double(exponent.magnitude))
    return exponent >= 0
      ? (number * scale).rounded() / scale : (number / scale).rounded() * scale
  }

  /// A list.
  ///
  /// - Throws: `ExperimentError.missing` where the record has no such list.
  public func list(_ name: String) throws(ExperimentError) -> [Double] {
    guard let list = numbers[name] else { throw .missing(name: name) }
    return list
  }

  /// The only number of a list.
  ///
  /// - Throws: `ExperimentError.missing` where there is no list of one number.
  public func number(_ name: String) throws(ExperimentError) -> Double {
    let list = try list(name)
    guard list.count == 1 else { throw .missing(name: name) }
    return list[0]
  }
}

/// Gives the records of experiments by their keys: from where they are kept, or by training.
public typealias RecordsProvider =
  (_ experiments: [any Experiment]) throws -> [String: ExperimentRecord]

/// Why an experiment has no record.
public enum ExperimentError: Error, Equatable {
  /// A record without a number that a demonstration asks for: it was kept by another version.
  case missing(name: String)
  /// There is no record, and nothing that could make one.
  case noRecord(key: String)
  /// A file that is not one of records.
  case brokenRecords(reason: String)
  /// A folder that is not one of the toy models.
  case unusableModel(path: String, reason: String)
}

extension ExperimentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let name): "a kept result lacks “\(name)”; --retrain makes it again"
    case .noRecord(let key): "there is no result of the training “\(key)”"
    case .brokenRecords(let reason): reason
    case .unusableModel(let path, let reason): "\(path): \(reason)"
    }
  }
}
