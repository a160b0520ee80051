internal import Demonstrations
internal import Drawing

/// Lays a table out as lines: decimals below each other, the colour of each value behind it.
struct TableText {
  var words: Words
  var theme: Theme
  var width: Int
  /// Longer tables are cut; all of them is in the figure.
  var greatestRowCount = 40

  /// A table without colours, a line each.
  func plain(_ table: DataTable) -> String {
    lines(table).map { $0.plainText.withoutTrailingSpaces + "\n" }.joined()
  }

  func lines(_ table: DataTable) -> [StyledLine] {
    var lines: [StyledLine] = [[StyledRun(table.title(words), .init(bold: true))]]
    let rows = Array(table.rows.prefix(greatestRowCount))
    let labels = rows.indices.map {
      table.rowLabels.indices.contains($0) ? table.rowLabels[$0](words) : ""
    }
    let labelWidth = labels.map(\.count).max() ?? 0
    let columnCount = max(rows.map(\.count).max() ?? 0, table.columns.count)
    var columns: [Column] = []
    var used = labelWidth
    func heading(_ index: Int) -> String {
      table.columns.indices.contains(index) ? table.columns[index](words) : ""
    }
    for index in 0..<columnCount {
      let column = Column(
        heading: heading(index),
        cells: rows.map { $0.indices.contains(index) ? $0[index] : nil }, words: words,
        isFollowedByRoom: index + 1 < columnCount && heading(index + 1).isEmpty)
      // One space on each side, so that colours touch like the cells of a figure.
      guard used + column.width + 2 <= width || index == 0 else { break }
      used += column.width + 2
      columns.append(column)
    }
    let margin = String(repeating: " ", count: labelWidth)
    if table.columns.contains(where: { !$0(words).isEmpty }) {
      // What a heading takes of the columns after it, they leave out.
      var taken = 0
      let headings = columns.map { column in
        let text = " \(column.paddedHeading) "
        let rest = text.dropFirst(taken)
        taken += rest.count - (column.width + 2)
        return StyledRun(String(rest), .init(faint: true))
      }
      lines.append([StyledRun(margin)] + headings)
    }
    for (row, label) in labels.enumerated() {
      let head = label + String(repeating: " ", count: labelWidth - label.count)
      lines.append(
        (labelWidth > 0 ? [StyledRun(head)] : [])
          + columns.map { column in
            StyledRun(" \(column.texts[row]) ", look(of: column.cells[row]?.shade ?? .none))
          })
    }
    if columns.count < columnCount {
      lines.append(
        cut(
          columnCount - columns.count, one: words.say(es: "columna más", en: "more column"),
          many: words.say(es: "columnas más", en: "more columns")))
    }
    if rows.count < table.rows.count {
      lines.append(
        cut(
          table.rows.count - rows.count, one: words.say(es: "fila más", en: "more row"),
          many: words.say(es: "filas más", en: "more rows")))
    }
    return lines.map { line in
      // Nothing but a colour may stand at the end of a line; the cells that a short row lacks go.
      var line = line
      while let last = line.last, last.look.backdrop == nil {
        let text = last.text.withoutTrailingSpaces
        line[line.count - 1].text = text
        guard text.isEmpty else { break }
        line.removeLast()
      }
      return line
    }
  }

  private func cut(_ count: Int, one: String, many: String) -> StyledLine {
    [StyledRun("… \(words.integer(count)) \(count == 1 ? one : many)", .init(faint: true))]
  }

  private func look(of shade: DataTable.Shade) -> StyledRun.Look {
    let backdrop: Color
    switch shade {
    case .none: return .init()
    case .signed(let value): backdrop = theme.signedScale.color(ofSigned: value, limit: 1)
    case .magnitude(let value): backdrop = theme.magnitudeScale.color(at: value)
    case .valueClass(let valueClass): backdrop = theme.color(valueClass)
    // The background of a terminal is not known.
    case .role(let role):
      return .init(bold: true, ink: theme.color(role), backdrop: theme.background)
    }
    return .init(backdrop: backdrop)
  }

  /// A column whose texts all have its width.
  private struct Column {
    var heading: String
    var cells: [DataTable.Cell?]
    var texts: [String]
    var width: Int
    var isNumeric: Bool

    /// Takes the texts of a column; a long heading may reach over a next one that has none.
    init(heading: String, cells: [DataTable.Cell?], words: Words, isFollowedByRoom: Bool) {
      self.heading = heading
      self.cells = cells
      isNumeric = cells.allSatisfy { $0?.value.numeric != nil || $0 == nil }
      let plain = cells.map { $0?.value.formatted(words) ?? "" }
      let mark: Character = words.numbers.decimalMark == .comma ? "," : "."
      // The part after the decimal mark is filled up, so that the marks stand below each other.
      let tails = plain.map { text in
        text.lastIndex(of: mark).map { text.distance(from: $0, to: text.endIndex) } ?? 0
      }
      let isNumeric = isNumeric
      let longest = isNumeric ? tails.max() ?? 0 : 0
      let aligned = zip(plain, tails).map { text, tail in
        isNumeric ? text + String(repeating: " ", count: longest - tail) : text
      }
      let width = max(
        aligned.map(\.count).max() ?? 0, isFollowedByRoom ? 0 : heading.count)
      self.width = width
      texts = aligned.map { text in
        let padding = String(repeating: " ", count: width - text.count)
        return isNumeric ? padding + text : text + padding
      }
    }

    var paddedHeading: String {
      let padding = String(repeating: " ", count: max(width - heading.count, 0))
      return isNumeric ? padding + heading : heading + padding
    }
  }
}
