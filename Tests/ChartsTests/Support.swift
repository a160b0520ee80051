import Charts
import Drawing
import LinearAlgebra

/// A canvas whose text has the same width for every character.
func canvas(_ preset: Preset = .slide, theme: Theme = .light) -> Canvas {
  Canvas(
    FigureContext(
      preset: preset, theme: theme, words: Words(.english), measurer: FixedAdvanceMeasurer()))
}

extension Canvas {
  var texts: [TextMark] {
    marks.compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// The rectangles that are filled, in painting order.
  var filled: [(frame: Rectangle, color: Color)] {
    marks.compactMap {
      if case .rectangle(let frame, _, let fill?, _) = $0 { (frame, fill) } else { nil }
    }
  }

  /// The paths, in painting order.
  var paths: [Path] {
    marks.compactMap { if case .path(let path, _, _) = $0 { path } else { nil } }
  }
}

extension Path {
  /// The corners of a path without curves.
  var points: [Point] {
    elements.compactMap { element in
      switch element {
      case .move(let point), .line(let point), .curve(let point, _, _): point
      case .close: nil
      }
    }
  }
}

extension RandomGenerator {
  mutating func next(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + nextUniform() * (range.upperBound - range.lowerBound)
  }
}

/// Whether two lengths agree up to rounding.
func near(_ first: Double, _ second: Double) -> Bool { abs(first - second) < 1e-9 }
