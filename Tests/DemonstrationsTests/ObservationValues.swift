import Charts
import Demonstrations
import Drawing
import Testing

extension Observation {
  /// The number behind a value; a percentage counts in percent.
  func number(
    _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Double {
    try #require(values[name]?.numeric, "the value \(name)", sourceLocation: sourceLocation)
  }

  /// A value as it is written in English.
  func text(
    _ name: String, _ words: Words = Words(.english),
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    try #require(values[name], "the value \(name)", sourceLocation: sourceLocation)
      .formatted(words)
  }

  /// The picture on a slide, without fonts.
  func figure(_ words: Words = Words(.english)) -> Figure {
    picture.figure(
      id: "tried",
      context: FigureContext(
        preset: .slide, theme: .light, words: words, measurer: FixedAdvanceMeasurer()))
  }

  /// The texts of the picture on a slide, in painting order.
  func drawn(_ words: Words = Words(.english)) -> [String] { figure(words).texts.map(\.string) }
}
