internal import Course
internal import FoundationEssentials
internal import Glibc

/// Sees when the files of a lesson change, by looking at them again and again.
///
/// The notices of the system would cost less, but they do not come for changes that another machine
/// makes on a network file system, nor through some of the layers that containers have. A lesson has
/// a handful of files, and a look at them costs microseconds.
struct LessonWatch {
  let folder: String
  /// Files elsewhere that the lesson reads, as its plan was when they were last asked for.
  var data: [String] = []

  /// What changes when a file does, also where an editor puts another file in its place.
  struct Trace: Equatable {
    var number: UInt
    var size: Int
    var seconds: Int
    var nanoseconds: Int
  }

  /// The traces of all files of the lesson, by their paths: those in its folder, and its data.
  func traces() -> [String: Trace] {
    var traces: [String: Trace] = [:]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    // Editors keep copies of their own beside a file.
    let own = names.filter { !$0.hasPrefix(".") && !$0.hasSuffix("~") }
    for path in own.map({ Paths.joined(folder, $0) }) + data {
      var status = stat()
      guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      traces[path] = Trace(
        number: status.st_ino, size: status.st_size, seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec)
    }
    return traces
  }
}
