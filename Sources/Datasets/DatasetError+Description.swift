internal import Interchange

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .setting(let name, let value, let allowed):
      "\(name) is \(printable(value, limit: 40)), and it has to be \(allowed)"
    case .tooFewExercises(let subject, let asked, let available):
      "\(asked) different exercises of \(subject) were asked for, and there are \(available); "
        + "widen the ranges or ask for fewer"
    case .file(let error):
      "\(error)"
    case .contents(let file, let problem):
      "\(printable(file)): \(problem)"
    case .lines(let file, let problems, let more):
      problems.map { "\(printable(file)):\($0.line): \($0.problem)" }.joined(separator: "\n")
        + (more == 0
          ? ""
          : "\n\(printable(file)): \(more) more \(more == 1 ? "line is" : "lines are") wrong")
    }
  }
}

extension DatasetError.FileProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLarge(let byteCount, let limit):
      "the file has \(byteCount) bytes, more than the limit of \(limit)"
    case .binary(let offset):
      "byte \(offset) is a zero, which no text has; the file seems to be binary"
    case .otherEncoding:
      "the text is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8"
    case .noText: "the file has no text"
    case .noExamples: "the file has no examples"
    case .noColumnNames(let first):
      "the first line has to name the columns, and it has the number \(quoted(first))"
    case .unnamedColumn(let place): "column \(place) has no name in the first line"
    case .duplicateColumn(let name): "two columns have the name \(quoted(name))"
    case .onlyOneColumn(let name):
      "the only column is \(quoted(name)); a target needs at least one more beside it"
    case .unknownColumn(let name, let similar, let columns):
      "there is no column \(quoted(name)); "
        + (similar.isEmpty
          ? "the columns are \(columns.prefix(12).map { quoted($0) }.joined(separator: ", "))"
          : "did you mean \(similar.map { quoted($0) }.joined(separator: " or "))?")
    case .oneClass(let name):
      "every row has the class \(quoted(name)), so that there is nothing to tell apart"
    case .tooManyClasses(let count, let limit):
      "the target has \(count) different values, more than the limit of \(limit) classes"
    case .tooShort(let characters, let needed):
      "the text has \(characters) characters, and at least \(needed) are needed"
    case .tooManyTokens(let count, let limit):
      "with padding the examples take \(count) tokens, more than the limit of \(limit); give a "
        + "shorter length, or leave out the longest examples"
    case .missingColumns(let names):
      names.count == 1
        ? "the column \(quoted(names[0])) is missing"
        : "the columns \(names.map { quoted($0) }.joined(separator: ", ")) are missing"
    }
  }
}
