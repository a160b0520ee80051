import Foundation
import TestSupport
import Testing

/// What a run was trained with is known again, and what is there already is not spoiled.
@Suite("The inputs of a training") struct TrainedInputsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TrainingPairs.write(to: folder, withBase: true)
  }

  private func addPair(_ letter: String) throws {
    let text = String(decoding: folder.bytes("pairs.jsonl") ?? [], as: UTF8.self)
    try folder.write(
      "{\"prompt\": \"\(letter)\", \"completion\": \"\(letter)\"}\n" + text, to: "pairs.jsonl")
  }

  @Test("are asked about only while the file is the one that was learned from")
  func changedData() throws {
    #expect(run("evaluate base", in: folder).code == 0)
    try addPair("a")
    let result = run("evaluate base", in: folder)
    #expect(result.code == 1 && result.output.isEmpty)
    #expect(result.complaint.contains("pairs.jsonl: it has changed since base was trained"))
    #expect(run("evaluate base --data pairs.jsonl", in: folder).code == 0)
  }

  @Test("of a table are watched too")
  func changedTable() throws {
    let rows = (0..<40).map { "\($0),\($0 < 20 ? "low" : "high")\n" }.joined()
    try folder.write("width,kind\n" + rows, to: "table.csv")
    #expect(run("train --data table.csv --steps 3 --out table -q", in: folder).code == 0)
    #expect(run("evaluate table", in: folder).code == 0)
    try folder.write("width,kind\n" + rows + "41,high\n", to: "table.csv")
    #expect(run("evaluate table", in: folder).complaint.contains("table.csv: it has changed"))
  }

  @Test("make a recipe only where base and data are those of the training")
  func recipe() throws {
    let line =
      "train --data pairs.jsonl --method lora --base base --rank 2 --steps 2 --out adapter -q"
    #expect(run(line, in: folder).code == 0)
    #expect(
      run("train --data pairs.jsonl --steps 2 --seed 9 --out other -q", in: folder).code == 0)
    #expect(run("export base --adapter adapter --recipe --out one", in: folder).code == 0)
    let other = run("export other --adapter adapter --recipe --out two", in: folder)
    #expect(other.code == 1 && other.complaint.contains("the base or the data are not those"))
    try addPair("b")
    let changed = run("export base --adapter adapter --recipe --out three", in: folder)
    #expect(changed.code == 1 && changed.complaint.contains("the base or the data are not those"))
    #expect(!FileManager.default.fileExists(atPath: folder("two")))
    #expect(!FileManager.default.fileExists(atPath: folder("three")))
  }

  @Test("are not overwritten by what is trained")
  func baseIsKept() throws {
    let before = folder.files("base")
    let result = run(
      "train --data pairs.jsonl --base base --method lora --rank 2 --steps 2 --out ./base --force",
      in: folder)
    #expect(result.code == 64 && result.complaint.contains("--out is the --base itself"))
    #expect(folder.files("base") == before)
  }

  @Test("of another run leave no pictures behind")
  func picturesOfAnotherRun() throws {
    #expect(run("train moons --steps 3 --out again -q", in: folder).code == 0)
    #expect(folder.files("again").keys.contains("boundary.png"))
    try folder.write(
      "a,b,c,kind\n" + (0..<40).map { "\($0),1,2,\($0 < 20 ? "low" : "high")\n" }.joined(),
      to: "table.csv")
    #expect(run("train --data table.csv --steps 3 --out again --force -q", in: folder).code == 0)
    let names = folder.files("again").keys
    #expect(names.contains("loss.png"))
    #expect(!names.contains("boundary.png") && !names.contains("boundary.svg"))
  }

  @Test("with names that no typeface can write cost a picture, and not the model")
  func unwritableNames() throws {
    try folder.write(
      "a,b,kind\n" + (0..<40).map { "\($0),\($0 % 7),\($0 < 20 ? "猫" : "狗")\n" }.joined(),
      to: "animals.csv")
    let result = run("train --data animals.csv --steps 3 --out animals --lang en", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    #expect(result.messages.contains("boundary is not drawn"))
    #expect(result.output.contains("animals/model.safetensors"))
    #expect(!folder.files("animals").keys.contains("boundary.png"))
    #expect(run("evaluate animals", in: folder).code == 0)
  }

  @Test("of a task of known rank are in its settings, which can be given again")
  func knownRank() throws {
    let line = "train known-rank --method lora --rank 2 --steps 5 --lang en "
    #expect(run(line + "--out one -q", in: folder).code == 0)
    let again = run("train --config one/configuration.json --out two -q", in: folder)
    #expect(again.code == 0, "\(again.messages)")
    let (first, second) = (folder.files("one"), folder.files("two"))
    #expect(first == second)
    let sweep = run(
      "sweep known-rank --method lora --ranks 1,2 --rates 0.05 --seeds 1 --steps 5 --out sweep -q",
      in: folder)
    #expect(sweep.code == 0, "\(sweep.messages)")
  }

  @Test(
    "of a sweep that is refused leave nothing",
    arguments: [("--ranks 1,1000", "1000"), ("--ranks 1 --targets foo", "foo")])
  func refusedSweep(options: String, complaint: String) {
    let line =
      "sweep --data pairs.jsonl --method lora --base base --rates 0.01 --seeds 1 --steps 2 "
    let result = run(line + options + " --out sweep", in: folder)
    #expect(result.code != 0 && result.complaint.contains(complaint), "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder("sweep")))
    #expect(run(line + "--ranks 1 --out sweep -q", in: folder).code == 0)
  }
}
