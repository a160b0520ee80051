internal import Course
internal import Training

/// A number with a letter or a unit behind it, as in `7B` or `24GB`.
enum WrittenAmount {
  /// The number and what stands behind it, in lower case; nil where there is no positive number.
  static func parts(of word: String) -> (number: Double, unit: String)? {
    let digits = word.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number > 0, number.isFinite else { return nil }
    let unit = word.dropFirst(digits.count).lowercased().drop { $0 == " " }
    return (number, String(unit))
  }

  private static let multiples = ["": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12]
  private static let units = [
    "": 1e9, "mb": 1e6, "gb": 1e9, "g": 1e9, "tb": 1e12, "mib": 1_048_576, "gib": 1_073_741_824,
    "tib": 1_099_511_627_776.0,
  ]

  /// The number of parameters that a word such as `7B`, `1.3b`, `350M` or `103104` says.
  static func parameters(_ word: String) -> Double? {
    guard let (number, unit) = parts(of: word) else { return nil }
    return multiples[unit].map { number * $0 }
  }

  /// The bytes that a word such as `24GB`, `24GiB` or `24` says; without a unit they are GB.
  static func bytes(_ word: String) -> Double? {
    guard let (number, unit) = parts(of: word) else { return nil }
    return units[unit].map { number * $0 }
  }
}

extension ParsedArguments {
  /// The model that `--params` names, by its size or by its name.
  func modelShape() throws(ToolError) -> ModelShape? {
    guard let word = value("params") else { return nil }
    if let found = ModelShape.published.first(where: { $0.id == word.lowercased() }) {
      return found.shape
    }
    let names = ModelShape.published.map(\.id)
    guard let count = WrittenAmount.parameters(word) else {
      throw .usage(
        "--params is a number of parameters such as 7B or 350M, or one of "
          + "\(names.joined(separator: ", ")), not “\(word)”"
          + (Spelling.nearest(to: word.lowercased(), among: names)
            .map { "; did you mean “\($0)”?" } ?? ""),
        command: command)
    }
    guard ModelShape.madeUpCounts.contains(count) else {
      throw .usage(
        "--params goes from 1M to 10000B parameters, and “\(word)” is outside", command: command)
    }
    return .like(parameters: count)
  }

  /// The bytes of an option such as `24GB`.
  func bytes(_ option: String) throws(ToolError) -> Double? {
    guard let word = value(option) else { return nil }
    guard let bytes = WrittenAmount.bytes(word) else {
      throw .usage(
        "--\(option) is an amount of memory such as 24GB or 24GiB, not “\(word)”",
        command: command)
    }
    return bytes
  }
}
