import CairoRendering
import Charts
import Demonstrations
import Drawing
import TestSupport
import Testing

@Suite("Captions below pictures") struct CaptionTests {
  private func figure(_ caption: String?, _ preset: Preset) throws -> Figure {
    let picture = Picture(
      title: { _ in "A box" }, alternativeText: { _ in "A box that fills all that is left to it." },
      draw: { canvas, frame in canvas.fill(frame, canvas.theme.panel) })
    return picture.figure(
      id: "box",
      context: FigureContext(
        preset: preset, theme: .light, words: Words(.english), measurer: try PangoTextMeasurer()),
      caption: caption)
  }

  /// The words of the caption that were drawn.
  private func written(_ figure: Figure) -> String {
    figure.marks.compactMap { mark -> String? in
      guard case .group("caption", let inner) = mark else { return nil }
      return inner.compactMap { if case .text(let text) = $0 { text.string } else { nil } }
        .joined(separator: " ")
    }.joined()
  }

  @Test("are whole where they fit, in every preset", arguments: Preset.all)
  func whole(preset: Preset) throws {
    let caption = "Two sheets. Their sum is 0.5 away."
    let figure = try figure(caption, preset)
    #expect(written(figure) == caption)
    #expect(FigureInspection(figure: figure, preset: preset).problems.isEmpty)
    let plain = try self.figure(nil, preset)
    #expect(written(plain).isEmpty)
    #expect(try self.figure("", preset).marks == plain.marks)
  }

  @Test(
    "lose whole sentences where they do not fit, and are cut in the first one",
    arguments: Preset.all)
  func shortened(preset: Preset) throws {
    let sentences = (1...40).map { "Sentence \($0) has a few words." }
    let text = written(try figure(sentences.joined(separator: " "), preset))
    let kept = sentences.prefix { text.contains($0) }.count
    #expect((2..<40).contains(kept))
    #expect(text == sentences.prefix(kept).joined(separator: " "))
    let endless = Array(repeating: "word", count: 30_000).joined(separator: " ")
    let cut = try figure(endless, preset)
    #expect(written(cut).hasSuffix("word …"))
    #expect(FigureInspection(figure: cut, preset: preset).problems.isEmpty)
  }

  @Test("break a word that is wider than the canvas", arguments: Preset.all)
  func longWord(preset: Preset) throws {
    let word = String(repeating: "layer.weight", count: 30)
    let figure = try figure("The tensor \(word) is large.", preset)
    #expect(FigureInspection(figure: figure, preset: preset).problems.isEmpty)
    #expect(written(figure).hasPrefix("The tensor layer.weight"))
  }

  @Test("leave most of the canvas to the picture", arguments: Preset.all)
  func share(preset: Preset) throws {
    func height(_ caption: String?) throws -> Double {
      try figure(caption, preset).marks.reduce(0) { most, mark in
        if case .rectangle(let frame, _, _, _) = mark { max(most, frame.height) } else { most }
      }
    }
    let long = (1...60).map { "Sentence \($0)." }.joined(separator: " ")
    let lost = try height(nil) - height(long)
    #expect(lost > 0)
    #expect(lost < 0.31 * preset.size.height)
  }
}
