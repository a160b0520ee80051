import TestSupport
import Testing

@Suite("Files of a run") struct OutputFilesTests {
  /// The value of a key in the entry of a file, as it stands in the manifest.
  private func field(_ key: String, of path: String, in manifest: String) -> String? {
    guard let entry = manifest.components(after: "\"path\": \"\(path)\"") else { return nil }
    return entry.components(after: "\"\(key)\": ").map { rest in
      String(rest.prefix { $0 != "\n" }).trimmedComma
    }
  }

  @Test("names are those of preset, theme, number and step")
  func names() throws {
    let folder = try TemporaryFolder()
    let result = run(
      "run quantization --steps 3-4 --lang en --for beamer --theme dark --quiet", in: folder)
    #expect(result.code == 0)
    let expected = ["03-levels", "04-absmax"].flatMap { name in
      ["png", "svg", "pdf"].map { "Output/quantization/en/beamer-dark/\(name).\($0)" }
    }
    #expect(
      Set(folder.contents.keys) == Set(expected + ["Output/quantization/manifest.json"]))
    #expect(Set(result.output.split(separator: "\n").map(String.init)) == Set(folder.contents.keys))
  }

  @Test("a document of the whole lesson is only made of the whole lesson")
  func document() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    _ = run("run tiny --lessons Lessons --step 1 --format pdf", in: folder)
    #expect(folder.bytes("Output/tiny/es/slide-light/tiny.pdf") == nil)
    _ = run("run tiny --lessons Lessons --format pdf", in: folder)
    #expect(folder.bytes("Output/tiny/es/slide-light/tiny.pdf") != nil)
  }

  @Test("the manifest keeps what earlier runs wrote, and its commands make the same bytes")
  func manifest() throws {
    let folder = try TemporaryFolder()
    _ = run("run quantization --step 1 --lang es --theme dark --set levels=3", in: folder)
    _ = run("run quantization --step 3 --lang en --for column --format svg", in: folder)
    let manifest = String(
      decoding: folder.bytes("Output/quantization/manifest.json") ?? [], as: UTF8.self)
    let paths = [
      "en/column-light/03-levels.svg", "es/slide-dark/01-twelve-to-four.png",
      "es/slide-dark/01-twelve-to-four.svg", "es/slide-dark/01-twelve-to-four.pdf",
    ]
    for path in paths {
      let bytes = try #require(folder.bytes("Output/quantization/" + path))
      #expect(field("bytes", of: path, in: manifest) == "\(bytes.count)")
      let command = try #require(field("command", of: path, in: manifest))
      let words = command.trimmingQuotes.split(separator: " ").map(String.init)
      #expect(words.first == "lora-lessons")
      let again = try TemporaryFolder()
      #expect(run(Array(words.dropFirst()), in: again).code == 0)
      #expect(again.bytes("Output/quantization/" + path) == bytes, "\(command)")
    }
  }

  @Test("the same command writes the same bytes: twice, in another order, in another locale")
  func reproducible() throws {
    let first = try TemporaryFolder()
    _ = run("run quantization --lang en --for text", in: first)
    let second = try TemporaryFolder()
    for step in ["7", "2", "11"] {
      _ = run(
        "run quantization --lang en --for text --step \(step)", in: second,
        environment: ["LC_ALL": "es_ES.UTF-8", "TZ": "Asia/Tokyo"])
    }
    let files = second.contents.filter { !$0.key.hasSuffix("manifest.json") }
    #expect(files.count == 9)
    for (name, bytes) in files { #expect(first.bytes(name) == bytes, "\(name)") }
    let third = try TemporaryFolder()
    _ = run("run quantization --lang en --for text", in: third)
    #expect(third.contents == first.contents)
  }

  @Test("every file carries its alternative text")
  func alternativeText() throws {
    let folder = try TemporaryFolder()
    _ = run("run quantization --step 3 --lang en", in: folder)
    let sentence = Array("Above, the normal curve cut by vertical lines".utf8)
    for name in ["png", "svg"] {
      let bytes = try #require(
        folder.bytes("Output/quantization/en/slide-light/03-levels.\(name)"))
      #expect(bytes.holds(sentence), "\(name)")
    }
    #expect(try #require(folder.bytes("Output/quantization/manifest.json")).holds(sentence))
  }

  @Test("dates come from SOURCE_DATE_EPOCH, and a wrong one is refused")
  func dates() throws {
    let plain = try TemporaryFolder()
    let dated = try TemporaryFolder()
    _ = run("run quantization --step 3 --format pdf", in: plain)
    _ = run(
      "run quantization --step 3 --format pdf", in: dated,
      environment: ["SOURCE_DATE_EPOCH": "1700000000"])
    let name = "Output/quantization/es/slide-light/03-levels.pdf"
    #expect(plain.bytes(name) != dated.bytes(name))
    let wrong = run(
      "run quantization --step 3", in: plain, environment: ["SOURCE_DATE_EPOCH": "today"])
    #expect(wrong.code == 64)
    #expect(wrong.complaint.hasPrefix("SOURCE_DATE_EPOCH is a number of seconds"))
  }

  @Test("real weights and twelve numbers of a reader go through every step")
  func weights() throws {
    let folder = try TemporaryFolder()
    try folder.write("1,-2,3,-4\n0.5,0.25,0,8\n-1,-1,2,2\n", to: "mine.csv")
    #expect(run("run quantization --weights mine.csv --format svg", in: folder).code == 0)
    let sample = repositoryRoot + "/Lessons/Data/minilm-sample.safetensors"
    let result = run(
      [
        "run", "quantization", "--weights", sample, "--tensor",
        "encoder.layer.5.attention.self.query.weight", "--slice", "0:16,0:16", "--format", "svg",
      ], in: folder)
    #expect(result.code == 0)
    #expect(result.messages.isEmpty)
  }
}

extension String {
  /// What stands after the first occurrence of a text.
  fileprivate func components(after text: String) -> String? {
    firstRange(of: text).map { String(self[$0.upperBound...]) }
  }
  fileprivate var trimmedComma: String { hasSuffix(",") ? String(dropLast()) : self }
  fileprivate var trimmingQuotes: String { String(dropFirst().dropLast()) }
}

extension [UInt8] {
  fileprivate func holds(_ part: [UInt8]) -> Bool { firstRange(of: part) != nil }
}
