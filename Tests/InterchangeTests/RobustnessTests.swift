import Glibc
import Interchange
import LinearAlgebra
import Testing

@Suite("Damaged files")
struct RobustnessTests {
  /// One small sound file of each format.
  static let soundFiles: [(name: String, bytes: [UInt8])] = [
    ("x.safetensors", referenceFile),
    (
      "one.safetensors",
      safetensors(
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[2,3],\"data_offsets\":[0,48]}}", data: 48)
    ),
    ("x.npy", npy("{'descr': '>f2', 'fortran_order': True, 'shape': (2, 3), }", data: 12)),
    (
      "y.npy",
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", version: 2, data: 24)
    ),
    ("x.csv", Array("# weights\n\"a;b\";c\r\n1,5;-2e3\n\n.5;nan\n".utf8)),
    ("y.csv", Array("\u{feff}a,b\n1,2\n3,4".utf8)),
    ("x.txt", Array("1 2\t3\n4 5\t6\n".utf8)),
  ]

  @Test("a file cut at any byte is read or refused", arguments: soundFiles.indices)
  func truncated(index: Int) throws {
    let (name, bytes) = Self.soundFiles[index]
    var refused = 0
    for count in 0..<bytes.count {
      try withFile(Array(bytes[..<count]), named: name) { path in
        if let error = interchangeError({ try readEverything(path) }) {
          refused += 1
          #expect(error.description.hasPrefix(path))
        }
      }
    }
    // Text may end anywhere; a binary format knows its size.
    if !name.hasSuffix("csv") && !name.hasSuffix("txt") { #expect(refused == bytes.count) }
  }

  @Test("a file with changed bytes is read or refused", arguments: soundFiles.indices)
  func flipped(index: Int) throws {
    let (name, sound) = Self.soundFiles[index]
    var generator = RandomGenerator(seed: 7 + UInt64(index))
    try withTemporaryFolder { folder in
      let path = "\(folder)/\(name)"
      for _ in 0..<3000 {
        var bytes = sound
        for _ in 0...Int.random(in: 0..<4, using: &generator) {
          let place = Int.random(in: 0..<bytes.count, using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
          case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
          case 2: bytes.insert(UInt8.random(in: 0x20..<0x7f, using: &generator), at: place)
          default: if bytes.count > 1 { bytes.remove(at: place) }
          }
        }
        try write(bytes, to: path)
        if let error = interchangeError({ try readEverything(path) }) {
          #expect(!error.description.isEmpty && error.category == .invalidContents)
        }
      }
    }
  }

  /// Reads whatever the file has, whether or not its numbers are finite.
  private func readEverything(_ path: String) throws {
    guard path.hasSuffix(".safetensors") else {
      _ = try WeightsFile.load(path: path, nonFinite: .count)
      return
    }
    let file = try Safetensors(path: path)
    for tensor in file.tensors where tensor.dtype.isWeight {
      #expect(try file.values(of: tensor).count == tensor.count)
    }
  }
}

@Suite("Large files")
struct LargeFileTests {
  @Test("one tensor of an 8 GB file is read without touching the rest")
  func sparse() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/large.safetensors"
      let side = 46_336
      let large = 4 * side * side
      let header =
        "{\"large\":{\"dtype\":\"F32\",\"shape\":[\(side),\(side)],\"data_offsets\":[0,\(large)]},"
        + "\"small\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[\(large),\(large + 8)]}}"
      try write(safetensors(header, data: 0), to: path)
      #expect(unsafe truncate(path, 8 + header.utf8.count + large + 8) == 0)

      let before = try residentBytes()
      let small = try WeightsFile.load(path: path, tensor: "small")
      #expect(small.matrix.values == [0, 0])
      let corner = try WeightsFile.load(path: path, tensor: "large", slice: "-16:,-16:")
      #expect(corner.matrix.count == 256)
      #expect(corner.rows == side - 16..<side)
      #expect(try residentBytes() - before < 128 << 20)

      let error = interchangeError { try WeightsFile.load(path: path, tensor: "large") }
      #expect(
        error
          == .shape(
            file: path, tensor: "large", shape: [side, side],
            .tooManyElements(count: side * side, limit: WeightsFile.largestElementCount)))
    }
  }

  @Test("a text file beyond the limit is refused before it is read")
  func largeText() throws {
    try withFile(Array("1,2\n".utf8), named: "large.csv") { path in
      #expect(unsafe truncate(path, CSVMatrix.largestFile + 1) == 0)
      #expect(
        interchangeError { try WeightsFile.load(path: path) }
          == .csv(
            file: path, line: 1, column: nil, .tooLarge(byteCount: CSVMatrix.largestFile + 1)))
    }
  }

  /// The memory of this process that is resident now.
  private func residentBytes() throws -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else {
      throw FixtureError(path: "/proc/self/statm")
    }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    let text = try #require(unsafe fgets(&line, 256, file).map { unsafe String(cString: $0) })
    let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    return pages * Int(getpagesize())
  }
}
