import Datasets
import LinearAlgebra
import Testing

@Suite("Little stories and turned moons") struct StoryTests {
  @Test("stories depend on the seed alone", arguments: LittleStories.Language.allCases)
  func stories(language: LittleStories.Language) throws {
    let text = try LittleStories(language, count: 50).make(seed: 3)
    #expect(try LittleStories(language, count: 50).make(seed: 3) == text)
    #expect(try LittleStories(language, count: 50).make(seed: 4) != text)
    let stories = text.split(separator: "\n\n")
    #expect(stories.count == 50)
    #expect(stories.allSatisfy { $0.split(separator: "\n").count == 4 })
    #expect(Set(stories).count > 40)
    // What one looks for is named at least twice in a story.
    if language == .english {
      #expect(
        stories.allSatisfy { story in
          ["a red ball", "the lost key", "a warm bed", "the moon", "a small boat"].contains {
            story.components(of: $0) >= 2
          }
        })
    }
    #expect(throws: DatasetError.self) { try LittleStories(language, count: 0).make(seed: 0) }
  }

  @Test("turned moons have the distances of the others, and a turn of nothing changes nothing")
  func turned() throws {
    let plain = try TwoMoons(noise: 0).make(seed: 1).train.inputs
    #expect(try TwoMoons(noise: 0, turn: 0).make(seed: 1).train.inputs == plain)
    let turned = try TwoMoons(noise: 0, turn: 60).make(seed: 1).train.inputs
    #expect(turned != plain)
    for row in 1..<plain.rows {
      func distance(_ index: Int) -> (Float, Float) {
        let (one, other) = (plain.row(index), plain.row(0))
        let (first, second) = (turned.row(index), turned.row(0))
        func length(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
          zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        return (length(one, other), length(first, second))
      }
      let (before, after) = distance(row)
      #expect(abs(before - after) < 1e-5)
    }
    #expect(throws: DatasetError.self) { try TwoMoons(turn: .nan).make(seed: 1) }
  }

  @Test("with a beginning, every window starts with its token, and no character is lost")
  func beginning() throws {
    let text = String((0..<100).map { ["a", "b", "c"][$0 % 3] as Character })
    let windows = try CharacterText(
      text: text, path: "t", length: 11, validationShare: 0, hasBeginning: true
    ).train
    #expect(windows.length == 11)
    for index in 0..<windows.count {
      #expect(windows.tokens(at: index).first == Int32(CharacterTokenizer.begin))
    }
    let plain = try CharacterText(text: text, path: "t", length: 10, validationShare: 0).train
    #expect(windows.count == plain.count)
    #expect(
      (0..<plain.count).allSatisfy {
        Array(windows.tokens(at: $0).dropFirst()) == Array(plain.tokens(at: $0))
      })
  }
}

extension Substring {
  /// How often a text comes in this one.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
