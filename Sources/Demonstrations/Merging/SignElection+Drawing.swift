internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Draws the entries as rows of cells, each group of rows with its name on the left.
struct SignElectionDrawing {
  let result: SignElectionResult

  private func rows(_ canvas: Canvas) -> [CellRows.Row] {
    let words = canvas.words
    let columns = result.entries.columns
    var rows: [CellRows.Row] = []
    // Small pictures begin with what is left after pruning.
    if !canvas.isCompact {
      for index in 0..<result.entries.rows {
        rows.append(
          CellRows.Row(
            name: words.say(es: "adaptador \(index + 1)", en: "adapter \(index + 1)"),
            values: Array(result.entries.row(index)),
            looks: Array(repeating: .value, count: columns), role: .update, isFirst: index == 0))
      }
    }
    for (index, matrix) in result.steps.pruned.enumerated() {
      let looks = (0..<columns).map { column -> CellRows.Look in
        result.isPruned(index, column)
          ? .pruned : result.isOutvoted(index, column) ? .outvoted : .value
      }
      rows.append(
        CellRows.Row(
          name: words.say(es: "podado \(index + 1)", en: "pruned \(index + 1)"),
          values: matrix.values, looks: looks, role: .update, isFirst: index == 0))
    }
    rows.append(
      CellRows.Row(
        name: words.say(es: "signo", en: "sign"), values: result.steps.signs.values,
        looks: Array(repeating: .sign, count: columns), role: .original, isFirst: true))
    rows.append(
      CellRows.Row(
        name: "TIES", values: result.steps.merged.values,
        looks: result.steps.merged.values.map { $0 == 0 ? .pruned : .value }, role: .merged,
        isFirst: true))
    rows.append(
      CellRows.Row(
        name: words.say(es: "media", en: "mean"), values: result.mean,
        looks: Array(repeating: .value, count: columns), role: .frozen, isFirst: false))
    return rows
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    CellRows(rows: rows(canvas), limit: result.limit, decimals: result.decimals)
      .draw(in: frame, on: &canvas)
  }
}
