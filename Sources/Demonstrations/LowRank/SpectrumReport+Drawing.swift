internal import Charts
internal import Drawing

extension SpectrumReport {
  /// The singular values, the error left at each rank, and the measures as a table.
  public var picture: Picture {
    Picture(
      title: { words in
        guard norm > 0 else {
          return words.say(
            es: "Todos los números de esta matriz son cero",
            en: "Every number of this matrix is zero")
        }
        if let kept {
          let error = words.percentage(kept.measuredError / norm, 1)
          return words.say(
            es: "Con rango \(kept.rank) de \(values.count) queda un error del \(error)",
            en: "At rank \(kept.rank) of \(values.count) an error of \(error) remains")
        }
        let (needed, count) = (rank(holding: 0.9), values.count)
        return words.say(
          es: "El 90 % de la energía pide rango \(needed) de \(count)",
          en: "90% of the energy takes rank \(needed) of \(count)")
      },
      alternativeText: { words in
        let first = norm > 0 ? 1 : 0
        let list = measures.map { "\($0.name(words)) \($0.value.formatted(words))" }
          .joined(separator: "; ")
        return words.say(
          es: """
            A la izquierda, los \(values.count) valores singulares de \(weights.name), de mayor a \
            menor, y debajo una curva con el error relativo que deja cada rango, de \(first) en el rango \
            0 a 0 en el último. A la derecha, una tabla: \(list).
            """,
          en: """
            On the left, the \(values.count) singular values of \(weights.name) in decreasing order, \
            and below them a curve of the relative error that each rank leaves, from \(first) at rank 0 \
            to 0 at the last. On the right, a table: \(list).
            """)
      },
      draw: { canvas, frame in draw(on: &canvas, in: frame) })
  }

