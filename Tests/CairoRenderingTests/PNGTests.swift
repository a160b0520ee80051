import CairoRendering
import Drawing
import TestSupport
import Testing

@Suite("PNG") struct PNGTests {
  let renderer: FigureRenderer
  let metadata = FigureMetadata(software: "lora-lessons 0.1", command: "lora-lessons run 1")

  init() throws { renderer = try FigureRenderer() }

  @Test("the picture of every kind of mark has not changed")
  func golden() throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    try saveForReview(figure, as: "sample")
    try expectGoldenImage(
      renderer.png(figure, resolution: 144, metadata: metadata), "every-mark")
    try expectGoldenImage(
      renderer.png(figure, resolution: 100, transparent: true, metadata: metadata),
      "every-mark-transparent")
  }

  @Test("the size in pixels is the size in points at the resolution", arguments: [72.0, 144, 300])
  func size(resolution: Double) throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    let image = try DecodedImage(
      png: renderer.png(figure, resolution: resolution, metadata: metadata))
    #expect(image.width == Int((240 * resolution / 72).rounded()))
    #expect(image.height == Int((135 * resolution / 72).rounded()))
  }

  @Test("the file says its resolution, title, alternative text and origin")
  func words() throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    let chunks = Chunk.all(in: try renderer.png(figure, resolution: 144, metadata: metadata))
    #expect(
      chunks.map(\.type) == [
        "IHDR", "sRGB", "pHYs", "iTXt", "iTXt", "iTXt", "iTXt", "IDAT", "IEND",
      ])
    // 144 pixels an inch are 5669.29 a metre.
    #expect(chunks[2].data == [0, 0, 0x16, 0x25, 0, 0, 0x16, 0x25, 1])
    #expect(
      chunks[3...6].map(\.text) == [
        "Title\0\0\0en\0\0" + figure.title, "Description\0\0\0en\0\0" + figure.alternativeText,
        "Software\0\0\0\0\0lora-lessons 0.1", "Source\0\0\0\0\0lora-lessons run 1",
      ])
  }

  @Test("an opaque picture has three components, a transparent one four")
  func components() throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    let opaque = try renderer.png(figure, resolution: 72, metadata: metadata)
    let transparent = try renderer.png(
      figure, resolution: 72, transparent: true, metadata: metadata)
    #expect(Chunk.all(in: opaque)[0].data[9] == 2)
    #expect(Chunk.all(in: transparent)[0].data[9] == 6)
    #expect(try DecodedImage(png: transparent)[0, 0].opacity == 0)
    #expect(try DecodedImage(png: opaque)[0, 0].opacity == 255)
  }

  @Test(
    "a size without pixels or with too many is refused",
    arguments: [0, 0.1, -72, 1e9, .infinity, .nan])
  func unsuitableSize(resolution: Double) throws {
    let figure = sampleFigure(measurer: renderer.measurer)
    let error = #expect(throws: RenderingError.self) {
      try renderer.png(figure, resolution: resolution, metadata: metadata)
    }
    #expect(error?.description.contains("sample-every-mark-en") == true)
  }
}

/// A chunk of a PNG file.
private struct Chunk {
  var type: String
  var data: [UInt8]
  var text: String { String(decoding: data, as: UTF8.self) }

  static func all(in file: [UInt8]) -> [Chunk] {
    var chunks: [Chunk] = []
    var rest = file.dropFirst(8)
    while rest.count >= 12 {
      let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let body = rest.dropFirst(4)
      chunks.append(
        Chunk(
          type: String(decoding: body.prefix(4), as: UTF8.self),
          data: Array(body.dropFirst(4).prefix(count))))
      rest = rest.dropFirst(12 + count)
    }
    return chunks
  }
}
