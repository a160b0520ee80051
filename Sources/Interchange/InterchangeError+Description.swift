extension InterchangeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let file, let obstacle):
      "\(printable(file)): \(obstacle)"
    case .unwritable(let file, let reason):
      "\(printable(file)): cannot be written: \(reason)"
    case .empty(let file):
      "\(printable(file)): the file is empty"
    case .unknownFormat(let file, let looksLike):
      "\(printable(file)): \(looksLike ?? "the format is not known"); "
        + "weights are read from .csv, .tsv, .txt, .npy and .safetensors files"
    case .safetensors(let file, let problem):
      "\(printable(file)): \(problem)"
    case .npy(let file, let problem):
      "\(printable(file)): \(problem)"
    case .csv(let file, let line, let column, let problem):
      "\(printable(file)): line \(line)\(column.map { ", column \($0)" } ?? ""): \(problem)"
    case .shape(let file, let tensor, let shape, let problem):
      "\(printable(file)): \(quoted(tensor)) has shape \(shape): \(problem)"
    case .model(let file, let problem):
      "\(printable(file)): \(problem)"
    case .adapterToWrite(let folder, let problem):
      "\(printable(folder)): \(problem)"
    case .notFinite(let file, let tensor, let row, let column, let value):
      "\(printable(file)): \(quoted(tensor)) has \(value) in row \(row), column \(column) "
        + "(counted from 0); weights must be finite numbers"
    case .choice(let file, let problem):
      "\(printable(file)): \(problem)"
    case .adapter(let file, let problem):
      "\(printable(file)): \(problem)"
    case .merge(let file, let problem):
      "\(printable(file)): \(problem)"
    case .slice(let text, let problem):
      "slice \(quoted(text)): \(problem)"
    }
  }
}

extension InterchangeError.Obstacle: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing: "there is no such file"
    case .noPermission: "there is no permission to read it"
    case .directory: "it is a directory, not a file"
    case .notRegular: "it is not a regular file; save the data to a file first"
    case .system(let words): "it cannot be read: \(words)"
    }
  }
}

extension InterchangeError.ShapeProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noElements: "it has no elements"
    case .tooManyDimensions: "only tensors of one or two dimensions can be read"
    case .tooManyElements(let count, let limit):
      "\(count) elements are more than the limit of \(limit); choose a part with --slice"
    }
  }
}

extension InterchangeError.TensorChoiceProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .none:
      "the file holds no tensors"
    case .several(let listed, let more):
      "the file holds \(listed.count + more) tensors; choose one with --tensor:"
        + listed.map { "\n  \($0)" }.joined()
        + (more == 0 ? "" : "\n  and \(more) more")
    case .unknown(let name, let similar):
      "there is no tensor \(quoted(name))"
        + (similar.isEmpty
          ? "" : "; did you mean \(similar.map { quoted($0) }.joined(separator: " or "))?")
    case .unnamed(let name, let format):
      "a \(format) file holds one matrix without a name; leave out --tensor \(printable(name))"
    }
  }
}
