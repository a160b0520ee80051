internal import Charts
internal import Drawing

extension DecisionBoundary {
  /// The probabilities as colours, the borders between classes, and the points.
  public var picture: Picture {
    let (right, count) = (asked.count { $0.isRight }, asked.count)
    let hasHeldOut = examples.contains { $0.isHeldOut }
    // The same in every size.
    let borders = borders
    return Picture(
      title: { words in
        let share = words.percentage(count > 0 ? Double(right) / Double(count) : 0, 1)
        return words.say(
          es: hasHeldOut
            ? "El modelo acierta el \(share) de los puntos apartados"
            : "El modelo acierta el \(share) de los puntos",
          en: hasHeldOut
            ? "The model gets \(share) of the held-out points right"
            : "The model gets \(share) of the points right")
      },
      alternativeText: { words in
        let names = classes.prefix(8).joined(separator: ", ")
        let shown = drawn.count
        return words.say(
          es:
            "Plano de \(features.x) y \(features.y), coloreado según la probabilidad que el modelo "
            + "da a cada clase (\(names)), con la frontera entre ellas y \(words.integer(shown)) "
            + "puntos: llenos los aprendidos, huecos los apartados, con un aspa los que falla. "
            + "Acierta \(words.integer(right)) de \(words.integer(count)).",
          en: "The plane of \(features.x) and \(features.y), coloured by the probability that the "
            + "model gives each class (\(names)), with the border between them and "
            + "\(words.integer(shown)) points: those learned filled, those held out hollow, those "
            + "it gets wrong crossed. It gets \(words.integer(right)) of \(words.integer(count)) right."
        )
      },
      draw: { canvas, frame in draw(borders, on: &canvas, in: frame) })
  }

  /// A colour for each class; beyond four they get darker.
  func colors(_ theme: Theme) -> [Color] {
    let fills = [ValueClass.blue, .yellow, .pink, .green].map(theme.color)
    return classes.indices.map { index in
      let round = index / fills.count
      return fills[index % fills.count].mixed(
        with: theme.ink, min(0.3 * Double(round), 0.75))
    }
  }

  private func draw(
    _ borders: [[Point]], on canvas: inout Canvas, in frame: Rectangle
  ) {
    let words = canvas.words
    let small = canvas.style(.small)
    let key = BoundaryKey(boundary: self, colors: colors(canvas.theme))
    let keyWidth = key.width(on: canvas, most: 0.42 * frame.width)
    let gap = canvas.em(canvas.isCompact ? 0.8 : 1.6)
    let (_, rest) = frame.cutRight(keyWidth, gap: gap)
    let unit = Scale(domain: 0...1, from: 0, to: 1)
    func axes(_ size: Size) -> (x: Axis, y: Axis) {
      let across = Axis.roundTicks(
        domain.x, length: size.width, spacing: 5 * small.size, words: words)
      let up = Axis.roundTicks(domain.y, length: size.height, spacing: 4 * small.size, words: words)
      return (
        x: Axis(
          scale: unit, ticks: across,
          title: key.cut(features.x, small, width: size.width, on: canvas)),
        y: Axis(scale: unit, ticks: up)
      )
    }
    let probe = axes(rest.size)
    let left = probe.y.width(on: canvas)
    let room = rest.inset(
      left: left, top: canvas.lineHeight(small) + canvas.em(0.3),
      bottom: probe.x.height(on: canvas))
    var plot = shaped(room)
    let yTicks = axes(plot.size).y.ticks
    let xTicks = axes(plot.size).x.ticks
    let xTitle = axes(plot.size).x.title
    // Where the plane is narrow, plot and key stand in the middle together.
    plot.x += max((room.width - plot.width) / 2, 0)
    let yTitle = key.cut(features.y, small, width: plot.width, on: canvas)
    let x = Scale(domain: domain.x, from: plot.minX, to: plot.maxX)
    let y = Scale(domain: domain.y, from: plot.maxY, to: plot.minY)
    drawField(in: plot, on: &canvas)
    draw(borders, x, y, on: &canvas)
    canvas.outline(plot, canvas.axisStroke)
    Axis(scale: y, ticks: yTicks, title: yTitle).drawLeft(of: plot, on: &canvas, grid: false)
    Axis(scale: x, ticks: xTicks, title: xTitle).drawBelow(plot, on: &canvas)
    for example in drawn {
      key.draw(example, at: Point(x(example.x), y(example.y)), on: &canvas)
    }
    let top = plot.minY
    key.draw(
      in: Rectangle(
        x: plot.maxX + gap, y: top, width: keyWidth, height: frame.maxY - top), on: &canvas)
  }

  /// The largest part of a frame in which both features have one scale, if they are of one plane.
  private func shaped(_ frame: Rectangle) -> Rectangle {
    guard isPlane else { return frame }
    let (width, height) = (
      domain.x.upperBound - domain.x.lowerBound, domain.y.upperBound - domain.y.lowerBound
    )
    let unit = min(frame.width / width, frame.height / height)
    return Rectangle(x: frame.x, y: frame.y, width: unit * width, height: unit * height)
  }

  /// The probabilities as one image.
  private func drawField(in plot: Rectangle, on canvas: inout Canvas) {
    let fills = colors(canvas.theme)
    let background = canvas.theme.background
    let count = classes.count
    let colors = (0..<Self.side * Self.side).map { place in
      var mixed = Color(red: 0, green: 0, blue: 0)
      for label in 0..<count {
        let share = Double(probabilities[place * count + label])
        mixed.red += share * fills[label].red
        mixed.green += share * fills[label].green
        mixed.blue += share * fills[label].blue
      }
      // Paler than the points, which have to stand out.
      return mixed.mixed(with: background, 0.55)
    }
    canvas.add(.cells(CellGrid(frame: plot, columns: Self.side, colors: colors)))
  }

  private func draw(
    _ borders: [[Point]], _ x: Scale, _ y: Scale, on canvas: inout Canvas
  ) {
    let last = Double(Self.side - 1)
    let (across, down) = (
      Scale(domain: 0...last, from: x.start, to: x.end),
      Scale(domain: 0...last, from: y.end, to: y.start)
    )
    for border in borders {
      canvas.add(
        .path(
          .polyline(border.map { Point(across($0.x), down($0.y)) }), fill: nil,
          stroke: Stroke(canvas.theme.ink, width: canvas.preset.lineWidth)))
    }
  }
}
