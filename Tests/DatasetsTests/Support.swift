import Datasets
import TestSupport

/// The error that a closure throws, with the folder of the test left out of its words.
func message<Result>(in folder: TemporaryFolder? = nil, _ body: () throws -> Result) -> String {
  do {
    _ = try body()
    return "no error"
  } catch {
    return "\(error)".replacing((folder?.path ?? "/nowhere") + "/", with: "")
  }
}

/// What is read from a file of some text.
func reading<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
  let folder = try TemporaryFolder()
  try folder.write(text, to: "f")
  return try body(folder("f"))
}

/// The message about a file of some bytes.
func message<Result>(
  about bytes: [UInt8], _ body: (String) throws -> Result
) throws -> String {
  let folder = try TemporaryFolder()
  try folder.write(bytes, to: "f")
  return message(in: folder) { try body(folder("f")) }
}
