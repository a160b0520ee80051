import TestSupport
import Testing

/// The command that `inspect` proposes for an adapter has to work as it stands.
@Suite("What inspect proposes for an adapter") struct AdapterNextTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TrainingPairs.write(to: folder, withBase: true)
  }

  private func proposal(_ adapter: String) throws -> String {
    let output = run("inspect \(adapter) --lang en", in: folder).output
    let line = try #require(output.split(separator: "\n").last { $0.hasPrefix("Next: ") })
    return String(line.dropFirst("Next: lora-lessons ".count))
  }

  @Test("is right for the base that it learned beside", arguments: ["lora", "qlora"])
  func transformers(method: String) throws {
    let line =
      "train --data pairs.jsonl --method \(method) --base base --rank 2 --steps 2 --out adapter -q"
    #expect(run(line, in: folder).code == 0)
    let next = try proposal("adapter")
    #expect(next.contains("--four-bit") == (method == "qlora"))
    let result = run(next, in: folder)
    #expect(result.code == 0, "\(next): \(result.messages)")
    #expect(folder.files("merged").keys.contains("model.safetensors"))
  }

  @Test("is a measurement for a perceptron's")
  func perceptrons() throws {
    #expect(run("train moons --steps 3 --out moons -q", in: folder).code == 0)
    let line = "train turned-moons --method lora --base moons --rank 2 --steps 3 --out turned -q"
    #expect(run(line, in: folder).code == 0)
    let next = try proposal("turned")
    let result = run(next, in: folder)
    #expect(result.code == 0 && result.output.contains("%"), "\(next): \(result.messages)")
  }
}
