/// What a reader would find wrong with a figure, as sentences.
package struct FigureInspection {
  let figure: Figure
  let preset: Preset

  package init(figure: Figure, preset: Preset) {
    self.figure = figure
    self.preset = preset
  }

  package var problems: [String] { layoutProblems + wordProblems }

  /// What overlaps, leaves its box or the canvas, or is too small.
  package var layoutProblems: [String] { textProblems + overlaps + markProblems }

  private var canvas: Rectangle {
    Rectangle(x: 0, y: 0, width: figure.size.width, height: figure.size.height)
  }

  private var textProblems: [String] {
    figure.texts.flatMap { text -> [String] in
      var found: [String] = []
      if !canvas.contains(text.inkBounds, tolerance: 0.01) {
        found.append("“\(text.string)” leaves the canvas: \(text.inkBounds.shown)")
      }
      if let box = text.box, !box.contains(text.inkBounds, tolerance: 0.5) {
        found.append("“\(text.string)” leaves its box: \(text.inkBounds.shown) of \(box.shown)")
      }
      if text.style.size < preset.smallestText {
        found.append("“\(text.string)” has \(text.style.size) points")
      }
      if text.string.contains("NaN") || text.string.contains("∞") {
        found.append("“\(text.string)” is not a number")
      }
      return found
    }
  }

  private var overlaps: [String] {
    let texts = figure.texts
    var found: [String] = []
    for (index, text) in texts.enumerated() {
      for other in texts[(index + 1)...]
      where text.inkBounds.overlaps(other.inkBounds, tolerance: 0.2) {
        found.append("“\(text.string)” overlaps “\(other.string)”")
      }
    }
    return found
  }

  private var markProblems: [String] {
    flattened(figure.marks).compactMap { mark in
      let frame = mark.bounds
      guard frame.x.isFinite, frame.y.isFinite, frame.width.isFinite, frame.height.isFinite else {
        return "a \(mark.kind) has no place"
      }
      guard frame.width > -0.001, frame.height > -0.001 else {
        return "a \(mark.kind) has a negative size: \(frame.shown)"
      }
      return canvas.contains(frame, tolerance: 0.5)
        ? nil : "a \(mark.kind) leaves the canvas: \(frame.shown)"
    }
  }

  private var wordProblems: [String] {
    var found: [String] = []
    if figure.title.isEmpty || figure.title.count > 60 {
      found.append("the title has \(figure.title.count) characters: \(figure.title)")
    }
    let alternative = figure.alternativeText
    if alternative.count < 40 { found.append("the alternative text is short: \(alternative)") }
    let words = alternative.lowercased().split { !$0.isLetter && $0 != "∞" }
    if words.contains("nan") || words.contains("inf") || alternative.contains("∞") {
      found.append("the alternative text has what is not a number: \(alternative)")
    }
    return found
  }

  /// Texts that are hard to read on what is painted behind them, or on what they declare to be there.
  package var contrastProblems: [String] {
    var painted: [Mark] = []
    var found: [String] = []
    for mark in flattened(figure.marks) {
      guard case .text(let text) = mark else {
        painted.append(mark)
        continue
      }
      let ink = text.inkBounds
      var behind = [ink.minX + 0.5, ink.midX, ink.maxX - 0.5].map { x in
        let point = Point(x, text.origin.y - 0.36 * text.style.size)
        return painted.reversed().lazy.compactMap { $0.color(at: point) }.first
          ?? figure.background
      }
      behind.append(text.backdrop ?? figure.background)
      let ratio = behind.map(text.color.contrast).min() ?? 0
      if ratio < 4.5 - 1e-6 {
        found.append("“\(text.string)” has a contrast of \((ratio * 100).rounded() / 100)")
      }
    }
    return found
  }
}
