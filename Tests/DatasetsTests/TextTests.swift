import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Characters and tokens") struct TokenizerTests {
  @Test("The vocabulary of the exam never changes")
  func examVocabulary() throws {
    let tokenizer = CharacterTokenizer.exam
    #expect(tokenizer.vocabularySize == 19)
    #expect(try tokenizer.tokens(of: "0123456789+-*/=r") == Array(3...18))
    #expect(CharacterTokenizer.padding == 0)
    #expect(CharacterTokenizer.begin == 1)
    #expect(CharacterTokenizer.end == 2)
  }

  @Test(
    "A text comes back from its tokens",
    arguments: ["", "abc\n", "año ñ", "e\u{301}\r\n👩‍👧", "\u{0}"])
  func roundTrip(text: String) throws {
    let tokenizer = CharacterTokenizer(vocabularyOf: text)
    let tokens = try tokenizer.tokens(of: text)
    #expect(tokens.count == text.unicodeScalars.count)
    #expect(tokenizer.text(of: tokens).unicodeScalars.elementsEqual(text.unicodeScalars))
    #expect(tokenizer.text(of: [1] + tokens + [2, 0, -1, 9999]) == text)
  }

  @Test("A vocabulary is ordered, and stored as one text")
  func stored() throws {
    let tokenizer = CharacterTokenizer(vocabularyOf: "banana é")
    #expect(String(String.UnicodeScalarView(tokenizer.characters)) == " abné")
    let data = try JSONEncoder().encode([tokenizer])
    #expect(String(decoding: data, as: UTF8.self) == #"[" abné"]"#)
    #expect(try JSONDecoder().decode([CharacterTokenizer].self, from: data) == [tokenizer])
  }

  @Test("A character that is not in the vocabulary is named with its place")
  func unknown() {
    #expect(
      throws: CharacterTokenizer.UnknownCharacter.self,
      performing: { try CharacterTokenizer.exam.tokens(of: "12x") })
    do {
      _ = try CharacterTokenizer.exam.tokens(of: "12\u{1b}")
    } catch {
      #expect(error.position == 2)
      #expect("\(error)" == "the character “\\u{1b}” is not in the vocabulary")
    }
  }

  @Test("An answer ends at the end or at the padding")
  func answer() throws {
    let tokens = try CharacterTokenizer.exam.tokens(of: "12")
    #expect(CharacterTokenizer.exam.answer(of: tokens + [2, 5]) == "12")
    #expect(CharacterTokenizer.exam.answer(of: tokens + [0, 5]) == "12")
    #expect(CharacterTokenizer.exam.answer(of: tokens) == "12")
  }
}

@Suite("A text in windows") struct CharacterTextTests {
  @Test("Every character but the first is predicted once, and the last window ends the text")
  func windows() throws {
    let text = (0..<23).map { String(UnicodeScalar(UInt8(97 + $0))) }.joined()
    let data = try CharacterText(text: text, path: "f", length: 5, validationShare: 0)
    let words = (0..<data.train.count).map { index in
      data.tokenizer.text(of: data.train.tokens(at: index).map(Int.init))
    }
    #expect(words == ["abcde", "efghi", "ijklm", "mnopq", "qrstu", "stuvw"])
    #expect(data.train.tokens == data.train.labels)
    #expect(data.validation.count == 0)
  }

