internal import Charts
internal import Drawing

extension DemonstrationInput {
  /// The seeds of the trainings of a demonstration: five if nothing else is said, and at most two where a
  /// smaller training is to do.
  func trainingSeeds(_ count: Int = 5) -> [UInt64] {
    (0..<(isQuick ? min(count, 2) : count)).map { seed &+ UInt64($0) }
  }

  /// What a picture says about a smaller training, and nothing about a whole one.
  func quickNote(_ words: Words) -> String {
    isQuick
      ? words.say(
        es: "versión rápida: \(trainingSeeds().count) semillas",
        en: "quick version: \(trainingSeeds().count) seeds") : ""
  }
}

extension Canvas {
  /// Says at the bottom how often something was repeated, and returns the frame above.
  mutating func drawSeedNote(
    _ count: Int, isQuick: Bool, in frame: Rectangle, ofMedians: Bool = false
  ) -> Rectangle {
    guard !isCompact || isQuick else { return frame }
    let small = style(.small)
    let (foot, rest) = frame.cutBottom(small.size, gap: em(isCompact ? 0.4 : 0.7))
    let seeds =
      isQuick
      ? words.say(
        es: "Versión rápida: \(count) semillas", en: "Quick version: \(count) seeds")
      : ofMedians
        ? words.say(es: "medianas de \(count) semillas", en: "medians of \(count) seeds")
        : words.say(
          es: "\(count) semillas: cada una, la mediana y la banda del mínimo al máximo",
          en: "\(count) seeds: each one, the median, and the band from least to greatest")
    text(
      seeds, at: Point(foot.minX, foot.minY), small, color: theme.secondaryInk, vertical: .top)
    return rest
  }

  /// Says in the lower left corner that a smaller training is shown.
  mutating func drawQuickNote(_ note: String, in frame: Rectangle) {
    text(
      note, at: Point(frame.minX, frame.maxY), style(.small), color: theme.secondaryInk,
      vertical: .bottom)
  }
}
