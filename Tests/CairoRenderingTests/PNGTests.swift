import CairoRendering
import Drawing
import TestSupport
import Testing

@Suite("PNG") struct PNGTests {
  @Test("the same figure gives the same bytes twice")
  func sameBytes() throws {
    let renderer = try FigureRenderer()
    let figure = sampleFigure(measurer: renderer.measurer)
    try saveForReview(figure, as: "sample")
    let first = try renderer.png(figure, resolution: 144, metadata: FigureMetadata(software: "t"))
    let again = try FigureRenderer().png(
      figure, resolution: 144, metadata: FigureMetadata(software: "t"))
    #expect(first == again)
  }
}