  @Test("The end of the text is set apart")
  func validation() throws {
    let text = String(repeating: "ab", count: 50) + String(repeating: "cd", count: 10)
    let data = try CharacterText(text: text, path: "f", length: 4, validationShare: 20.0 / 120)
    func characters(_ sequences: TokenSequences) -> Set<Character> {
      Set(data.tokenizer.text(of: sequences.tokens.map(Int.init)))
    }
    #expect(characters(data.train) == ["a", "b"])
    #expect(characters(data.validation) == ["c", "d"])
    // A small share is still one window.
    #expect(
      try CharacterText(text: text, path: "f", length: 4, validationShare: 0.001).validation.count
        == 1)
  }

  @Test("A text that is too short, or a setting out of range, is refused")
  func refused() {
    func text(_ text: String, _ length: Int, _ share: Double = 0) -> String {
      message { try CharacterText(text: text, path: "f", length: length, validationShare: share) }
    }
    #expect(text("abc", 3) == "no error")
    #expect(text("abc", 4) == "f: the text has 3 characters, and at least 4 are needed")
    #expect(text("abcdef", 4, 0.1) == "f: the text has 6 characters, and at least 8 are needed")
    #expect(text("", 2) == "f: the text has 0 characters, and at least 2 are needed")
    #expect(
      text("abc", 1) == "the length of a window is 1, and it has to be from 2 to 1048576")
    #expect(
      text("abc", 2, .nan)
        == "the share of the validation set is nan, and it has to be from 0 up to, but not "
        + "including, 1")
  }

  @Test("Characters outside a given vocabulary are reported line by line")
  func unknownCharacters() {
    let found = message {
      try CharacterText(
        text: "12\n3x\n4\ny5", path: "f", length: 2, validationShare: 0,
        tokenizer: CharacterTokenizer("0123456789\n".unicodeScalars))
    }
    #expect(
      found == "f:2: the character “x” is not in the vocabulary\n"
        + "f:4: the character “y” is not in the vocabulary")
    #expect(
      message {
        try CharacterText(
          text: "12\n3", path: "f", length: 2, tokenizer: CharacterTokenizer.exam)
      } == "f:1: the line break is not in the vocabulary")
  }
}

@Suite("A text file") struct TextFileTests {
  @Test("Line ends of all systems become one, and the byte order mark is left out")
  func lineEnds() throws {
    #expect(try reading("\u{feff}a\r\nb\rc\nd") { try TextFile(path: $0).text } == "a\nb\nc\nd")
  }

  @Test(
    "What is no text is refused in one sentence",
    arguments: [
      ([], "f: the file is empty"),
      ([0xef, 0xbb, 0xbf], "f: the file has no text"),
      ([0x61, 0x0a, 0x62, 0xff, 0x0a, 0xfe], "f:2: the line is not valid UTF-8"),
      ([0x61, 0x00], "f: byte 1 is a zero, which no text has; the file seems to be binary"),
      (
        [0xff, 0xfe, 0x61, 0x00],
        "f: the text is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8"
      ),
    ] as [([UInt8], String)])
  func refused(bytes: [UInt8], expected: String) throws {
    #expect(try message(about: bytes) { try TextFile(path: $0) } == expected)
  }

  @Test("A missing file is told from a wrong one")
  func missing() throws {
    let folder = try TemporaryFolder()
    do {
      _ = try TextFile(path: folder("no"))
      Issue.record("read")
    } catch {
      #expect(error.isMissingInput)
      #expect(!error.isUsage)
    }
    #expect(message(in: folder) { try TextFile(path: folder("no")) } == "no: there is no such file")
  }
}

@Suite("Prompts and completions") struct PromptCompletionTests {
  @Test("Lines become pairs, and only completions are learned")
  func pairs() throws {
    let text = """
      {"prompt": "1+1=", "completion": "2", "id": 7}

      {"completion": "a\\u00f1o", "prompt": ""}
      """
    let data = try reading(text) { try PromptCompletions(path: $0) }
    #expect(data.pairs.map(\.line) == [1, 3])
    #expect(data.pairs.map(\.completion) == ["2", "año"])
    let tokenizer = data.tokenizer
    #expect(String(String.UnicodeScalarView(tokenizer.characters)) == "+12=aoñ")
    let sequences = try data.sequences(tokenizer: tokenizer)
    #expect(sequences.length == 7)
    #expect(Array(sequences.tokens(at: 0)) == [1, 4, 3, 4, 6, 5, 2])
    #expect(Array(sequences.labels(at: 0)) == [-100, -100, -100, -100, -100, 5, 2])
    #expect(Array(sequences.labels(at: 1)) == [-100, 7, 9, 8, 2, -100, -100])
    #expect(sequences[[1, 0]].tokens(at: 1) == sequences.tokens(at: 0)[...])
  }

