import Foundation

/// The path of the tool that was built together with the tests that run.
public let builtTool: String =
  (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
  .map { ($0 as NSString).deletingLastPathComponent + "/lora-lessons" } ?? "lora-lessons"
