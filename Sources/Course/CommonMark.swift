internal import CCommonMark

/// Reads CommonMark with cmark-gfm; the only file that knows that library.
enum CommonMark {
  /// Blocks, and what they hold that lessons do not use.
  struct Result {
    var blocks: [Block] = []
    var problems: [Problem] = []
  }

  /// What is wrong, and where in the file.
  struct Problem {
    var line: Int
    var column = 1
    var message: String
    var suggestion: String?
  }

  private static let greatestDepth = 32

  /// Reads a text whose first line is a certain line of its file.
  static func parse(_ text: String, firstLine: Int) -> Result {
    var result = Result()
    guard let document = Document(text) else {
      result.problems.append(
        Problem(line: firstLine, message: "the text could not be read as CommonMark"))
      return result
    }
    unsafe document.withRoot { root in
      var reader = Reader(text: text, firstLine: firstLine)
      result.blocks = unsafe reader.blocks(in: root, depth: 0)
      result.problems = reader.problems
    }
    return result
  }

  /// The owner of a parsed tree.
  @safe private struct Document: ~Copyable {
    private let root: OpaquePointer

    init?(_ text: String) {
      var text = text
      let root = text.withUTF8 { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
          unsafe cmark_parse_document(
            characters.baseAddress, characters.count, CMARK_OPT_VALIDATE_UTF8)
        }
      }
      guard let root = unsafe root else { return nil }
      unsafe self.root = unsafe root
    }

    deinit { unsafe cmark_node_free(root) }