  private func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let table = TableChart(
      head: [words.say(es: "matriz", en: "matrix"), "\(rows)×\(columns)"],
      rows: measures.dropFirst().map { [$0.name(words), $0.value.formatted(words)] },
      alignments: [.left, .right])
    let base = canvas.style(.base)
    let style =
      table.minimumWidth(base, on: canvas) <= 0.4 * frame.width
        && table.height(base) <= 0.9 * frame.height ? base : canvas.style(.small)
    let width = max(table.minimumWidth(style, on: canvas), frame.width * 0.33)
    let (right, left) = frame.cutRight(width, gap: canvas.em(canvas.isCompact ? 1 : 2.2))
    table.draw(
      in: right.inset(top: max(0, (right.height - table.height(style)) / 2)), style, on: &canvas)
    let halves = left.rows([1, 1.25], gap: canvas.em(canvas.isCompact ? 0.5 : 1))
    drawValues(in: halves[0], on: &canvas)
    drawErrors(in: halves[1], on: &canvas)
  }

  /// The singular values as a staircase; those of the kept rank are filled.
  private func drawValues(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let small = canvas.style(.small)
    canvas.text(
      words.say(es: "valores singulares", en: "singular values"),
      at: Point(frame.minX, frame.minY), small, color: canvas.theme.secondaryInk, vertical: .top)
    let largest = max(values.first ?? 0, 1e-300)
    let (plot, scale) = place(in: frame, titled: false, on: canvas)
    let height = Scale(domain: 0...1, from: plot.maxY, to: plot.minY)
    Axis(
      scale: height,
      ticks: [(0, "0")]
        + (norm > 0 ? [(1, words.numbers.significant(values.first ?? 0, digits: 2))] : [])
    ).drawLeft(of: plot, on: &canvas, grid: false)
    func stairs(_ range: Range<Int>, _ color: Color) {
      guard !range.isEmpty else { return }
      var points = [Point(scale(Double(range.lowerBound)), plot.maxY)]
      for index in shown(range) {
        let y = height(values[index] / largest)
        points.append(Point(scale(Double(index)), y))
        points.append(Point(scale(Double(index + 1)), y))
      }
      points.append(Point(scale(Double(range.upperBound)), plot.maxY))
      canvas.add(.path(.polygon(points), fill: color, stroke: nil))
    }
    let rank = kept?.rank ?? 0
    stairs(
      rank..<values.count, canvas.theme.color(.original).mixed(with: canvas.theme.background, 0.55))
    stairs(0..<rank, canvas.theme.color(.update))
    canvas.line(Point(plot.minX, plot.maxY), Point(plot.maxX, plot.maxY), canvas.axisStroke)
  }

  /// The error that each rank leaves, with the ranks that a reader asks for.
  private func drawErrors(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let small = canvas.style(.small)
    canvas.text(
      words.say(es: "error relativo que queda", en: "relative error that remains"),
      at: Point(frame.minX, frame.minY), small, color: canvas.theme.secondaryInk, vertical: .top)
    let (plot, scale) = place(in: frame, titled: true, on: canvas)
    let height = Scale(domain: 0...1, from: plot.maxY, to: plot.minY)
    Axis(scale: height, ticks: [(0, "0"), (1, "1")]).drawLeft(of: plot, on: &canvas, grid: false)
    rankAxis(scale, width: plot.width, on: canvas).drawBelow(plot, on: &canvas)
    let points = shown(0..<values.count + 1).map { rank in
      Point(scale(Double(rank)), height(relativeError(rank: rank)))
    }
    canvas.add(.path(.polyline(points), fill: nil, stroke: canvas.dataStroke(.error)))
    var marks: [(rank: Int, label: String, color: Color)] = []
    if let kept {
      marks.append((kept.rank, "r = \(kept.rank)", canvas.theme.color(.update)))
    }
    for share in [0.9, 0.99] {
      marks.append((rank(holding: share), words.percentage(share, 0), canvas.theme.secondaryInk))
    }
    var taken: [Rectangle] = []
    // The kept rank is the last dot, above the others, but its label has the first choice.
    for mark in marks.reversed() {
      canvas.dot(
        Point(scale(Double(mark.rank)), height(relativeError(rank: mark.rank))),
        radius: canvas.preset.lineWidth * 2, fill: mark.color)
    }
    for mark in marks {
      // Right above a falling curve there is room; where there is none, the table tells.
      let width = canvas.width(mark.label, small)
      let x = scale(Double(mark.rank)) + canvas.em(0.4)
      let y = height(relativeError(rank: mark.rank)) - canvas.em(0.3)
      let box = Rectangle(x: x, y: y - small.size, width: width, height: small.size)
      let isFree = taken.allSatisfy {
        box.maxX < $0.minX || $0.maxX < box.minX || box.maxY < $0.minY || $0.maxY < box.minY
      }
      guard isFree, box.minY >= plot.minY, box.maxX <= frame.maxX else { continue }
      canvas.text(mark.label, at: Point(x, y), small, color: mark.color, vertical: .bottom)
      taken.append(box)
    }
  }

  private func rankAxis(_ scale: Scale, width: Double, on canvas: Canvas) -> Axis {
    let ticks = Axis.roundTicks(
      scale.domain, length: width, spacing: 5 * canvas.style(.small).size, words: canvas.words
    ).filter { $0.value == $0.value.rounded() }.map {
      (value: $0.value, label: canvas.words.integer(Int($0.value)))
    }
    return Axis(scale: scale, ticks: ticks, title: canvas.words.say(es: "rango", en: "rank"))
  }

  /// The plot of one half, with its left edge where that of the other is.
  private func place(
    in frame: Rectangle, titled: Bool, on canvas: Canvas
  ) -> (plot: Rectangle, scale: Scale) {
    let small = canvas.style(.small)
    let label = canvas.words.numbers.significant(values.first ?? 0, digits: 2)
    let side = canvas.width(label, small) + canvas.em(0.6)
    let domain = 0...Double(values.count)
    let probe = rankAxis(Scale(domain: domain, from: 0, to: 1), width: frame.width, on: canvas)
    let plot = frame.inset(
      left: side, top: canvas.lineHeight(small) + canvas.em(0.4), right: canvas.em(0.5),
      bottom: titled ? probe.height(on: canvas) : 0)
    return (plot, Scale(domain: domain, from: plot.minX, to: plot.maxX))
  }

  /// At most 600 places of a range, which always has its ends.
  private func shown(_ range: Range<Int>) -> [Int] {
    let count = range.count
    guard count > 600 else { return Array(range) }
    return (0..<600).map { range.lowerBound + $0 * (count - 1) / 599 }
  }
}
