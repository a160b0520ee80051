internal import Demonstrations
internal import Drawing

/// Rows of values below each other, however many there are; the last column may be of any width.
struct ColumnText {
  var words: Words
  var head: [String]
  var rows: [[Value?]]

  var lines: [String] {
    let texts = rows.map { row in row.map { $0?.formatted(words) ?? "–" } }
    let isNumeric = head.indices.map { column in
      rows.allSatisfy { row in row[column].map { $0.numeric != nil } ?? true }
    }
    let widths = head.indices.map { column in
      max(head[column].count, texts.map { $0[column].count }.max() ?? 0)
    }
    return ([head] + texts).map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return isNumeric[column] ? padding + row[column] : row[column] + padding
      }.joined(separator: "  ").withoutTrailingSpaces
    }
  }
}
