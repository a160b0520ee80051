import CairoRendering
import Charts
import Demonstrations
import Drawing
import TestSupport
import Testing

@Suite("Figures of trained models") struct TrainedFiguresTests {
  /// Points along the axis of classes, and a model that is sure far from the borders.
  private func boundary(
    classes: Int, points: Int = 60, scale: Double = 1, isPlane: Bool = true,
    names: (Int) -> String = { "class \($0)" }, features: (String, String) = ("x", "y")
  ) -> DecisionBoundary {
    let examples = (0..<points).map { index in
      let x = Double(index) / Double(max(points, 1))
      let label = min(Int(x * Double(classes)), classes - 1)
      return DecisionBoundary.Example(
        x: x * scale, y: Double(index * 7 % 11) * scale / 20, label: label,
        isHeldOut: index % 3 == 0, isRight: index % 17 != 5)
    }
    let domain = DecisionBoundary.Domain(around: examples.map { ($0.x, $0.y) })
    let probabilities = DecisionBoundary.places(in: domain).flatMap { place -> [Float] in
      let best = min(max(Int(place.x / scale * Double(classes)), 0), classes - 1)
      return (0..<classes).map { $0 == best ? 0.8 : Float(0.2 / Double(classes - 1)) }
    }
    return DecisionBoundary(
      features: (x: features.0, y: features.1), classes: (0..<classes).map(names),
      examples: examples, domain: domain, isPlane: isPlane, probabilities: probabilities)
  }

  private func inspect(_ picture: Picture, of name: String) throws {
    let renderer = try FigureRenderer()
    for preset in Preset.all {
      for theme in Theme.all {
        for language in Language.allCases {
          let figure = picture.figure(
            id: "tried",
            context: FigureContext(
              preset: preset, theme: theme, words: Words(language), measurer: renderer.measurer))
          let inspection = FigureInspection(figure: figure, preset: preset)
          #expect(inspection.problems.isEmpty, "\(name), \(preset.name), \(language)")
          #expect(inspection.contrastProblems.isEmpty, "\(name), \(preset.name), \(theme.name)")
          if language == .spanish || preset == .slide {
            try saveForReview(
              figure, as: "\(name)-\(preset.name)-\(theme.name)-\(language.rawValue)")
          }
        }
      }
    }
  }

  @Test("the plane of two and of many classes can be read", arguments: [2, 3, 4, 9, 40])
  func planes(classes: Int) throws {
    try inspect(boundary(classes: classes, points: 240).picture, of: "plane-\(classes)")
  }

  @Test("long names, large numbers and a single point can be read too")
  func awkward() throws {
    let long = "a rather long name of a column that somebody chose"
    try inspect(
      boundary(
        classes: 3, scale: 1e7, isPlane: false, names: { "\(long) \($0)" }, features: (long, long)
      ).picture, of: "plane-long")
    try inspect(boundary(classes: 2, points: 1, scale: 1e-4).picture, of: "plane-one")
  }

  @Test("with two classes there is one border, with three there are more, all inside the plot")
  func borders() throws {
    func lines(_ classes: Int) throws -> Int {
      let figure = boundary(classes: classes).picture.figure(
        id: "tried",
        context: FigureContext(
          preset: .slide, theme: .light, words: Words(.english),
          measurer: try PangoTextMeasurer()))
      return figure.marks.count { mark in
        if case .path(let path, nil, let stroke?) = mark {
          return stroke.width == Preset.slide.lineWidth && path.elements.count > 20
        }
        return false
      }
    }
    #expect(try lines(2) == 1)
    #expect(try lines(3) > 1)
  }

  @Test(
    "the spectrum of any learned change can be read",
    arguments: [
      ([3.2, 1.5, 0, 0], [3.1, 1.4, 0.2, 0.1], 2), ([1e-6, 0], [0, 0], 1),
      ((0..<40).map { 40 - Double($0) }, (0..<40).map { 1e5 / Double($0 + 1) }, 40),
    ] as [([Double], [Double], Int)])
  func spectra(truth: [Double], learned: [Double], rank: Int) throws {
    try inspect(
      ChangeSpectrum(truth: truth, learned: learned, rank: rank, error: 0.0398).picture,
      of: "spectrum-\(rank)")
  }

  @Test("scores can be read, of one kind of questions or of all", arguments: [1, 4])
  func scores(count: Int) throws {
    let names = [
      Phrase(es: "divisiones", en: "divisions"), Phrase(es: "sumas", en: "additions"),
      Phrase(es: "restas", en: "subtractions"),
      Phrase(es: "multiplicaciones", en: "multiplications"),
    ]
    let rows = (0..<count).map {
      ScoreBars.Row(
        name: names[$0], right: [382, 500, 0, 169][$0], total: [500, 500, 500, 169][$0],
        isByHeart: $0 == 3)
    }
    try inspect(ScoreBars(rows: rows).picture, of: "scores-\(count)")
  }
}
