import CWebP
import CairoRendering
import Drawing
import TestSupport
import Testing

@Suite("Animated WebP") struct WebPTests {
  let renderer: FigureRenderer
  let metadata = FigureMetadata(
    software: "lora-lessons 0.1", command: "lora-lessons run a & b", title: "Uno <dos>",
    subject: "Primero uno, luego dos.")

  init() throws { renderer = try FigureRenderer() }

  private func figures() -> [Figure] {
    ["uno", "dos", "tres"].map { sampleFigure(id: $0, text: $0, measurer: renderer.measurer) }
  }

  @Test("shows each figure for its time, without end")
  func frames() throws {
    let file = try renderer.webp(figures(), resolution: 72, frameTime: 1.25, metadata: metadata)
    #expect(file.starts(with: Array("RIFF".utf8)))
    let chunks = Chunk.all(in: file.dropFirst(12))
    #expect(chunks.map(\.name) == ["VP8X", "ANIM", "ANMF", "ANMF", "ANMF", "XMP "])
    // Width and height less one, in three bytes each; the count of loops, with 0 for no end.
    #expect(chunks[0].number(at: 4, bytes: 3) == 239)
    #expect(chunks[0].number(at: 7, bytes: 3) == 134)
    #expect(chunks[1].number(at: 4, bytes: 2) == 0)
    #expect(chunks[2...4].map { $0.number(at: 12, bytes: 3) } == [1250, 1250, 1250])
  }

  @Test("loses nothing: the first frame has the pixels of the PNG", arguments: [false, true])
  func pixels(transparent: Bool) throws {
    let figure = figures()[0]
    let file = try renderer.webp(
      [figure, figures()[1]], resolution: 100, frameTime: 1, transparent: transparent,
      metadata: metadata)
    let frame = try #require(Chunk.all(in: file.dropFirst(12)).first { $0.name == "ANMF" })
    let left = frame.number(at: 0, bytes: 3) * 2
    let top = frame.number(at: 3, bytes: 3) * 2
    let (width, height, pixels) = try decoded(Array(frame.data.dropFirst(16)))
    let image = try DecodedImage(
      png: renderer.png(figure, resolution: 100, transparent: transparent, metadata: metadata))
    #expect(width <= image.width && height <= image.height)
    var differences = 0
    for index in 0..<width * height {
      let wanted = image[left + index % width, top + index / width]
      // Cairo reads a PNG with the colours multiplied by the opacity.
      let opacity = Int(pixels[4 * index + 3])
      let components = [wanted.red, wanted.green, wanted.blue].map(Int.init)
      let same = (0..<3).allSatisfy {
        abs((Int(pixels[4 * index + $0]) * opacity + 127) / 255 - components[$0]) <= 1
      }
      if !same || opacity != Int(wanted.opacity) { differences += 1 }
    }
    #expect(differences == 0)
  }

  @Test("says its title, what it shows and where it comes from")
  func words() throws {
    let file = try renderer.webp(figures(), resolution: 36, frameTime: 1, metadata: metadata)
    let packet = try #require(Chunk.all(in: file.dropFirst(12)).last)
    let text = String(decoding: packet.data, as: UTF8.self)
    #expect(xmlProblem(in: text) == nil)
    for word in [
      ">Uno &lt;dos&gt;<", ">Primero uno, luego dos.<", "<rdf:li>en<",
      ">lora-lessons run a &amp; b<",
      ">lora-lessons 0.1<",
    ] {
      #expect(text.contains(word), "\(word)")
    }
  }

  @Test("is refused without figures, with figures of several sizes, and when it is too large")
  func refused() throws {
    #expect(throws: RenderingError.noFigures) {
      try renderer.webp([], resolution: 72, frameTime: 1, metadata: metadata)
    }
    var uneven = figures()
    uneven[1].size.width = 100
    #expect(throws: RenderingError.unevenFrames(figure: "dos")) {
      try renderer.webp(uneven, resolution: 72, frameTime: 1, metadata: metadata)
    }
    for resolution in [7200.0, 0, .nan, .infinity] {
      #expect(throws: RenderingError.self) {
        try renderer.webp(figures(), resolution: resolution, frameTime: 1, metadata: metadata)
      }
    }
  }

  private func decoded(_ bytes: [UInt8]) throws -> (width: Int, height: Int, pixels: [UInt8]) {
    var (width, height): (Int32, Int32) = (0, 0)
    let pixels = unsafe bytes.withUnsafeBufferPointer { buffer -> [UInt8]? in
      guard
        let data = unsafe WebPDecodeRGBA(buffer.baseAddress, buffer.count, &width, &height)
      else { return nil }
      defer { unsafe WebPFree(data) }
      return unsafe Array(UnsafeBufferPointer(start: data, count: Int(width * height * 4)))
    }
    return (Int(width), Int(height), try #require(pixels))
  }
}

/// A chunk of a RIFF file.
private struct Chunk {
  var name: String
  var data: [UInt8]

  func number(at start: Int, bytes: Int) -> Int {
    (0..<bytes).reduce(0) { $0 | Int(data[start + $1]) << (8 * $1) }
  }

  static func all(in bytes: ArraySlice<UInt8>) -> [Chunk] {
    var rest = bytes
    var chunks: [Chunk] = []
    while rest.count >= 8 {
      let head = Chunk(name: "", data: Array(rest.prefix(8)))
      let count = head.number(at: 4, bytes: 4)
      chunks.append(
        Chunk(
          name: String(decoding: head.data.prefix(4), as: UTF8.self),
          data: Array(rest.dropFirst(8).prefix(count))))
      rest = rest.dropFirst(8 + count + count % 2)
    }
    return chunks
  }
}
