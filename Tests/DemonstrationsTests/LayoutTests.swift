import CairoRendering
import Charts
import Demonstrations
import Drawing
import LinearAlgebra
import Quantization
import TestSupport
import Testing

@Suite("Layout of the pictures")
struct LayoutTests {
  @Test(
    "every picture of the lesson can be read in every size and language",
    arguments: Registry.all.map(\.id))
  func lesson(id: String) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    let picture = try demonstration.observe(LessonWeights.input(of: demonstration)).picture
    try inspect(picture, of: id, presets: Preset.all)
  }

  @Test(
    "every picture of other weights can be read, or the weights are refused",
    arguments: TrialWeights.awkward)
  func otherWeights(weights: TrialWeights) throws {
    // What training gave is the same whatever the weights; the lesson's own test draws it.
    let weighed = Registry.all.filter {
      !($0 is any TrainedDemonstration) || $0.exampleInput?.weights != nil
    }
    for demonstration in weighed where demonstration.id != "normal-levels" {
      var input = DemonstrationInput(weights: weights.named)
      if demonstration.id == "codebook-comparison" { input.settings = ["blocks": 8] }
      if let trained = demonstration as? any TrainedDemonstration {
        input.records = try ShippedRecords.of(trained.experiments(for: input))
      }
      let picture: Picture
      do {
        picture = try demonstration.observe(input).picture
      } catch is DemonstrationError {
        continue
      } catch is QuantizationError {
        continue
      }
      try inspect(picture, of: demonstration.id, presets: [.slide, .column, .text])
    }
  }

  @Test("a picture with other settings can be read", arguments: [2, 3, 6, 7, 12, 16])
  func levels(count: Int) throws {
    for weights in [try LessonWeights.twelve(), TrialWeights.normal(16, 16).named] {
      guard count <= weights.matrix.count else { continue }
      let input = DemonstrationInput(settings: ["levels": Double(count)], weights: weights)
      try inspect(
        TwelveToFour().observe(input).picture, of: "\(weights.name) in \(count) levels",
        presets: [.slide, .column])
    }
  }

  @Test("the journey of every weight of a block can be read", arguments: [0, 7, 21, 42, 63])
  func journeys(index: Int) throws {
    let input = DemonstrationInput(
      settings: ["index": Double(index)], weights: TrialWeights.normal(1, 64).named)
    for demonstration in [Journey(), BlockBytes()] as [any Demonstration] {
      try inspect(
        demonstration.observe(input).picture, of: "\(demonstration.id) \(index)",
        presets: [.slide, .column])
    }
  }

  @Test(
    "the boxes that go when a matrix is frozen can be read", arguments: TrialWeights.awkward)
  func frozen(weights: TrialWeights) throws {
    let input = DemonstrationInput(
      settings: ["frozen": 1, "rank": 4], weights: weights.named)
    guard let observation = try? TrainingBoxes().observe(input) else { return }
    try inspect(observation.picture, of: "\(weights.name) frozen", presets: [.slide, .column])
  }

  @Test(
    "the costs of training can be read at any size",
    arguments: [
      ("bytes-per-parameter", ["billions": 0.001]), ("bytes-per-parameter", ["billions": 10_000]),
      ("bytes-per-parameter", ["billions": 1.5, "card": 1]),
      ("activation-memory", ["rows": 1, "columns": 1, "sequences": 1, "length": 1]),
      (
        "activation-memory",
        ["rows": 100_000, "columns": 100_000, "sequences": 4096, "length": 1_000_000]
      ),
      ("activation-memory", ["rank": 100_000]), ("first-step", ["decades": 0]),
      ("first-step", ["decades": 7, "rate": 1]), ("first-step", ["rate": 1e-5]),
      ("moments-at-work", ["steps": 400, "distance": 10, "scale": 100]),
      ("moments-at-work", ["steps": 10, "distance": 0, "scale": 0.1, "rate": 0.0001]),
      ("training-loop", ["examples": 256, "steps": 10]),
      ("training-loop", ["examples": 1, "steps": 300, "change": 2]),
      ("training-cost", ["rank": 1024, "tokens": 1_000_000]), ("training-cost", ["tokens": 1]),
      ("every-weight", ["rate": 2]), ("every-weight", ["examples": 32, "rate": 0.001]),
      ("training-boxes", ["steps": 1000]), ("training-boxes", ["frozen": 1, "steps": 1]),
    ] as [(String, [String: Double])])
  func costs(id: String, settings: [String: Double]) throws {
    let demonstration = try #require(Registry.demonstration(named: id))
    var input = try LessonWeights.input(of: demonstration)
    input.settings.merge(settings) { $1 }
    try inspect(
      demonstration.observe(input).picture, of: "\(id) \(settings)",
      presets: [.slide, .beamer, .column])
  }

  @Test(
    "the picture of a report on any weights can be read",
    arguments: [
      TrialWeights.normal(16, 16), .normal(8, 8, scale: 1e-6), .normal(3, 4, scale: 12345),
    ], QuantizationReport.Code.allCases)
  func report(weights: TrialWeights, code: QuantizationReport.Code) throws {
    let report = try QuantizationReport(
      of: weights.named, code: code, blockSize: 64, doubleQuantized: code == .nf4)
    try inspect(report.picture, of: "report on \(code)", presets: [.slide, .text])
  }

  @Test(
    "the picture of any spectrum can be read, with a kept rank and without",
    arguments: TrialWeights.awkward + [TrialWeights.normal(70, 90)])
  func spectrum(weights: TrialWeights) throws {
    let side = min(weights.matrix.rows, weights.matrix.columns)
    for rank in [nil, 1, side] {
      let report = try SpectrumReport(of: weights.named, rank: rank)
      try inspect(report.picture, of: "spectrum of \(weights.name)", presets: Preset.all)
    }
  }

  @Test("a spectrum of more places than are drawn can be read")
  func longSpectrum() throws {
    let report = try SpectrumReport(of: TrialWeights.normal(610, 620).named)
    try inspect(report.picture, of: "long spectrum", presets: [.slide, .column])
  }

  @Test(
    "the curve of any losses can be read",
    arguments: [
      [0], [2.5], [3, 1e-30], [1e30, 3e-7, 1e12], [5, 5, 5],
      (0..<2501).map { 3 / Double(1 + $0) },
    ] as [[Double]])
  func losses(losses: [Double]) throws {
    try inspect(
      LossCurve(losses: losses).picture, of: "\(losses.count) losses", presets: Preset.all)
  }

  @Test(
    "the curve of what was set apart can be read, wherever its best step is",
    arguments: [1, 20, 130, 200])
  func heldOutLosses(best: Int) throws {
    let losses = (1...200).map { 3 / Double($0) }
    let heldOut = (1...200).map {
      LossCurve.Measurement(step: $0, loss: 0.2 + 0.01 * Double(abs($0 - best)))
    }
    try inspect(
      LossCurve(losses: losses, heldOut: heldOut, keptStep: best).picture,
      of: "best at \(best)", presets: Preset.all)
    try inspect(
      LossCurve(losses: losses, heldOut: [heldOut[best - 1]]).picture, of: "one measurement",
      presets: Preset.all)
  }

  @Test("all texts stand out from what is behind them in every theme", arguments: Theme.all)
  func contrast(theme: Theme) throws {
    let measurer = try PangoTextMeasurer()
    for demonstration in Registry.all {
      let picture = try demonstration.observe(LessonWeights.input(of: demonstration)).picture
      for preset in [Preset.slide, .column] {
        let figure = picture.figure(
          id: demonstration.id,
          context: FigureContext(
            preset: preset, theme: theme, words: Words(.spanish), measurer: measurer))
        let problems = FigureInspection(figure: figure, preset: preset).contrastProblems
        #expect(problems.isEmpty, "\(demonstration.id), \(preset.name)")
      }
    }
  }

  /// Draws a picture in both languages and every preset, and once for a file, with all its glyphs.
  func inspect(_ picture: Picture, of name: String, presets: [Preset]) throws {
    let renderer = try FigureRenderer()
    for preset in presets {
      let figures = Language.allCases.map { language in
        picture.figure(
          id: "tried",
          context: FigureContext(
            preset: preset, theme: .light, words: Words(language), measurer: renderer.measurer))
      }
      for figure in figures {
        let problems = FigureInspection(figure: figure, preset: preset).problems
        #expect(problems.isEmpty, "\(name), \(preset.name), \(figure.language)")
        if preset == .slide {
          // A glyph that is in no font stops the renderer.
          _ = try renderer.svg(figure, metadata: FigureMetadata(software: "lora-lessons"))
        }
      }
      #expect(figures[0].title != figures[1].title)
      #expect(figures[0].alternativeText != figures[1].alternativeText)
    }
  }
}
