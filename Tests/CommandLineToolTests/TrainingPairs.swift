import TestSupport

/// A tiny training: each letter is followed by itself.
enum TrainingPairs {
  /// Writes the pairs, and a base that has seen them once.
  static func write(to folder: TemporaryFolder, withBase: Bool = false) throws {
    let lines = (0..<60).map { index in
      let letter = ["a", "b", "c"][index % 3]
      return "{\"prompt\": \"\(letter)\", \"completion\": \"\(letter)\"}\n"
    }
    try folder.write(lines.joined(), to: "pairs.jsonl")
    if withBase {
      let made = run("train --data pairs.jsonl --steps 1 --out base --quiet", in: folder)
      guard made.code == 0 else { throw Failure(message: made.messages) }
    }
  }

  struct Failure: Error {
    let message: String
  }
}

extension TemporaryFolder {
  /// The files below a folder inside, by their names there.
  func files(_ name: String) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for (path, bytes) in contents where path.hasPrefix(name + "/") {
      files[String(path.dropFirst(name.count + 1))] = bytes
    }
    return files
  }
}
