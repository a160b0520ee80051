internal import Charts
public import Drawing

/// How many questions of each kind a trained model answers exactly.
public struct ScoreBars: Sendable {
  /// The questions of one kind.
  public struct Row: Sendable {
    public var name: Phrase
    public var right: Int
    public var total: Int
    /// Whether the same questions were learned.
    public var isByHeart: Bool

    public init(name: Phrase, right: Int, total: Int, isByHeart: Bool = false) {
      self.name = name
      self.right = right
      self.total = total
      self.isByHeart = isByHeart
    }

    var share: Double { total > 0 ? Double(right) / Double(total) : 0 }
  }

  /// At least one.
  public let rows: [Row]

  public init(rows: [Row]) { self.rows = rows }

  public var picture: Picture {
    let (right, total) = rows.reduce((0, 0)) { ($0.0 + $1.right, $0.1 + $1.total) }
    return Picture(
      title: { words in
        let (right, total) = (words.integer(right), words.integer(total))
        return words.say(
          es: "El modelo acierta \(right) de \(total) preguntas",
          en: "The model answers \(right) of \(total) questions right")
      },
      alternativeText: { words in
        let list = rows.map { row in
          "\(row.name(words)) \(words.integer(row.right)) "
            + words.say(es: "de", en: "of") + " \(words.integer(row.total))"
            + (row.isByHeart ? words.say(es: ", aprendidas", en: ", learned by heart") : "")
        }.joined(separator: "; ")
        return words.say(
          es: "Barras con las preguntas que el modelo contesta exactamente: \(list).",
          en: "Bars with the questions that the model answers exactly: \(list).")
      },
      draw: { canvas, frame in draw(on: &canvas, in: frame) })
  }

  private func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let note =
      rows.contains(where: \.isByHeart)
      ? words.say(
        es: "lleno: nunca vistas; contorno: aprendidas de memoria",
        en: "filled: never seen; outline: learned by heart")
      : words.say(es: "respuestas exactas", en: "exact answers")
    canvas.text(
      note, at: Point(frame.minX, frame.minY), small, color: canvas.theme.secondaryInk,
      vertical: .top)
    let rest = frame.inset(top: canvas.lineHeight(small) + canvas.em(0.4))
    let bars = BarRows(
      rows: rows.map { row in
        BarRows.Row(
          name: row.name(words), value: row.share,
          label: canvas.isCompact
            ? words.percentage(row.share, 1)
            : "\(words.percentage(row.share, 1)) · \(words.integer(row.right))/\(words.integer(row.total))",
          fill: canvas.theme.color(.merged), isReference: row.isByHeart)
      }, limit: 1)
    // A few bars need not fill a slide.
    let height = min(rest.height, Double(rows.count) * canvas.em(5))
    bars.draw(
      in: Rectangle(
        x: rest.x, y: rest.minY + (rest.height - height) * 0.35, width: rest.width, height: height),
      on: &canvas)
  }
}
