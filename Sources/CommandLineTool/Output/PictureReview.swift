internal import CairoRendering
internal import Charts
internal import Demonstrations
internal import Drawing

/// Draws the pictures of a lesson in every size and language, and looks for what a reader would find
/// wrong: labels that overlap or leave their box, and letters that no font has.
struct PictureReview {
  private let renderer: FigureRenderer

  init() throws(RenderingError) { renderer = try FigureRenderer() }

  /// One sentence for each size and language in which something is wrong.
  func problems(of picture: Picture, id: String) -> [String] {
    Language.allCases.flatMap { language in
      var found: [String] = []
      for preset in Preset.all {
        let figure = picture.figure(
          id: id,
          context: FigureContext(
            preset: preset, theme: .light, words: Words(language), measurer: renderer.measurer))
        let problems = FigureInspection(figure: figure, preset: preset).layoutProblems
        if let first = problems.first {
          let rest = problems.count > 1 ? ", and \(problems.count - 1) more" : ""
          found.append(
            "the figure cannot be read for \(preset.name) in \(language.rawValue): \(first)\(rest)")
        }
        // A glyph that is in no font is the same in every size.
        guard preset == .slide else { continue }
        do throws(RenderingError) {
          _ = try renderer.svg(figure, metadata: FigureMetadata(software: Tool.name))
        } catch {
          found.append("the figure cannot be drawn in \(language.rawValue): \(error)")
        }
      }
      return found
    }
  }
}
