internal import Course
internal import FoundationEssentials
internal import Interchange

/// Where a reader is in each lesson, in a small text file.
///
/// A line is `<lesson> at <step>`; comments start with `#`. Lines that mean nothing to this version
/// stay as they are, and lessons and steps are named by their ids, so that no update loses progress.
struct ProgressFile {
  var path: String

  private static let header = "# Where you stopped reading in each lesson: lesson at step."

  /// The file of the user; `nil` where there is no home.
  init?(environment: [String: String]) {
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      path = state + "/lora-lessons/progress"
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      path = home + "/.local/state/lora-lessons/progress"
    } else {
      return nil
    }
  }

  private var lines: [String] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var lines = String(decoding: data, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private static func parts(_ line: String) -> (lesson: String, step: String)? {
    let words = line.split(separator: " ")
    guard words.count == 3, words[1] == "at", !line.hasPrefix("#") else { return nil }
    return (String(words[0]), String(words[2]))
  }

  /// The step at which a lesson was left.
  func step(of lesson: String) -> String? {
    lines.compactMap(Self.parts).last { $0.lesson == lesson }?.step
  }

  /// Remembers a step, or with `nil` that the lesson was read to its end.
  ///
  /// A state that cannot be kept is no reason to stop a lesson, so failures are silent.
  func remember(_ step: String?, of lesson: String) {
    var kept = lines.filter { Self.parts($0)?.lesson != lesson }
    if let step { kept.append("\(lesson) at \(step)") }
    if kept.first?.hasPrefix("#") != true { kept.insert(Self.header, at: 0) }
    try? FileManager.default.createDirectory(
      atPath: Paths.parent(path), withIntermediateDirectories: true)
    try? AtomicFile.write(kept.joined(separator: "\n") + "\n", to: path)
  }
}
