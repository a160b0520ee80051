import CairoRendering
import Charts
import Demonstrations
import Drawing
import LinearAlgebra
import Quantization

extension Report {
  /// Times drawing three annotated heat maps, and every figure of the lessons.
  mutating func addFigures(runs: Int) throws {
    let renderer = try FigureRenderer()
    let metadata = FigureMetadata(software: "lora-lessons-bench")
    let context = FigureContext(
      preset: .slide, theme: .light, words: Words(.english), measurer: renderer.measurer)
    inProcess.append(
      (
        "heat-maps-png",
        try medianSeconds(runs: runs) {
          _ = try renderer.png(
            Self.heatMaps(context), resolution: Preset.slide.resolution, metadata: metadata)
        }
      ))
    inProcess.append(
      (
        "heat-maps-svg",
        try medianSeconds(runs: runs) {
          _ = try renderer.svg(Self.heatMaps(context), metadata: metadata)
        }
      ))

    // Each figure from its numbers to the bytes of the PNG.
    var generator = RandomGenerator(seed: 7)
    let matrix = Matrix.randomNormal(
      rows: 384, columns: 384, standardDeviation: 0.05, using: &generator)
    let input = DemonstrationInput(weights: NamedWeights(name: "normal", matrix: matrix))
    let corner = DemonstrationInput(
      weights: NamedWeights(name: "normal", matrix: matrix[rows: 0..<16, columns: 0..<16]))
    var slowest = (name: "", seconds: 0.0)
    for demonstration in Registry.all {
      let picture: Picture
      do {
        picture = try demonstration.observe(input).picture
      } catch is DemonstrationError {
        // What takes small matrices alone is drawn of a small one.
        picture = try demonstration.observe(corner).picture
      }
      let seconds = try medianSeconds(runs: runs) {
        _ = try renderer.png(
          picture.figure(id: demonstration.id, context: context),
          resolution: Preset.slide.resolution, metadata: metadata)
      }
      if seconds > slowest.seconds { slowest = (demonstration.id, seconds) }
    }
    slowestFigure = slowest.name
    inProcess.append(("slowest-figure-png", slowest.seconds))
  }

  /// Sixteen by sixteen weights before and after NF4, and the difference, a number in every cell.
  private static func heatMaps(_ context: FigureContext) throws -> Figure {
    var generator = RandomGenerator(seed: 7)
    let before = Matrix.randomNormal(
      rows: 16, columns: 16, standardDeviation: 0.05, using: &generator)
    let after = try BlockQuantizer(type: .nf4).quantize(before).dequantizedMatrix()
    let difference = Matrix(
      rows: 16, columns: 16, values: zip(before.values, after.values).map { ($0 - $1) * 10 })
    var canvas = Canvas(context)
    let size = context.preset.size
    let frame = Rectangle(x: 0, y: 0, width: size.width, height: size.height)
      .inset(context.preset.margin)
    let small = canvas.style(.small)
    for (panel, (title, matrix)) in zip(
      frame.columns([1, 1, 1], gap: 12),
      [("before", before), ("after", after), ("difference × 10", difference)])
    {
      canvas.text(title, at: Point(panel.minX, panel.minY), small, vertical: .top)
      let limit = Double(Statistics.absoluteMaximum(matrix.values)?.value ?? 1)
      // Small numbers, as in the peer's picture: this measures drawing them, not reading them.
      MatrixChart(matrix, limit: limit, decimals: 2, context: context).draw(
        at: Point(panel.minX, panel.minY + 30), cellWidth: panel.width / 16 - 2,
        labels: TextStyle(size: 6), on: &canvas)
    }
    return Figure(
      id: "heat-maps", language: "en", size: size, background: context.theme.background,
      marks: canvas.marks, title: "heat maps", alternativeText: "Three heat maps.")
  }
}
