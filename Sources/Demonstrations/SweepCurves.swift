internal import Charts
internal import Drawing
internal import LinearAlgebra

/// How the score depends on rank and learning rate: a line a rate through the medians of the seeds, and a
/// dot a seed.
public struct SweepCurves: Sendable {
  /// The scores of all seeds of one rank and one rate.
  public struct Group: Sendable {
    /// The place along the axis, a rank or a rate, above 0.
    public let place: Double
    /// What tells the lines apart: the rate or the rank.
    public let line: Double
    /// From 0 to 1, not empty.
    public let scores: [Double]

    public init(place: Double, line: Double, scores: [Double]) {
      self.place = place
      self.line = line
      self.scores = scores
    }

    var median: Double { Statistics.median(scores) }
  }

  /// Not empty.
  public let groups: [Group]
  /// Whether ranks stand along the axis and rates are the lines, or the other way round.
  public let isByRank: Bool
  /// Whether there are ranks at all.
  public let hasRanks: Bool

  public init(groups: [Group], isByRank: Bool, hasRanks: Bool) {
    self.groups = groups
    self.isByRank = isByRank
    self.hasRanks = hasRanks
  }

  /// Colours that differ in lightness too, and in grey by their dashes.
  private static let roles: [Role] = [.quantized, .error, .int4, .fp4, .loraB, .original]

  private var lines: [Double] { Set(groups.map(\.line)).sorted() }
  private var places: [Double] { Set(groups.map(\.place)).sorted() }

  private static func name(_ value: Double, isRank: Bool, _ words: Words) -> String {
    isRank ? words.integer(Int(value)) : words.numbers.significant(value, digits: 2)
  }

  /// The group with the highest median, of several the first.
  private var best: Group? {
    var best: Group?
    for group in groups where best.map({ group.median > $0.median }) ?? true { best = group }
    return best
  }

  public var picture: Picture {
    let (lines, places, best) = (lines, places, best)
    let seeds = groups.map(\.scores.count).max() ?? 0
    @Sendable func winner(_ words: Words) -> (rank: String, rate: String, score: String) {
      guard let best else { return ("", "", "") }
      let (rank, rate) = isByRank ? (best.place, best.line) : (best.line, best.place)
      return (
        Self.name(rank, isRank: true, words), Self.name(rate, isRank: false, words),
        words.percentage(best.median, 1)
      )
    }
    return Picture(
      title: { words in
        let (rank, rate, score) = winner(words)
        return hasRanks
          ? words.say(
            es: "Lo mejor: rango \(rank) y tasa \(rate), con un \(score)",
            en: "Best: rank \(rank) at a rate of \(rate), with \(score)")
          : words.say(
            es: "Lo mejor: una tasa de \(rate), con un \(score)",
            en: "Best: a rate of \(rate), with \(score)")
      },
      alternativeText: { words in
        let (rank, rate, score) = winner(words)
        let (low, high) = (
          groups.flatMap(\.scores).min() ?? 0, groups.flatMap(\.scores).max() ?? 0
        )
        let axis = words.say(es: isByRank ? "el rango" : "la tasa", en: isByRank ? "rank" : "rate")
        return words.say(
          es:
            "Aciertos según \(axis), \(words.integer(lines.count)) líneas por las medianas de hasta "
            + "\(words.integer(seeds)) semillas, entre \(words.percentage(low, 1)) y "
            + "\(words.percentage(high, 1)). Lo mejor: "
            + (hasRanks ? "rango \(rank) y " : "") + "tasa \(rate), con un \(score) de mediana.",
          en:
            "Right answers against \(axis), \(words.integer(lines.count)) lines through the medians of "
            + "up to \(words.integer(seeds)) seeds, between \(words.percentage(low, 1)) and "
            + "\(words.percentage(high, 1)). Best: "
            + (hasRanks ? "rank \(rank) at " : "") + "a rate of \(rate), with a median of \(score)."
        )
      },
      draw: { canvas, frame in draw(lines, places, in: frame, on: &canvas) })
  }

