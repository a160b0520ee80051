internal import Course
internal import Demonstrations

/// A file of the user's and the part of it to use.
struct WeightsChoice: Equatable {
  static let options: [CommandConfiguration.Option] = [
    .init("tensor", "NAME", "the tensor in the file"),
    .init("slice", "R,C", "the rows and columns of it, such as 0:16,0:16"),
  ]

  var path: String
  var tensor: String?
  var slice: String?

  init(path: String, _ arguments: ParsedArguments) {
    self.path = path
    tensor = arguments.value("tensor")
    slice = arguments.value("slice")
  }

  /// The words of a command that choose the same.
  var words: [String] {
    [path] + (tensor.map { ["--tensor", $0] } ?? []) + (slice.map { ["--slice", $0] } ?? [])
  }

  /// Reads the weights.
  ///
  /// - Throws: `InterchangeError`.
  func read(_ tool: Tool) throws -> NamedWeights {
    try NamedWeights(
      path: Paths.joined(tool.workingDirectory, path), tensor: tensor, slice: slice)
  }
}
