/// Finds placeholders, and numbers that look like results, in lines of a lesson.
struct ProseScanner {
  private(set) var placeholders: [LocatedText] = []
  private(set) var literals: [LocatedText] = []

  /// What may hold numbers of its own.
  enum Exemption: Equatable {
    case none
    /// Wrong options of a choice: they have to be made up.
    case wrongOptions
    case everything
  }

  /// Looks through lines whose first one is a certain line of its file.
  mutating func scan(_ lines: [String], firstLine: Int, exempting exemption: Exemption = .none) {
    var masked = lines.map(Array.init)
    for row in masked.indices { collectPlaceholders(&masked[row], line: firstLine + row) }
    guard exemption != .everything else { return }
    Self.maskCodeBlocks(&masked)
    Self.maskCodeSpans(&masked)
    for row in masked.indices {
      if exemption == .wrongOptions, lines[row].drop(while: { $0 == " " }).hasPrefix("- [ ]") {
        continue
      }
      Self.maskDestinations(&masked[row])
      collectLiterals(masked[row], line: firstLine + row)
    }
  }

  /// Moves what was found so far to the right.
  mutating func moveColumns(by distance: Int) {
    for index in placeholders.indices { placeholders[index].position.column += distance }
    for index in literals.indices { literals[index].position.column += distance }
  }

  /// The name in `{{name}}`, without the spaces around it.
  private mutating func collectPlaceholders(_ line: inout [Character], line number: Int) {
    var column = 0
    while column + 1 < line.count {
      guard line[column] == "{", line[column + 1] == "{" else {
        column += 1
        continue
      }
      var end = column + 2
      while end + 1 < line.count, !(line[end] == "}" && line[end + 1] == "}") { end += 1 }
      let isClosed = end + 1 < line.count
      let name = isClosed ? String(line[(column + 2)..<end]) : String(line[column...])
      placeholders.append(
        LocatedText(
          text: isClosed ? Placeholder.trimmed(name) : name,
          position: SourcePosition(line: number, column: column + 1)))
      let stop = isClosed ? end + 2 : line.count
      for index in column..<stop { line[index] = "\u{0}" }
      column = stop
    }
  }

  private static func maskCodeBlocks(_ lines: inout [[Character]]) {
    var fence: CodeFence?
    for row in lines.indices {
      if let open = fence {
        if open.isClosed(by: lines[row]) { fence = nil }
        lines[row] = []
      } else if let opening = CodeFence(opening: lines[row]) {
        fence = opening
        lines[row] = []
      }
    }
  }

  /// A run of backticks opens a span that the next run of the same length in its paragraph closes.
  private static func maskCodeSpans(_ lines: inout [[Character]]) {
    var runs: [(row: Int, column: Int, count: Int, paragraph: Int)] = []
    var paragraph = 0
    for row in lines.indices {
      if lines[row].allSatisfy({ $0 == " " }) { paragraph += 1 }
      var column = 0
      while column < lines[row].count {
        let count = lines[row][column...].prefix { $0 == "`" }.count
        if count > 0 { runs.append((row, column, count, paragraph)) }
        column += max(count, 1)
      }
    }
    var index = 0
    while index < runs.count {
      let open = runs[index]
      let next = runs[(index + 1)...].firstIndex {
        $0.count == open.count || $0.paragraph != open.paragraph
      }
      guard let closing = next, runs[closing].paragraph == open.paragraph else {
        index += 1
        continue
      }
      let close = runs[closing]
      for row in open.row...close.row {
        let from = row == open.row ? open.column : 0
        let to = row == close.row ? close.column + close.count : lines[row].count
        for column in from..<to { lines[row][column] = "\u{0}" }
      }
      index = closing + 1
    }
  }

  /// What stands in `](…)` is an address, and so is what starts with `http://` or `https://`.
  private static func maskDestinations(_ line: inout [Character]) {
    var isInLink = false
    var isInAddress = false
    for column in line.indices {
      let character = line[column]
      if isInLink {
        if character == ")" { isInLink = false }
        line[column] = "\u{0}"
      } else if isInAddress, !" \t>)".contains(character) {
        line[column] = "\u{0}"
      } else if character == "(", column > 0, line[column - 1] == "]" {
        (isInLink, isInAddress) = (true, false)
      } else {
        isInAddress =
          character == "h"
          && (line[column...].starts(with: "http://") || line[column...].starts(with: "https://"))
      }
    }
  }

  /// Decimals, percentages, and numbers of three or more digits that are not part of a word.
  private mutating func collectLiterals(_ line: [Character], line number: Int) {
    func isDigit(_ index: Int) -> Bool {
      line.indices.contains(index) && ("0"..."9").contains(line[index])
    }
    var column = 0
    while column < line.count {
      guard isDigit(column) else {
        column += 1
        continue
      }
      let start = column
      var hasDecimals = false
      while isDigit(column)
        || (column < line.count && ".,\u{202F}\u{A0}".contains(line[column]) && isDigit(column + 1))
      {
        if column < line.count, line[column] == "." || line[column] == "," { hasDecimals = true }
        column += 1
      }
      let digits = line[start..<column].count { ("0"..."9").contains($0) }
      var end = column
      while end < line.count, " \u{A0}\u{202F}".contains(line[end]), end - column < 2 { end += 1 }
      let isPercentage = end < line.count && line[end] == "%"
      let isPartOfWord = start > 0 && (line[start - 1].isLetter || "_-#".contains(line[start - 1]))
      // A minus sign stands before a number, a hyphen inside a word such as GPT-2.
      let isHyphenated = start > 1 && line[start - 1] == "-" && line[start - 2].isLetter
      guard !isPartOfWord || (line[start - 1] == "-" && !isHyphenated),
        hasDecimals || isPercentage || digits >= 3
      else { continue }
      let text = String(line[start..<column]) + (isPercentage ? " %" : "")
      literals.append(
        LocatedText(text: text, position: SourcePosition(line: number, column: start + 1)))
    }
  }
}
