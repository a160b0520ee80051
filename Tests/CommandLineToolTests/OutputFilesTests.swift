@testable import CommandLineTool
import Course
import Demonstrations
import Drawing
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

  @Test("a name that is taken by a folder leaves all files as they were")
  func allOrNothing() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    _ = run("run tiny --lessons Lessons --format svg", in: folder)
    try folder.write("x", to: "Output/tiny/es/slide-light/02-curve.png/taken")
    let before = folder.contents
    let result = run("run tiny --lessons Lessons --set levels=3", in: folder)
    #expect(result.code == 73)
    #expect(
      result.complaint
        == "Output/tiny/es/slide-light/02-curve.png: cannot be written: it is a directory")
    #expect(folder.contents == before)
  }

  @Test("the manifest describes a file: words, numbers, settings and the command")
  func entry() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    _ = run("run tiny --lessons Lessons --step 1 --lang en --for web --format png", in: folder)
    let bytes = try #require(folder.bytes("Output/tiny/en/web-light/01-four.png"))
    let sum = try ExternalTool("sha256sum").output(for: bytes).prefix(64)
    let manifest = String(
      decoding: try #require(folder.bytes("Output/tiny/manifest.json")), as: UTF8.self)
    #expect(
      manifest == """
        {
          "format": 1,
          "lesson": "tiny",
          "version": "0.1.0",
          "seed": 7,
          "parameters": {},
          "files": [
            {
              "path": "en/web-light/01-four.png",
              "step": "four",
              "number": 1,
              "language": "en",
              "preset": "web",
              "theme": "light",
              "format": "png",
              "bytes": \(bytes.count),
              "sha256": "\(sum)",
              "width": 528,
              "height": 297,
              "pixelWidth": 1408,
              "pixelHeight": 792,
              "title": "4 weights, 2 values: each group keeps one",
              "alternativeText": "On the left, a 2×2 matrix of 4 weights coloured by value: 1 green, 1 blue, 1 yellow and 1 pink. On the right, the same weights sorted into 2 groups, each with the value that is kept: 1 green and 1 pink.",
              "caption": "There are 4 numbers.",
              "settings": {
                "levels": 2
              },
              "seed": 7,
              "command": "lora-lessons run tiny --step four --lang en --for web --format png --lessons Lessons"
            }
          ]
        }

        """)
  }

  @Test("one thread and two make the same bytes, in the order of the jobs")
  func threads() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    let session = LessonSession(
      lesson: try Catalogue(folders: [folder("Lessons")]).lesson("tiny"),
      demonstrations: Registry.all,
      readWeights: { path, tensor, slice in
        try NamedWeights(path: path, tensor: tensor, slice: slice)
      })
    let jobs = try session.lesson.plan.steps.flatMap { step in
      let picture = try session.run(step.id).observation.picture
      return FigureFormat.allCases.map { format in
        FigureJob(
          pages: [.init(id: step.id, picture: picture)], format: format,
          path: "\(step.id).\(format.rawValue)", command: "")
      }
    }
    let look = FigureLook(
      preset: .column, theme: .print, words: Words(.english), resolution: 150)
    let one = try DrawingPool.draw(jobs, look, threads: 1) { _ in }
    #expect(one.map(\.path) == jobs.map(\.path))
    for _ in 0..<3 {
      let two = try DrawingPool.draw(jobs, look, threads: 2) { _ in }
      #expect(two.map(\.path) == one.map(\.path))
      #expect(two.map(\.bytes) == one.map(\.bytes))
    }
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
    try writeTinyLesson(to: folder)
    _ = run("run tiny --lessons Lessons --lang en", in: folder)
    let manifest = try #require(folder.bytes("Output/tiny/manifest.json"))
    for (name, start) in [
      ("01-four", "On the left"), ("02-curve", "Above, the normal curve cut by vertical lines"),
    ] {
      let text = Array(start.utf8)
      for format in ["png", "svg"] {
        let bytes = try #require(folder.bytes("Output/tiny/en/slide-light/\(name).\(format)"))
        #expect(bytes.holds(text), "\(name).\(format)")
      }
      #expect(manifest.holds(text))
    }
  }

  @Test(
    "a PDF says in its metadata what it shows, and a document what each of its pages shows",
    .enabled(if: ExternalTool("pdfinfo").isInstalled))
  func subjects() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    _ = run("run tiny --lessons Lessons --lang en --format pdf", in: folder)
    func information(_ name: String) throws -> String {
      try ExternalTool("pdfinfo").output(
        for: try #require(folder.bytes("Output/tiny/en/slide-light/\(name).pdf")))
    }
    #expect(try information("01-four").contains(/Subject: +On the left/))
    let document = try information("tiny")
    #expect(document.contains(/Title: +Tiny\n/))
    #expect(document.contains(/Subject: +Two steps\.\n1\. 4 weights, 2 values: .*On the left/))
    #expect(document.contains(/\n2\. .*Above, the normal curve cut by vertical lines/))
    #expect(document.contains(/Pages: +2\n/))
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