  @Test("Bad lines are all reported, each with its number")
  func badLines() throws {
    let text = """
      {"prompt": "a", "completion": "b"}
      {"prompt": "a"}
      {"prompt": 1, "completion": "b"}
      nonsense
      {"prompt": "a", "completion": ""}
      ["a"]
      {"prompt": "a", "prompt": "b", "completion": "c"}
      {"prompt": "a", "completion": null}
      {"prompt": "a", "completion": "b"
      """
    let found = try message(about: Array(text.utf8)) { try PromptCompletions(path: $0) }
    #expect(
      found.split(separator: "\n") == [
        "f:2: the object has no “completion”",
        "f:3: “prompt” is not a text",
        "f:4: it is not a JSON object: column 1: a value is expected",
        "f:5: the completion is empty, so that there is nothing to learn",
        "f:6: it is not a JSON object: column 1: a value between { and } is expected",
        "f:7: it is not a JSON object: column 17: a name appears twice: “prompt”",
        "f:8: the object has no “completion”",
        "f:9: it is not a JSON object: column 34: “}” is expected",
      ])
  }

  @Test("Of many bad lines the first are listed and the others counted")
  func manyBadLines() throws {
    let text = String(repeating: "x\n", count: 30)
    let lines = try message(about: Array(text.utf8)) { try PromptCompletions(path: $0) }
      .split(separator: "\n")
    #expect(lines.count == 21)
    #expect(lines.last == "f: 10 more lines are wrong")
  }

  @Test(
    "Hostile files are refused in one sentence",
    arguments: [
      ([], "f: the file is empty"),
      (Array(" \n\n".utf8), "f: the file has no examples"),
      ([0x7b, 0x00], "f: byte 1 is a zero, which no text has; the file seems to be binary"),
      (Array("\"a".utf8) + [0xc3, 0x28, 0x22], "f:1: the line is not valid UTF-8"),
      (
        Array(String(repeating: "[", count: 200).utf8),
        "f:1: it is not a JSON object: column 65: values are nested too deeply"
      ),
      (
        Array(repeating: 0x78, count: (1 << 20) + 3),
        "f:1: the line has 1048579 bytes, more than the limit of 1048576"
      ),
    ] as [([UInt8], String)])
  func hostile(bytes: [UInt8], expected: String) throws {
    #expect(try message(about: bytes) { try PromptCompletions(path: $0) } == expected)
  }

  @Test("One long pair among many short ones does not fill the memory")
  func padding() throws {
    let line = #"{"prompt": "", "completion": ""#
    let text =
      line + String(repeating: "a", count: 500_000) + "\"}\n"
      + String(repeating: line + "a\"}\n", count: 1000)
    let found = try message(about: Array(text.utf8)) { path in
      let pairs = try PromptCompletions(path: path)
      return try pairs.sequences(tokenizer: pairs.tokenizer)
    }
    #expect(found.hasPrefix("f: with padding the examples take 500502002 tokens"))
  }

  @Test("A share of the sequences is set apart, each of them once")
  func split() throws {
    let text = (0..<10).map { #"{"prompt": "", "completion": "\#($0)"}"# }.joined(separator: "\n")
    let pairs = try reading(text) { try PromptCompletions(path: $0) }
    let sequences = try pairs.sequences(tokenizer: .exam)
    let (train, validation) = try sequences.split(validationShare: 0.3, seed: 1)
    #expect(train.count == 7)
    #expect(validation.count == 3)
    #expect((train.tokens + validation.tokens).sorted() == sequences.tokens.sorted())
    #expect(train.tokens.filter { $0 > 2 } == train.tokens.filter { $0 > 2 }.sorted())
    #expect(
      message { try sequences.split(validationShare: -1, seed: 1) }.hasPrefix(
        "the share of the validation set is -1.0"))
  }

  @Test("Pairs that a model cannot read are reported with their lines")
  func unreadable() throws {
    let text = """
      {"prompt": "1+1=", "completion": "2"}
      {"prompt": "1+x=", "completion": "2"}
      {"prompt": "123456+1=", "completion": "123457"}
      """
    let found = try message(about: Array(text.utf8)) { path in
      try PromptCompletions(path: path).sequences(tokenizer: .exam, length: 10)
    }
    #expect(
      found == "f:2: the character “x” is not in the vocabulary\n"
        + "f:3: prompt and completion take 17 tokens, more than the 10 that the model reads")
  }
}
