@testable import CommandLineTool
import Demonstrations
import TestSupport
import Testing

@Suite("One figure") struct FigureCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try #require(folder.bytes(name)), as: UTF8.self)
  }

  /// The tool on the tiny lesson, in English.
  private func figure(_ words: String) -> ToolRun {
    run("figure \(words) --lessons Lessons --lang en", in: folder)
  }

  @Test("can be made of every demonstration by its name alone", arguments: Registry.all.map(\.id))
  func names(id: String) throws {
    let result = run("figure \(id) --lang es -o x.svg", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    #expect(result.output == "x.svg\n")
    #expect(xmlProblem(in: try text("x.svg")) == nil)
    #expect(xmlAttributes("id", in: try text("x.svg")).first == "\(id)-es")
  }

  @Test(
    "has the format of its ending",
    arguments: [
      ("a.png", "\u{89}PNG"), ("a.b.svg", "<?xml"), ("c.pdf", "%PDF"), ("D.SVG", "<?xml"),
    ])
  func formats(name: String, start: String) throws {
    #expect(figure("tiny/curve -o \(name)").code == 0)
    let bytes = try #require(folder.bytes(name))
    #expect(
      bytes.prefix(start.unicodeScalars.count).elementsEqual(
        start.unicodeScalars.map { UInt8($0.value) }))
  }

  @Test("of a step has its data and its settings, and is the one that run draws")
  func step() throws {
    #expect(figure("tiny/four --out step.svg").code == 0)
    #expect(run("run tiny --lessons Lessons --lang en --quiet --format svg", in: folder).code == 0)
    func withoutOrigin(_ text: String) -> String {
      text.split(separator: "\n").filter { !$0.hasPrefix("<metadata>") }.joined(separator: "\n")
    }
    let drawn = try text("Output/tiny/en/slide-light/01-four.svg")
    #expect(withoutOrigin(try text("step.svg")) == withoutOrigin(drawn))
    // The demonstration itself has four levels, on the data of that step.
    #expect(figure("twelve-to-four -o own.svg").code == 0)
    #expect(try text("step.svg").contains("4 weights, 2 values"))
    #expect(try text("own.svg").contains("4 weights, 4 values"))
    #expect(figure("twelve-to-four --set levels=3 -o set.svg").code == 0)
    #expect(try text("set.svg").contains("4 weights, 3 values"))
  }

  @Test("works on the reader's weights")
  func weights() throws {
    try folder.write("1, 2, 3\n4, 5, 6\n", to: "w.csv")
    #expect(figure("twelve-to-four --weights w.csv -o w.svg").code == 0)
    #expect(try text("w.svg").contains("6 weights"))
    #expect(try text("w.svg").contains("--weights w.csv"))
    #expect(figure("tiny/four --weights w.csv -o s.svg").code == 0)
    #expect(try text("s.svg").contains("6 weights"))
    #expect(figure("normal-levels --weights w.csv -o n.svg").code == 64)
    #expect(figure("tiny/curve --weights w.csv -o n.svg").code == 64)
    #expect(folder.bytes("n.svg") == nil)
  }

  @Test(
    "names the command that makes it again, byte by byte",
    arguments: [
      "tiny/four -o a.svg", "twelve-to-four --set levels=3 --seed 9 -o a.svg",
      "tiny/curve --for web --theme dark --decimal comma --transparent --caption -o a.svg",
      "tiny/curve --svg-text live -o a.svg",
    ])
  func again(words: String) throws {
    #expect(figure(words).code == 0)
    let origin = try #require(
      try text("a.svg").split(separator: "\n").first { $0.hasPrefix("<metadata>") })
    let command = try #require(origin.split(separator: ": ").last?.split(separator: "<").first)
    let parts = try CommandText.words(of: String(command))
    #expect(parts.first == "lora-lessons")
    let first = folder.bytes("a.svg")
    #expect(run(Array(parts.dropFirst()) + ["--force"], in: folder).code == 0)
    #expect(folder.bytes("a.svg") == first)
  }

  @Test("takes the place of a file only when asked to")
  func replacing() throws {
    try folder.write("mine", to: "a.svg")
    let refused = figure("tiny/curve -o a.svg")
    #expect(refused.code == 73)
    #expect(
      refused.complaint == "a.svg: cannot be written: it is there already; --force replaces it")
    #expect(try text("a.svg") == "mine")
    #expect(figure("tiny/curve -o a.svg --force").code == 0)
    #expect(try text("a.svg").hasPrefix("<?xml"))
  }

  @Test(
    "that cannot be made is refused with a way out, and leaves nothing",
    arguments: [
      ("twelve-to-for -o a.png", 64, "did you mean “twelve-to-four”?"),
      ("curve -o a.png", 64, "did you mean “tiny/curve”?"),
      ("tiny -o a.png", 64, "did you mean “tiny/four”?"),
      ("tiny/curv -o a.png", 64, "did you mean “curve”?"),
      ("tinny/curve -o a.png", 66, "did you mean “tiny”?"),
      ("../tiny/curve -o a.png", 64, "there is no figure “../tiny/curve”"),
      ("../curve -o a.png", 64, "“..” is not the name of a lesson"),
      ("/etc/passwd -o a.png", 64, "there is no figure “/etc/passwd”"),
      ("tiny/ -o a.png", 64, "there is no step “”"),
      ("tiny/curve", 64, "figure needs --out FILE"),
      ("tiny/curve -o", 64, "-o needs a value: FILE"),
      ("tiny/curve -o a.gif", 64, "ends in .png, .svg or .pdf, not “a.gif”"),
      ("tiny/curve -o a.webp", 64, "ends in .png, .svg or .pdf"),
      ("tiny/curve -o png", 64, "ends in .png, .svg or .pdf, not “png”"),
      ("tiny/curve -o .png", 64, "ends in .png, .svg or .pdf"),
      ("tiny/curve -o -", 64, "ends in .png, .svg or .pdf, not “-”"),
      ("tiny/curve -o= ", 64, "ends in .png, .svg or .pdf"),
      ("tiny/curve -o a.png -o b.png", 64, "-o stands twice"),
      ("tiny/curve -o a.png --out b.png", 64, "--out stands twice"),
      ("tiny/curve -x a.png", 64, "figure has no option “-x”"),
      ("tiny/curve --step 2 -o a.png", 64, "figure has no option “--step”"),
      ("tiny/curve --svg-text letters -o a.png", 64, "--svg-text is one of outlines, live"),
      ("tiny/curve -o none/a.png", 73, "none/a.png: cannot be written: its folder is not there"),
      ("tiny/curve -o Lessons/tiny/en.md/a.png", 73, "its folder is not there"),
      ("tiny/curve -o taken.png --force", 73, "taken.png: cannot be written: it is a folder"),
      ("tiny/four --set levels=99 -o a.png", 64, "levels=99 is outside"),
      ("tiny/four --set nothing=1 -o a.png", 64, "nothing can be set by the name “nothing”"),
      ("tiny/four --weights none.csv -o a.png", 66, "none.csv: there is no such file"),
    ] as [(String, Int32, String)])
  func refused(words: String, code: Int32, complaint: String) throws {
    try folder.write("", to: "taken.png/file")
    let before = Set(folder.contents.keys)
    let result = figure(words)
    #expect(result.code == code, "\(result.messages)")
    #expect(result.messages.contains(complaint), "\(result.messages)")
    #expect(result.output.isEmpty)
    #expect(Set(folder.contents.keys) == before)
  }

  @Test("shares no name with itself in another theme, as both may stand in one page")
  func themes() throws {
    for theme in ["light", "dark", "print"] {
      #expect(figure("tiny/four --theme \(theme) -o \(theme).svg").code == 0)
    }
    let page = try ["light", "dark", "print"].map { try text("\($0).svg") }.joined()
    let identifiers = xmlAttributes("id", in: page)
    #expect(Set(identifiers).count == identifiers.count)
  }

  @Test("without its background is clear where nothing is drawn")
  func transparent() throws {
    for theme in ["light", "dark"] {
      #expect(figure("tiny/four --theme \(theme) --transparent -o \(theme).svg").code == 0)
      #expect(!(try text("\(theme).svg").contains(#"width="960" height="540""#)))
      let live = "--theme \(theme) --transparent --svg-text live -o live-\(theme).svg"
      #expect(figure("tiny/four \(live)").code == 0)
      #expect(!(try text("live-\(theme).svg").contains(#"width="960" height="540""#)))
      #expect(figure("tiny/four --theme \(theme) --transparent -o \(theme).png").code == 0)
      // Colour type 6 has opacity.
      #expect(folder.bytes("\(theme).png")?[25] == 6)
    }
    #expect(figure("tiny/four -o opaque.svg").code == 0)
    #expect(try text("opaque.svg").contains(#"width="960" height="540""#))
  }

  @Test("has its caption below it when asked to: the step's, or the alternative text")
  func caption() throws {
    #expect(figure("tiny/four --svg-text live --caption -o step.svg").code == 0)
    #expect(try text("step.svg").contains(">There are 4 numbers.</text>"))
    #expect(try text("step.svg").contains(#"<g id="tiny-four-en-group-caption">"#))
    #expect(xmlAttributes("viewBox", in: try text("step.svg")) == ["0 0 960 540"])
    #expect(figure("normal-levels --svg-text live --caption -o own.svg").code == 0)
    #expect(try text("own.svg").contains(">Above, the normal curve cut by vertical lines"))
    #expect(figure("tiny/four --svg-text live -o plain.svg").code == 0)
    #expect(!(try text("plain.svg").contains("There are 4 numbers")))
  }
}
