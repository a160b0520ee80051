internal import Datasets

extension ParsedArguments {
  /// A positive finite number.
  func positive(_ option: String) throws(ToolError) -> Double? {
    guard let word = value(option) else { return nil }
    guard let number = Double(word), number.isFinite, number > 0 else {
      throw .usage(
        "--\(option) is a positive number such as 0.001, not “\(word)”", command: command)
    }
    return number
  }

  /// Words with commas between them.
  func words(_ option: String) throws(ToolError) -> [String]? {
    guard let text = value(option) else { return nil }
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard words.allSatisfy({ !$0.isEmpty }) else {
      throw .usage("--\(option) is a list such as one,two, not “\(text)”", command: command)
    }
    return words
  }

  /// Subjects of the exam, each once and in their own order.
  func subjects() throws(ToolError) -> [Exercise.Subject]? {
    guard let words = try words("subject") else { return nil }
    let names = Exercise.Subject.allCases.map(\.rawValue)
    for word in words where !names.contains(word) {
      throw .usage(
        "--subject is a list of \(names.joined(separator: ", ")), and “\(word)” is none of them",
        command: command)
    }
    return Exercise.Subject.allCases.filter { words.contains($0.rawValue) }
  }
}
