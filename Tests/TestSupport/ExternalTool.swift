import Glibc

/// A program that some tests use where it is installed.
public struct ExternalTool: Sendable {
  public var name: String

  public init(_ name: String) { self.name = name }

  public var isInstalled: Bool {
    (try? run("command -v \(name)"))?.isEmpty == false
  }

  /// The output of the tool for a file that holds the bytes; `arguments` follow the file's name.
  public func output(for bytes: [UInt8], _ arguments: String = "") throws -> String {
    var template = Array("/tmp/lora-lessons-test-XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0 else { throw FileFailure(path: "/tmp") }
    close(descriptor)
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { unsafe unlink(path) }
    try write(bytes, to: path)
    return try run("\(name) \(path) \(arguments) 2>&1")
  }

  private func run(_ command: String) throws -> String {
    guard let pipe = unsafe popen(command, "r") else { throw FileFailure(path: command) }
    defer { unsafe pclose(pipe) }
    var bytes: [UInt8] = []
    while case let byte = unsafe fgetc(pipe), byte != EOF {
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
