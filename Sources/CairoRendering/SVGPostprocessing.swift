internal import Drawing

/// Turns what Cairo writes into an SVG that can stand beside others in one page.
///
/// Cairo numbers surfaces and images through the life of the process and gives glyphs the same
/// identifiers in every file. Here all identifiers begin with the figure's own and are numbered by
/// first appearance; the root gains a role, a language, a title and a description; and the traces
/// that the painter left at the edges of groups become real groups.
struct SVGPostprocessing {
  private let root: SVGRoot
  /// The tags that take the place of the traces, in painting order.
  private var groupTags: ArraySlice<String>
  private var names: [[UInt8]: String] = [:]
  private var counts: [String: Int] = [:]
  private var output: [UInt8] = []

  init(figure: Figure, metadata: FigureMetadata) {
    root = SVGRoot(figure: figure, metadata: metadata)
    groupTags = ArraySlice(Self.tags(of: figure.marks, root))
  }

  /// The finished file.
  mutating func finish(_ file: [UInt8]) -> [UInt8] {
    output.reserveCapacity(file.count * 5 / 4)
    for line in file.split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: Self.svgStart) {
        output += root.openingTag.utf8
      } else if line.starts(with: Self.traceStart), Self.isTrace(line) {
        output += (groupTags.popFirst() ?? "").utf8
      } else if line.starts(with: Self.imageStart) {
        // The older attribute is for programs that do not know the newer value.
        output += #"<image image-rendering="optimizeSpeed" style="image-rendering:pixelated""#.utf8
        appendRenamed(line.dropFirst(Self.imageStart.count - 1))
      } else {
        appendRenamed(line)
      }
      output.append(UInt8(ascii: "\n"))
    }
    return output
  }

  private static let traceStart = Array("<path ".utf8)
  private static let traceOpacity = Array("fill-opacity:0.25;".utf8)

  private static let svgStart = Array("<svg ".utf8)
  private static let imageStart = Array("<image ".utf8)
  private static let idStart = Array(" id=".utf8)

  /// Whether the opacity of a trace stands in a line; the library's general search is a hundred
  /// times slower, and a figure has thousands of lines.
  private static func isTrace(_ line: ArraySlice<UInt8>) -> Bool {
    let wanted = traceOpacity
    guard line.count >= wanted.count else { return false }
    for start in line.startIndex...(line.endIndex - wanted.count)
    where line[start] == wanted[0] && line[start..<start + wanted.count].elementsEqual(wanted) {
      return true
    }
    return false
  }

  /// Copies a line with its identifiers and the references to them renamed.
  private mutating func appendRenamed(_ line: ArraySlice<UInt8>) {
    let quote = UInt8(ascii: "\"")
    var copied = line.startIndex
    var index = line.startIndex
    while let mark = line[index...].firstIndex(where: { $0 == quote || $0 == UInt8(ascii: "#") }) {
      index = mark + 1
      let isReference = line[mark] == UInt8(ascii: "#")
      guard isReference || line[..<mark].suffix(4).elementsEqual(Self.idStart),
        let end = line[index...].firstIndex(where: { $0 == quote || $0 == UInt8(ascii: ")") })
      else { continue }
      output += line[copied..<index]
      output += newName(for: Array(line[index..<end])).utf8
      (copied, index) = (end, end + 1)
    }
    output += line[copied...]
  }

  /// The new name of an identifier: the figure's, the kind of thing, and a number of its own.
  private mutating func newName(for old: [UInt8]) -> String {
    if let name = names[old] { return name }
    let kind = String(
      decoding: old.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }, as: UTF8.self)
    counts[kind, default: 0] += 1
    let name = "\(root.prefix)-\(kind)\(counts[kind, default: 0])"
    names[old] = name
    return name
  }

  private static func tags(of marks: [Mark], _ root: SVGRoot) -> [String] {
    marks.flatMap { mark -> [String] in
      guard case .group(let id, let inner) = mark else { return [] }
      return [root.groupTag(id)] + tags(of: inner, root) + ["</g>"]
    }
  }
}
