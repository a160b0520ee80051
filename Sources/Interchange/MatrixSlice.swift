/// A part of a matrix in the notation of Python: `0:16,0:16`, `:,3:9`, `10:20`, `-1`.
///
/// The first part chooses rows and the second columns; a vector has one part. A number alone chooses
/// one row or column, an omitted end reaches to the edge, and a negative number counts from the end.
/// Unlike in Python, a part that reaches beyond the edge or chooses nothing is refused.
public struct MatrixSlice: Equatable, Sendable {
  /// The text as it was given.
  public let text: String
  private let parts: [Part]

  private enum Part: Equatable {
    case index(Int)
    case range(Int?, Int?)
  }

  /// Why a slice is refused.
  public enum Problem: Error, Equatable, Sendable {
    case malformed(part: String)
    case hasStep(part: String)
    case tooManyParts(count: Int, shape: [Int])
    case outOfRange(part: Int, dimension: Int, shape: [Int])
    case selectsNothing(dimension: Int, shape: [Int])
  }

  /// Parses the text of a slice.
  ///
  /// - Throws: `slice` if the text is malformed.
  public init(parsing text: String) throws(InterchangeError) {
    self.text = text
    var parts: [Part] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      do {
        parts.append(try Self.part(piece))
      } catch {
        throw .slice(text: text, error)
      }
    }
    self.parts = parts
  }

  /// The elements of each dimension that the slice chooses in a shape of one or two dimensions.
  ///
  /// Parts that are left out choose the whole dimension.
  ///
  /// - Throws: `slice` if the slice has more parts than the shape, or reaches beyond it.
  public func ranges(in shape: [Int]) throws(InterchangeError) -> [Range<Int>] {
    guard parts.count <= shape.count else {
      throw .slice(text: text, .tooManyParts(count: parts.count, shape: shape))
    }
    var ranges: [Range<Int>] = []
    for (dimension, length) in shape.enumerated() {
      guard dimension < parts.count else {
        ranges.append(0..<length)
        continue
      }
      /// The place that a number means; the place after the last element is one only for a range.
      func place(_ number: Int, last: Int) throws(InterchangeError) -> Int {
        let place = number < 0 ? number + length : number
        guard (0...last).contains(place) else {
          throw .slice(
            text: text, .outOfRange(part: number, dimension: dimension, shape: shape))
        }
        return place
      }
      guard length > 0 else {
        throw .slice(text: text, .selectsNothing(dimension: dimension, shape: shape))
      }
      switch parts[dimension] {
      case .index(let number):
        let index = try place(number, last: length - 1)
        ranges.append(index..<index + 1)
      case .range(let first, let end):
        let lower = try place(first ?? 0, last: length)
        let upper = try place(end ?? length, last: length)
        guard lower < upper else {
          throw .slice(text: text, .selectsNothing(dimension: dimension, shape: shape))
        }
        ranges.append(lower..<upper)
      }
    }
    return ranges
  }

  private static func part(_ text: Substring) throws(Problem) -> Part {
    let bounds = text.split(separator: ":", omittingEmptySubsequences: false)
    guard bounds.count <= 2 else {
      throw bounds.count == 3 ? .hasStep(part: String(text)) : .malformed(part: String(text))
    }
    var numbers: [Int?] = []
    for bound in bounds {
      let word = bound.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      if word.isEmpty {
        numbers.append(nil)
      } else if let number = Int(String(word)), word.first != "+" {
        numbers.append(number)
      } else {
        throw .malformed(part: String(text))
      }
    }
    if numbers.count == 2 { return .range(numbers[0], numbers[1]) }
    guard let index = numbers[0] else { throw .malformed(part: String(text)) }
    return .index(index)
  }
}

extension MatrixSlice.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let part):
      "\(quoted(part)) is neither a number nor a range such as 0:16"
    case .hasStep(let part):
      "\(quoted(part)) has a step; only ranges of neighbours, such as 0:16, can be chosen"
    case .tooManyParts(let count, let shape):
      "it has \(count) parts, but the shape is \(shape)"
    case .outOfRange(let part, let dimension, let shape):
      "\(part) is out of range for dimension \(dimension) of the shape \(shape)"
    case .selectsNothing(let dimension, let shape):
      "it chooses nothing of dimension \(dimension) of the shape \(shape)"
    }
  }
}
