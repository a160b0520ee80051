/// A file that cannot be read or written, or words of the user that do not fit it.
///
/// Each description is one sentence that names the file and the place; only the list of the tensors
/// of a file takes more lines.
public enum InterchangeError: Error, Equatable, Sendable {
  /// The file is missing or cannot be opened as a regular file.
  case unreadable(file: String, Obstacle)
  /// The file could not be written; what was there before is untouched.
  case unwritable(file: String, reason: String)
  /// The file has no bytes.
  case empty(file: String)
  /// Neither the extension nor the first bytes tell a format that can be read.
  case unknownFormat(file: String, looksLike: String?)
  /// The file breaks a rule of the safetensors format.
  case safetensors(file: String, Safetensors.Problem)
  /// The file breaks a rule of NumPy's `.npy` format, or holds something else than weights.
  case npy(file: String, NPY.Problem)
  /// A line of a table of numbers is wrong; both places are counted from 1.
  case csv(file: String, line: Int, column: Int?, CSVMatrix.Problem)
  /// The tensor has no elements, too many dimensions or too many elements.
  case shape(file: String, tensor: String, shape: [Int], ShapeProblem)
  /// A model's configuration or its tensors are wrong, or do not fit one another.
  case model(file: String, ModelProblem)
  /// An adapter that is to be written is wrong.
  case adapterToWrite(folder: String, PEFTAdapterWriter.Problem)
  /// A weight is not a finite number; its place is counted from 0 in the whole tensor.
  case notFinite(file: String, tensor: String, row: Int, column: Int, value: String)
  /// The choice of a tensor does not fit the file.
  case choice(file: String, TensorChoiceProblem)
  /// The file belongs to an adapter that cannot be used.
  case adapter(file: String, PEFTAdapter.Problem)
  /// The adapters do not go into the base.
  case merge(file: String, AdapterMerge.Problem)
  /// The text of a slice is malformed, or selects what the tensor does not have.
  case slice(text: String, MatrixSlice.Problem)

  /// Why a file cannot be opened.
  public enum Obstacle: Equatable, Sendable {
    case missing
    case noPermission
    case directory
    case notRegular
    /// The system's own words for any other failure.
    case system(String)
  }

  /// Why a tensor cannot become a matrix.
  public enum ShapeProblem: Equatable, Sendable {
    case noElements
    case tooManyDimensions
    case tooManyElements(count: Int, limit: Int)
  }

  /// Why the tensor to read is not known.
  public enum TensorChoiceProblem: Equatable, Sendable {
    /// The file holds no tensor at all.
    case none
    /// The file holds several: the first of them, with type and shape, and how many more.
    case several(listed: [String], more: Int)
    /// The file has no tensor of this name; some names are close to it.
    case unknown(name: String, similar: [String])
    /// A file of this format holds one matrix without a name.
    case unnamed(name: String, format: String)
  }

  /// Who can put the failure right, for the caller that chooses an exit code.
  public enum Category: Equatable, Sendable {
    /// The file is not there or cannot be opened.
    case missingInput
    /// The file is there, but its contents are wrong.
    case invalidContents
    /// The words of the command, such as a slice or the name of a tensor, are wrong.
    case usage
    /// The result could not be written.
    case cannotWrite
  }

  /// Who can put the failure right.
  public var category: Category {
    switch self {
    case .unreadable: .missingInput
    case .unwritable: .cannotWrite
    case .slice: .usage
    case .model(_, .noConfiguration), .model(_, .noWeights): .missingInput
    case .model, .adapterToWrite, .choice(_, .none): .invalidContents
    case .choice: .usage
    case .adapter(_, .noConfiguration): .missingInput
    case .empty, .unknownFormat, .safetensors, .npy, .csv, .shape, .notFinite, .adapter, .merge:
      .invalidContents
    }
  }

  /// Whether the file is missing or cannot be opened, as against malformed.
  public var isMissingInput: Bool { category == .missingInput }
}
