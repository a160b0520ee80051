@testable import CommandLineTool
import FoundationEssentials
import TestSupport
import Testing

@Suite("What an instructor takes away") struct KitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try #require(folder.bytes("Output/tiny/" + name)), as: UTF8.self)
  }

  @Test("figures in both themes and languages, captions, deck, worksheets and data")
  func files() throws {
    let result = run("kit tiny --lessons Lessons", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    for language in ["es", "en"] {
      for theme in ["light", "dark"] {
        for name in ["01-four.png", "02-curve.svg", "tiny.pdf", "tiny.webp"] {
          #expect(folder.bytes("Output/tiny/\(language)/slide-\(theme)/\(name)") != nil)
        }
      }
      for name in ["figures.\(language).tex", "deck.\(language).md", "worksheet.\(language).md"] {
        #expect(folder.bytes("Output/tiny/" + name) != nil)
      }
    }
    #expect(try text("data/en/01-four-weights.csv") == "1.0,2.0\n3.0,4.0\n")
    #expect(result.output.hasSuffix("Output/tiny/manifest.json\n"))
  }

  @Test("the worksheet asks, and the other one answers")
  func worksheets() throws {
    _ = run("kit tiny --lessons Lessons --lang en", in: folder)
    #expect(
      try text("worksheet.en.md") == """
        # Tiny

        ## 1. Four numbers

        How many in each group?

        \\_\\_\\_\\_\\_\\_

        ## 2. The curve

        How many are negative?

        - [ ] Eight.
        - [ ] Seven.

        """)
    let answers = try text("worksheet-answers.en.md")
    #expect(answers.contains("How many in each group?\n\n**2**"))
    #expect(answers.contains("- [x] Seven. — And then there is zero."))
    #expect(folder.bytes("Output/tiny/worksheet.es.md") == nil)
  }

  @Test("the deck shows question, figure and quiz, and keeps notes for the speaker")
  func deck() throws {
    _ = run("kit tiny --lessons Lessons --lang es", in: folder)
    let slides = try text("deck.es.md").components(of: "\n\n---\n\n")
    #expect(slides.count == 5)
    #expect(slides[1].hasPrefix("## Cuatro números\n\n¿Cuántos en cada grupo?"))
    #expect(slides[2].contains("](es/slide-light/01-four.svg)"))
    #expect(slides[2].contains("<!--\nHay 4 números."))
    #expect(slides[2].contains("Esto no se enseña."))
    #expect(!slides[1].contains("Esto no se enseña."))
  }

  @Test("captions are escaped for LaTeX, and alternative texts have no commands")
  func latex() throws {
    #expect(
      LaTeXText.escaped("5 % of A_1 & −2×3")
        == "5 \\% of A\\_1 \\& \\ensuremath{-}2\\ensuremath{\\times}3")
    #expect(
      LaTeXText.escaped("W₀ + (α/r)·BᵀA, ±1/√r")
        == "W\\ensuremath{_{0}} + (\\ensuremath{\\alpha}/r)\\ensuremath{\\cdot}B\\ensuremath{^{\\mathsf{T}}}A,"
        + " \\ensuremath{\\pm}1/\\ensuremath{\\surd}r")
    #expect(LaTeXText.plain("−2×10⁻⁷ {x}") == "-2x10-7  x ")
    #expect(LaTeXText.plain("W₀xᵀ") == "W0xT")
    _ = run("kit tiny --lessons Lessons --lang en", in: folder)
    let captions = try text("figures.en.tex")
    #expect(captions.contains("\\newcommand{\\lessonCurve}{%"))
    #expect(captions.contains("{\\lessonfolder/en/slide-light/02-curve.pdf}"))
    #expect(captions.contains("alt={Above, the normal curve cut by vertical lines"))
  }

  @Test("verify finds nothing in a fresh kit, and every change")
  func verify() throws {
    _ = run("kit tiny --lessons Lessons --lang en", in: folder)
    let manifest = "Output/tiny/manifest.json"
    let fresh = run("verify \(manifest) --lessons Lessons", in: folder)
    #expect(fresh.code == 0, "\(fresh.output)")
    #expect(fresh.messages == "16 files made again, 0 differences\n")

    try folder.write("x", to: "Output/tiny/en/slide-light/02-curve.svg")
    try folder.write("5, 6\n7, 8\n", to: "Lessons/tiny/four.csv")
    let changed = run("verify \(manifest) --lessons Lessons", in: folder)
    #expect(changed.code == 2)
    #expect(changed.output.contains("en/slide-light/02-curve.svg: the file was changed\n"))
    #expect(
      changed.output.contains("en/slide-dark/01-four.png: is made differently by this version"))
    #expect(!changed.output.contains("en/slide-dark/02-curve.png"))
  }

  @Test("verify makes files again that were made in another way than usual")
  func verifyOptions() throws {
    let options = "--transparent --caption --svg-text live --frame-time 1.5 --for web --dpi 96"
    #expect(run("kit tiny --lessons Lessons --lang en \(options)", in: folder).code == 0)
    #expect(try text("manifest.json").components(of: "\"secondsPerFrame\": 1.5").count == 3)
    let svg = try text("en/web-light/01-four.svg")
    #expect(svg.contains("</text>"))
    #expect(!svg.contains(#"width="528" height="297""#))
    #expect(svg.contains(#"<g id="tiny-four-en-group-caption">"#))
    let result = run("verify Output/tiny/manifest.json --lessons Lessons", in: folder)
    #expect(result.code == 0, "\(result.output)")
    #expect(result.messages == "16 files made again, 0 differences\n")
  }

  @Test("verify makes files again whose settings only some of the steps have")
  func verifySettings() throws {
    let line = "run tiny --lessons Lessons --lang en --for column --format svg,webp --quiet"
    #expect(run("\(line) --set levels=3 --seed 9", in: folder).code == 0)
    let manifest = try text("manifest.json")
    #expect(manifest.contains("--step four --lang en --for column --format svg --set levels=3"))
    #expect(manifest.contains("--step curve --lang en --for column --format svg --seed 9"))
    let result = run("verify Output/tiny/manifest.json --lessons Lessons", in: folder)
    #expect(result.code == 0, "\(result.output)\(result.messages)")
    #expect(result.messages == "3 files made again, 0 differences\n")
  }

  @Test("verify knows the date that files were made with, whatever is set now")
  func verifyDate() throws {
    let name = "SOURCE_DATE_EPOCH"
    let dated = run(
      "run tiny --lessons Lessons --lang en --for column --format svg,pdf --quiet", in: folder,
      environment: [name: "86400"])
    #expect(dated.code == 0)
    let manifest = try text("manifest.json")
    // Dates are in PDF files alone.
    #expect(
      manifest.components(of: "\"\(name)=86400 lora-lessons run tiny").count
        == manifest.components(of: "\"format\": \"pdf\"").count)
    for now in [[:], [name: "5"], [name: "no number"]] {
      let result = run(
        "verify Output/tiny/manifest.json --lessons Lessons", in: folder, environment: now)
      #expect(result.code == 0, "\(result.output)\(result.messages)")
    }
    try folder.write(
      #"{"format": 1, "files": [{"path": "a", "sha256": "0", "command": "\#(name)=x lora-lessons run tiny"}]}"#,
      to: "m.json")
    let wrong = run("verify m.json --lessons Lessons", in: folder)
    #expect(wrong.code == 64)
    #expect(wrong.complaint.contains("is a number of seconds since 1970, not “x”"))
  }

  @Test("an animation shows all steps, so that a choice of steps is refused")
  func animation() throws {
    let line = "run tiny --lessons Lessons --lang en --format webp --out A"
    #expect(
      run("\(line) --quiet", in: folder).output
        == "A/tiny/en/slide-light/tiny.webp\nA/tiny/manifest.json\n")
    for wrong in ["--step 1", "--steps 1-2", "--frame-time 0", "--frame-time soon"] {
      #expect(run("\(line) \(wrong)", in: folder).code == 64, "\(wrong)")
    }
  }

  @Test("verify makes the same bytes from lessons that lie elsewhere now")
  func moved() throws {
    let environment = ["LORA_LESSONS_PATH": folder("Lessons")]
    _ = run("run tiny --step curve --format svg,png", in: folder, environment: environment)
    try FileManager.default.moveItem(atPath: folder("Lessons"), toPath: folder("moved"))
    let result = run(
      "verify Output/tiny/manifest.json --lessons moved", in: folder, environment: environment)
    #expect(result.code == 0, "\(result.output)")
    #expect(result.messages == "2 files made again, 0 differences\n")
  }

  @Test(
    "what is no manifest, or leads elsewhere, is refused",
    arguments: [
      ("not json", "1:1"), ("{}", "is not a manifest of format 1"),
      (#"{"format": 1, "files": [{"path": "a"}]}"#, "the entry needs path, sha256 and command"),
      (
        #"{"format": 1, "files": [{"path": "../../x", "sha256": "0", "command": "lora-lessons run tiny"}]}"#,
        "leads out of the manifest's folder"
      ),
      (
        #"{"format": 1, "files": [{"path": "a", "sha256": "0", "command": "rm -r x"}]}"#,
        "is not a command that makes figures"
      ),
      (
        #"{"format": 1, "files": [{"path": "a", "sha256": "0", "command": "lora-lessons run 'x"}]}"#,
        "has a quote that is not closed"
      ),
    ])
  func hostile(text: String, complaint: String) throws {
    try folder.write(text, to: "m.json")
    let result = run("verify m.json --lessons Lessons", in: folder)
    #expect(result.code == 1)
    #expect(result.messages.contains(complaint), "\(result.messages)")
    #expect(run("verify none.json", in: folder).code == 66)
  }

  @Test(
    "words of a command come back from their quotes",
    arguments: [["a", "b c", "it's", "", "x\\y", "é=1"], ["run", "q", "--tensor", "w[0:2,3:4]"]])
  func quoting(words: [String]) throws {
    let command = words.map(CommandText.quoted).joined(separator: " ")
    #expect(try CommandText.words(of: command) == words)
  }
}

extension String {
  fileprivate func components(of separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let place = rest.firstRange(of: separator) {
      parts.append(String(rest[..<place.lowerBound]))
      rest = rest[place.upperBound...]
    }
    return parts + [String(rest)]
  }
}
