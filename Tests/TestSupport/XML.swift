/// What is wrong with the nesting and the characters of an XML document; nil when nothing is.
///
/// It knows declarations, elements, attributes in double quotes and the five named references:
/// enough for the files that the project writes.
public func xmlProblem(in text: String) -> String? {
  var open: [Substring] = []
  var rest = Substring(text)
  while let start = rest.firstIndex(of: "<") {
    if let problem = referenceProblem(in: rest[..<start]) { return problem }
    guard let end = rest[start...].firstIndex(of: ">") else { return "a tag does not end" }
    let tag = rest[rest.index(after: start)..<end]
    rest = rest[rest.index(after: end)...]
    if tag.contains("<") { return "a < in the tag \(tag.prefix(40))" }
    if let problem = referenceProblem(in: tag) { return problem }
    if !tag.count(where: { $0 == "\"" }).isMultiple(of: 2) { return "a quote in \(tag) is open" }
    if tag.hasPrefix("?") { continue }
    let name = tag.prefix { !$0.isWhitespace && $0 != "/" }
    if tag.hasPrefix("/") {
      guard let last = open.popLast(), tag.dropFirst() == last else { return "</\(tag)> is alone" }
    } else if !tag.hasSuffix("/") {
      open.append(name)
    }
  }
  return open.last.map { "<\($0)> is not closed" }
}

private func referenceProblem(in text: Substring) -> String? {
  for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
    let known = ["amp;", "lt;", "gt;", "quot;", "apos;"]
    guard known.contains(where: part.hasPrefix) else { return "a bare & before \(part.prefix(20))" }
  }
  return nil
}

/// All values of an attribute in an XML document, in order.
public func xmlAttributes(_ name: String, in text: String) -> [String] {
  text.split(separator: " \(name)=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
}
