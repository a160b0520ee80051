import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A training that was stopped", .serialized) final class TrainingResumeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TrainingPairs.write(to: folder, withBase: true)
  }

  deinit { ToolProcess.clean(folder) }

  static let lines = [
    "train --data pairs.jsonl --steps 90 --batch 8 --validate 10",
    "train --data pairs.jsonl --method lora --base base --rank 2 --dropout 0.1 --dora --steps 90"
      + " --batch 4 --accumulate 2 --lora-plus 4 --validate 10",
    "train --data pairs.jsonl --method qlora --base base --rank 2 --rslora --steps 90 --batch 8"
      + " --optimizer sgd --momentum 0.9 --lr 0.1 --schedule linear",
  ]

  @Test(
    "goes on to the files of the run that never stopped, after kill -9 and after Ctrl-C",
    .enabled(if: ToolProcess.isBuilt), arguments: lines, [SIGKILL, SIGINT])
  func killed(line: String, signal: Int32) throws {
    let checkpoint = "stopped/checkpoint/state.safetensors"
    let process = try ToolProcess(
      "$TOOL \(line) --lang en --checkpoint 7 --out stopped", in: folder)
    for _ in 0..<4000 where !FileManager.default.fileExists(atPath: folder(checkpoint)) {
      usleep(5000)
    }
    process.send(signal)
    #expect(process.wait() == (signal == SIGKILL ? 137 : 130))
    if signal == SIGINT {
      #expect(
        ToolProcess.messages(of: folder).contains("lora-lessons train --resume --out stopped"))
    }
    #expect(folder.files("stopped").keys.allSatisfy { $0.hasPrefix("checkpoint/") })
    // Without the word it is not touched, and nothing is begun over it.
    let kept = folder.bytes(checkpoint)
    #expect(run(line + " --lang en --out stopped", in: folder).code == 73)
    #expect(folder.bytes(checkpoint) == kept)

    let resumed = run("train --resume --out stopped", in: folder)
    #expect(resumed.code == 0, "\(resumed.messages)")
    let whole = run(line + " --lang en --out whole", in: folder)
    #expect(whole.code == 0, "\(whole.messages)")
    let (one, other) = (folder.files("stopped"), folder.files("whole"))
    #expect(one.keys.sorted() == other.keys.sorted())
    // Names alone: whole files would be printed.
    #expect(other.filter { one[$0.key] != $0.value }.keys.sorted() == [])
  }

  @Test(
    "is not lost where its results cannot be written, or the disk takes no more",
    .enabled(if: ToolProcess.isBuilt))
  func fullDisk() throws {
    let line = "train --data pairs.jsonl --steps 12 --batch 4 --lang en --out"
    #expect(run("\(line) whole", in: folder).code == 0)
    // A folder in the place of a file that the run wants to write.
    try folder.write("", to: "stopped/metrics.csv/taken")
    let failed = run("\(line) stopped --checkpoint 5 --force", in: folder)
    #expect(failed.code == 73)
    #expect(failed.complaint.contains("stopped/metrics.csv"), "\(failed.complaint)")
    try FileManager.default.removeItem(atPath: folder("stopped/metrics.csv"))
    #expect(run("train --resume --out stopped", in: folder).code == 0)
    #expect(folder.files("stopped") == folder.files("whole"))

    // No file may be larger than 64 blocks: neither a checkpoint nor a model fits.
    for option in ["--checkpoint 5", ""] {
      let process = try ToolProcess(
        "/bin/sh -c 'ulimit -f 64; exec $TOOL \(line) limited \(option)'", in: folder)
      #expect(process.wait() == 73)
      let messages = ToolProcess.messages(of: folder)
      #expect(messages.hasPrefix("lora-lessons: limited/"), "\(messages)")
      #expect(messages.split(separator: "\n").count == 1, "\(messages)")
      #expect(!FileManager.default.fileExists(atPath: folder("limited")))
    }
  }

  @Test("cannot go on from a checkpoint that is cut anywhere, or in which a bit is wrong")
  func damaged() throws {
    let bytes = try stoppedMoons()
    let path = "stopped/checkpoint/state.safetensors"
    func expectRefusal(_ changed: [UInt8], _ what: String) throws {
      try folder.write(changed, to: path)
      let result = run("train --resume --out stopped", in: folder)
      #expect(result.code == 1, "\(what): \(result.messages)")
      #expect(result.complaint.hasPrefix(path), "\(what): \(result.complaint)")
      #expect(result.messages.split(separator: "\n").count == 1)
      #expect(folder.files("stopped") == ["checkpoint/state.safetensors": changed])
    }
    for length in stride(from: 0, to: bytes.count, by: bytes.count / 60) {
      try expectRefusal(Array(bytes[..<length]), "\(length) bytes")
    }
    try expectRefusal(Array(bytes.dropLast()), "all but the last")
    for place in stride(from: 0, to: bytes.count, by: bytes.count / 60) {
      var changed = bytes
      changed[place] ^= 1
      try expectRefusal(changed, "byte \(place)")
    }
    try folder.write(bytes, to: path)
    #expect(run("train --resume --out stopped", in: folder).code == 0)
    #expect(folder.files("stopped") == folder.files("whole"))
  }

  /// Leaves the checkpoint of a run of moons, and the files that it would have had in `whole`.
  private func stoppedMoons() throws -> [UInt8] {
    let line = "train moons --steps 8 --batch 16 --lang en --out"
    #expect(run("\(line) whole", in: folder).code == 0)
    try folder.write("", to: "stopped/metrics.csv/taken")
    #expect(run("\(line) stopped --checkpoint 3 --force", in: folder).code == 73)
    try FileManager.default.removeItem(atPath: folder("stopped/metrics.csv"))
    for name in folder.files("stopped").keys where !name.hasPrefix("checkpoint/") {
      try folder.remove("stopped/" + name)
    }
    return try #require(folder.bytes("stopped/checkpoint/state.safetensors"))
  }

  @Test(
    "refuses options that ask for another run, and takes those that ask for the same",
    arguments: [
      ("exam", 64, "the preset is moons in the run that goes on, not exam"),
      ("--steps 9", 64, "--steps is 8 in the run that goes on, not 9"),
      ("--lang es", 64, "--lang is en in the run that goes on, not es"),
      ("--theme dark", 64, "--theme is light in the run that goes on, not dark"),
      ("--clip none", 64, "--clip is 1 in the run that goes on, not null"),
      ("--rank 3", 64, "--rank needs --method lora or qlora"),
      ("--config other.json", 64, "--seed is 7 in the run that goes on, not 8"),
      ("moons --steps 8 --batch 16 --lang en --seed 7 --checkpoint 2", 0, ""),
      ("--config whole/configuration.json", 0, ""),
    ])
  func contradictions(words: String, code: Int32, complaint: String) throws {
    _ = try stoppedMoons()
    try folder.write("{\"task\": \"moons\", \"seed\": 8}", to: "other.json")
    let result = run("train --resume --out stopped " + words, in: folder)
    #expect(result.code == code, "\(result.messages)")
    #expect(result.complaint.hasPrefix(complaint), "\(result.complaint)")
  }

  @Test("cannot go on beside another base or with other data", arguments: ["base", "data"])
  func otherInputs(changed: String) throws {
    try folder.write("", to: "stopped/metrics.csv/taken")
    let line =
      "train --data pairs.jsonl --method lora --base base --rank 2 --steps 4 --batch 4 --out stopped"
    #expect(run(line + " --checkpoint 2 --force", in: folder).code == 73)
    try FileManager.default.removeItem(atPath: folder("stopped/metrics.csv"))
    let kept = folder.bytes("stopped/checkpoint/state.safetensors")
    if changed == "base" {
      #expect(
        run("train --data pairs.jsonl --steps 2 --seed 8 --out base --force", in: folder).code == 0)
    } else {
      let text = String(decoding: try #require(folder.bytes("pairs.jsonl")), as: UTF8.self)
      try folder.write(
        text.replacing("\"completion\": \"a\"", with: "\"completion\": \"c\""), to: "pairs.jsonl")
    }
    let result = run("train --resume --out stopped", in: folder)
    #expect(result.code == 1)
    #expect(result.complaint.contains("the base or the data are not those"), "\(result.complaint)")
    #expect(folder.bytes("stopped/checkpoint/state.safetensors") == kept)
  }

  @Test("is gone when another one has begun in its place")
  func begunAnew() throws {
    let kept = try stoppedMoons()
    try folder.write("", to: "stopped/metrics.csv/taken")
    let line = "train moons --steps 2 --batch 16 --lang en --out stopped"
    #expect(run(line, in: folder).code == 73)
    #expect(folder.bytes("stopped/checkpoint/state.safetensors") == kept)
    #expect(run(line + " --force", in: folder).code == 73)
    #expect(folder.bytes("stopped/checkpoint/state.safetensors") != kept)
  }

  @Test("is missing where there is no checkpoint", arguments: ["nowhere", "base"])
  func nothingToGoOn(name: String) {
    let result = run("train --resume --out \(name)", in: folder)
    #expect(result.code == 66)
    #expect(result.complaint.contains("there is no checkpoint to go on from"))
  }
}
