internal import CairoRendering
internal import Course
internal import Datasets
internal import Demonstrations
internal import Interchange
internal import Models
internal import Quantization
internal import Training

/// What the tool tells the shell.
enum ExitCode: Int32 {
  case success = 0
  case failure = 1
  /// `check` found something, or errors that it finds keep `preview` from writing a page.
  case findings = 2
  case usage = 64
  case noInput = 66
  case cannotCreate = 73
  case interrupted = 130
}

/// A failure of the tool itself.
enum ToolError: Error, Equatable {
  /// The command line is wrong; `command` names the one whose help shows how it is right.
  case usage(String, command: String? = nil)
  case failure(String)
  /// What is to be read is not there.
  case missing(String)
  case cannotCreate(path: String, reason: String)
  case interrupted
}

extension ExitCode {
  /// The one place where errors become exit codes.
  init(_ error: any Error) {
    switch error {
    case ToolError.usage: self = .usage
    case ToolError.failure: self = .failure
    case ToolError.missing: self = .noInput
    case ToolError.cannotCreate: self = .cannotCreate
    case ToolError.interrupted: self = .interrupted
    case DatasetError.file(let error): self.init(error)
    case let error as DatasetError: self = error.isUsage ? .usage : .failure
    case TrainingError.setting, ModelError.noTarget: self = .usage
    case let error as InterchangeError:
      switch error.category {
      case .missingInput: self = .noInput
      case .invalidContents: self = .failure
      case .usage: self = .usage
      case .cannotWrite: self = .cannotCreate
      }
    case let error as CourseError:
      switch error {
      case .noLessonsFolder, .unknownLesson: self = .noInput
      case .notALessonID, .unknownStep, .unknownSetting, .noWeightsAccepted: self = .usage
      case .brokenLesson, .unknownDemonstration, .dataOutside, .missingValue, .notAFlag,
        .noVerdict:
        self = .failure
      }
    case let error as DemonstrationError:
      switch error {
      case .outOfRange, .notWhole: self = .usage
      case .needsWeights, .unsuitableWeights: self = .failure
      }
    default: self = .failure
    }
  }

  /// The one place where errors become sentences.
  static func message(_ error: any Error, tool: String) -> String {
    switch error {
    case ToolError.usage(let text, let command):
      text + "\nsee \(tool) \(command.map { "\($0) " } ?? "")--help"
    case ToolError.failure(let text), ToolError.missing(let text): text
    case ToolError.cannotCreate(let path, let reason): "\(path): cannot be written: \(reason)"
    case ToolError.interrupted: "interrupted"
    default: "\(error)"
    }
  }
}