  private func draw(
    _ lines: [Double], _ places: [Double], in frame: Rectangle, on canvas: inout Canvas
  ) {
    let words = canvas.words
    let base = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    canvas.text(
      words.say(es: "aciertos", en: "right answers"), at: Point(frame.minX, frame.minY), base,
      vertical: .top)
    let series = lines.enumerated().map { index, line in
      LineChart.Series(
        name: lineName(line, words), role: Self.roles[index % Self.roles.count],
        points: groups.filter { $0.line == line }.sorted { $0.place < $1.place }.map {
          Point($0.place, $0.median)
        })
    }
    let domain = scoreDomain
    let probe = Scale(domain: domain, from: frame.maxY, to: frame.minY)
    let ticks = Ticks.linear(domain, count: max(min(Int(frame.height / (4 * small.size)), 7), 2))
    // Percentages as fine as the steps between them.
    let decimals = max(Ticks.decimals(ticks) - 2, 0)
    let up = Axis(scale: probe, ticks: ticks.map { ($0, words.percentage($0, decimals)) })
    let across = Axis(
      scale: probe, ticks: places.map { ($0, Self.name($0, isRank: isByRank, words)) },
      title: isByRank
        ? words.say(es: "rango", en: "rank")
        : words.say(es: "tasa de aprendizaje", en: "learning rate"))
    let plot = frame.inset(
      left: up.width(on: canvas), top: canvas.lineHeight(base) + canvas.em(0.5),
      right: LineChart.labelWidth(series.map(\.name), on: canvas) + canvas.em(0.8),
      bottom: across.height(on: canvas))
    let inner = plot.inset(left: canvas.em(1.2), top: 0, right: canvas.em(0.4), bottom: 0)
    let xScale = Scale(
      .logarithmic, domain: (places.first ?? 1)...(places.last ?? 1), from: inner.minX,
      to: inner.maxX)
    let yScale = Scale(domain: domain, from: plot.maxY, to: plot.minY)
    Axis(scale: yScale, ticks: up.ticks).drawLeft(of: plot, on: &canvas)
    Axis(scale: xScale, ticks: across.ticks, title: across.title).drawBelow(plot, on: &canvas)
    for (index, line) in lines.enumerated() {
      // Dots of several lines at one place stand side by side.
      let shift = (Double(index) - Double(lines.count - 1) / 2) * canvas.em(0.5)
      let color = canvas.theme.color(Self.roles[index % Self.roles.count])
      for group in groups where group.line == line && group.scores.count > 1 {
        let x = xScale(group.place) + shift
        canvas.line(
          Point(x, yScale(group.scores.min() ?? 0)), Point(x, yScale(group.scores.max() ?? 0)),
          Stroke(color, width: canvas.preset.axisWidth))
        for score in group.scores {
          canvas.dot(
            Point(x, yScale(score)), radius: canvas.preset.lineWidth * 1.1,
            fill: canvas.theme.background,
            stroke: Stroke(color, width: canvas.preset.axisWidth))
        }
      }
    }
    LineChart(series: series, xScale: xScale, yScale: yScale).draw(on: &canvas)
  }

  private func lineName(_ line: Double, _ words: Words) -> String {
    guard hasRanks else { return "" }
    let text = Self.name(line, isRank: !isByRank, words)
    return isByRank
      ? words.say(es: "tasa \(text)", en: "rate \(text)")
      : words.say(es: "rango \(text)", en: "rank \(text)")
  }

  /// The scores with some room around them, within what scores can be.
  private var scoreDomain: ClosedRange<Double> {
    let scores = groups.flatMap(\.scores)
    let (low, high) = (scores.min() ?? 0, scores.max() ?? 1)
    let room = max(high - low, 0.04) * 0.15
    return max(low - room, 0)...min(max(high + room, low + room), 1)
  }
}