    borrowing func withRoot(_ body: (OpaquePointer) -> Void) {
      unsafe body(root)
    }
  }

  /// Turns nodes into values.
  private struct Reader {
    typealias Node = OpaquePointer

    let text: String
    let firstLine: Int
    var problems: [Problem] = []

    init(text: String, firstLine: Int) {
      self.text = text
      self.firstLine = firstLine
    }

    private mutating func report(_ message: String, at node: Node) {
      problems.append(Problem(line: unsafe line(of: node), message: message))
    }

    private func line(of node: Node) -> Int {
      firstLine + max(Int(unsafe cmark_node_get_start_line(node)), 1) - 1
    }

    private func literal(_ node: Node) -> String {
      guard let text = unsafe cmark_node_get_literal(node) else { return "" }
      return unsafe String(cString: text)
    }

    /// Reports what an entity such as `&#27;` has put into a text.
    private mutating func check(_ text: String, in node: Node) {
      guard let scalar = ControlCharacters.first(in: text) else { return }
      unsafe report(
        "the control character \(ControlCharacters.name(scalar)) has no place in a lesson", at: node
      )
    }

    /// Reports an address that leads elsewhere than to a page, or that has a placeholder.
    ///
    /// Pieces of a line have no column in the library, so the first few addresses are looked for.
    private mutating func checkAddress(_ address: String, from line: Int) {
      let problem: (message: String, suggestion: String)
      if address.contains("{{") {
        problem = ("a placeholder in an address is not filled in", "write the address in full")
      } else if !LinkAddress.isAllowed(address) {
        let scheme = LinkAddress.scheme(of: address).map { "“\($0):”" } ?? "“//”"
        problem = (
          "a link with \(scheme) has no place in a lesson",
          "lead to http, https, or a place beside the page"
        )
      } else {
        return
      }
      let place = problems.count < 20 ? position(of: address, from: line) : nil
      problems.append(
        Problem(
          line: place?.line ?? line, column: place?.column ?? 1, message: problem.message,
          suggestion: problem.suggestion))
    }

    /// Where some text stands, in a line or one below it.
    private func position(of address: String, from line: Int) -> SourcePosition? {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, text) in lines.enumerated().dropFirst(max(line - firstLine, 0)) {
        guard let found = text.firstRange(of: address) else { continue }
        return SourcePosition(
          line: firstLine + index,
          column: text.distance(from: text.startIndex, to: found.lowerBound) + 1)
      }
      return nil
    }

    /// Calls a closure with each child of a node.
    private mutating func eachChild(of node: Node, _ body: (inout Reader, Node) -> Void) {
      var next = unsafe cmark_node_first_child(node)
      while let child = unsafe next {
        unsafe body(&self, child)
        unsafe next = cmark_node_next(child)
      }
    }

    mutating func blocks(in node: Node, depth: Int) -> [Block] {
      guard depth < CommonMark.greatestDepth else {
        unsafe report("more than 32 levels of nesting", at: node)
        return []
      }
      var blocks: [Block] = []
      unsafe eachChild(of: node) { reader, child in
        if let block = unsafe reader.block(child, depth: depth + 1) { blocks.append(block) }
      }
      return blocks
    }

    private mutating func block(_ node: Node, depth: Int) -> Block? {
      switch unsafe cmark_node_get_type(node) {
      case CMARK_NODE_PARAGRAPH:
        return .paragraph(unsafe inlines(in: node, depth: depth))
      case CMARK_NODE_HEADING:
        return .heading(
          level: Int(unsafe cmark_node_get_heading_level(node)),
          unsafe inlines(in: node, depth: depth))
      case CMARK_NODE_LIST:
        let isNumbered = unsafe cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
        var items: [ListItem] = []
        unsafe eachChild(of: node) { reader, item in
          items.append(
            ListItem(
              unsafe reader.blocks(in: item, depth: depth), line: unsafe reader.line(of: item)))
        }
        return .list(start: isNumbered ? Int(unsafe cmark_node_get_list_start(node)) : nil, items)
      case CMARK_NODE_BLOCK_QUOTE:
        return .quote(unsafe blocks(in: node, depth: depth))
      case CMARK_NODE_CODE_BLOCK:
        let info = unsafe cmark_node_get_fence_info(node).map { unsafe String(cString: $0) } ?? ""
        var text = unsafe literal(node)
        if text.hasSuffix("\n") { text.removeLast() }
        return .code(info: info, text)
      case CMARK_NODE_THEMATIC_BREAK:
        return .rule
      default:
        unsafe report("HTML has no place in a lesson", at: node)
        return nil
      }
    }

    /// The pieces of a line, with neighbouring runs of text joined.
    private mutating func inlines(in node: Node, depth: Int) -> [Inline] {
      guard depth < CommonMark.greatestDepth else {
        unsafe report("more than 32 levels of nesting", at: node)
        return []
      }
      var pieces: [Inline] = []
      func append(_ text: String) {
        if case .text(let before) = pieces.last {
          pieces[pieces.count - 1] = .text(before + text)
        } else {
          pieces.append(.text(text))
        }
      }
      unsafe eachChild(of: node) { reader, child in
        switch unsafe cmark_node_get_type(child) {
        case CMARK_NODE_TEXT:
          let text = unsafe reader.literal(child)
          unsafe reader.check(text, in: node)
          append(text)
        case CMARK_NODE_SOFTBREAK: append(" ")
        case CMARK_NODE_LINEBREAK: pieces.append(.lineBreak)
        case CMARK_NODE_CODE: pieces.append(.code(unsafe reader.literal(child)))
        case CMARK_NODE_EMPH:
          pieces.append(.emphasis(unsafe reader.inlines(in: child, depth: depth + 1)))
        case CMARK_NODE_STRONG:
          pieces.append(.strong(unsafe reader.inlines(in: child, depth: depth + 1)))
        case CMARK_NODE_LINK:
          let destination =
            unsafe cmark_node_get_url(child).map { unsafe String(cString: $0) } ?? ""
          unsafe reader.check(destination, in: node)
          unsafe reader.checkAddress(destination, from: reader.line(of: node))
          pieces.append(
            .link(destination: destination, unsafe reader.inlines(in: child, depth: depth + 1)))
        case CMARK_NODE_IMAGE:
          unsafe reader.report(
            "an image has no place in prose: a step's figure comes from its demonstration", at: node
          )
        default:
          unsafe reader.report("HTML has no place in a lesson", at: node)
        }
      }
      return pieces
    }
  }
}

/// The library that reads the prose of lessons.
public enum ProseLibrary {
  public static let name = "cmark-gfm"

  /// The version found at run time.
  public static var version: String { unsafe String(cString: cmark_version_string()) }
}
