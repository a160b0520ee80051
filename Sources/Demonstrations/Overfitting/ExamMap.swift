internal import Charts
internal import Drawing
public import Experiments

/// Every training as a point: what it answers of new divisions, and what is left of the old subjects.
public struct ExamMap: TrainedDemonstration {
  public let id = "exam-map"
  public let parameters = ExamRuns.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try ExamRuns(self, input).grid(ExamSetting.compared)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let runs = try ExamRuns(self, input)
    let result = ExamMapResult(
      runs: runs, choices: try ExamSetting.compared.map { try ExamChoice($0, runs, input) })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.noneKeeps
            ? words.say(
              es: "Nadie aprende sin olvidar", en: "No run learns without forgetting")
            : words.say(
              es: "Lo que se aprende y lo que se olvida", en: "What is learned and what is lost")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The ends of all trainings.
struct ExamMapResult: Sendable {
  let runs: ExamRuns
  let choices: [ExamChoice]

  func points(_ choice: ExamChoice) -> [Point] {
    choice.groups.flatMap { $0.outcomes }.map {
      Point($0.last(.heldOutCharacters), $0.last(.oldScore))
    }
  }
  var all: [Point] { choices.flatMap(points) }
  var front: [Point] { ScatterChart.front(of: all) }
  /// Not one training keeps half of the old subjects.
  var noneKeeps: Bool { all.allSatisfy { $0.y < 0.5 } }
  /// The model before any training.
  var base: Point? {
    guard let outcome = choices.first?.groups.first?.outcomes.first,
      let new = outcome.list(.heldOutCharacters).first, let old = outcome.list(.oldScore).first
    else { return nil }
    return Point(new, old)
  }

  /// The share of some points that another one beats in one mark without losing in the other.
  static func beaten(_ points: [Point], by others: [Point]) -> Double {
    guard !points.isEmpty else { return 0 }
    let count = points.count { point in
      others.contains {
        $0.x >= point.x && $0.y >= point.y && ($0.x > point.x || $0.y > point.y)
      }
    }
    return Double(count) / Double(points.count)
  }
  var full: [Point] { points(choices[0]) }
  var lora: [Point] { choices.filter { $0.setting.method == .lora }.flatMap(points) }
  var qlora: [Point] { choices.filter { $0.setting.method == .qlora }.flatMap(points) }
  var loraBeaten: Double { Self.beaten(lora, by: full) }
  var fullBeaten: Double { Self.beaten(full, by: lora) }
  /// LoRA forgets less for what it learns: most of its points are not beaten, and nearly all of the others'.
  var loraIsBetter: Bool { loraBeaten < 0.5 && fullBeaten > 0.75 }
  var fullIsBetter: Bool { fullBeaten < 0.5 && loraBeaten > 0.75 }

  /// The rank correlation of both marks, from −1 to 1 (Spearman; ties share their mean place).
  static func correlation(_ points: [Point]) -> Double {
    func places(_ numbers: [Double]) -> [Double] {
      let sorted = numbers.sorted()
      return numbers.map { number in
        let first = sorted.firstIndex(of: number) ?? 0
        let count = sorted.count { $0 == number }
        return Double(first) + Double(count - 1) / 2
      }
    }
    let (x, y) = (places(points.map(\.x)), places(points.map(\.y)))
    let (meanX, meanY) = (
      x.reduce(0, +) / Double(max(x.count, 1)), y.reduce(0, +) / Double(max(y.count, 1))
    )
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      xy += (a - meanX) * (b - meanY)
      xx += (a - meanX) * (a - meanX)
      yy += (b - meanY) * (b - meanY)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
  }

  var named: [String: Value] {
    let correlation = Self.correlation(all)
    return [
      "points": .integer(all.count), "seeds": .integer(runs.seeds.count),
      "front": .integer(front.count),
      "front_full": .integer(front.count { full.contains($0) }),
      "front_lora": .integer(front.count { lora.contains($0) }),
      "front_qlora": .integer(front.count { qlora.contains($0) }),
      "lora_beaten": .percentage(loraBeaten, decimals: 0),
      "full_beaten": .percentage(fullBeaten, decimals: 0),
      "lora_better": .flag(loraIsBetter), "full_better": .flag(fullIsBetter),
      "correlation": .number(correlation, decimals: 2),
      "trades": .flag(correlation < -0.5), "none_keeps": .flag(noneKeeps),
      "divisions": .integer(runs.divisions),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "map", title: Phrase(es: "nuevo y viejo, medianas", en: "new and old, medians"),
        columns: [
          Phrase(""), Phrase(es: "tasa", en: "rate"),
          Phrase(es: "caracteres, divisiones nuevas", en: "characters, new divisions"),
          Phrase(es: "materias viejas", en: "old subjects"),
        ],
        rows: choices.flatMap { choice in
          choice.groups.map { group in
            [
              .init(
                .words(
                  Phrase(
                    es: choice.setting.name(Words(.spanish)),
                    en: choice.setting.name(Words(.english))))),
              .init(.significant(group.rate, digits: 1)),
              .init(.percentage(group.ends(.heldOutCharacters).median, decimals: 1)),
              .init(.percentage(group.ends(.oldScore).median, decimals: 1)),
            ]
          }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        Mapa de \(all.count) entrenamientos: en horizontal, los caracteres acertados en divisiones \
        nuevas; en vertical, la nota en las materias viejas. Un anillo arriba es el modelo de antes. Un símbolo por \
        método; una línea une los \(front.count) que ningún otro supera.
        """,
      en: """
        Map of \(all.count) trainings: across, the characters right in new divisions; up, the mark in \
        the old subjects. A ring at the top is the model before. A mark for each method; a line joins the \
        \(front.count) that no other beats.
        """)
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame =
      runs.isQuick
      ? canvas.drawSeedNote(runs.seeds.count, isQuick: true, in: whole) : whole
    let small = canvas.style(.small)
    var chart = ScatterChart(
      series: choices.map { choice in
        .init(
          name: choice.setting.name(words), role: choice.setting.role,
          shape: choice.setting.shape, points: points(choice),
          isHollow: choice.setting.method == .lora && choice.setting.rank < 8)
      }, xScale: Scale(domain: 0...1, from: 0, to: 1), yScale: Scale(domain: 0...1, from: 0, to: 1))
    let key = chart.keyWidth(on: canvas)
    let frontName = words.say(es: "nadie los supera", en: "none beats these")
    let heading = words.say(es: "materias viejas", en: "old subjects")
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    canvas.text(heading, at: Point(frame.minX, frame.minY), bold, vertical: .top)
    let shares = SeedSides.shares(words).ticks
    let probe = Axis(scale: chart.xScale, ticks: shares)
    let title = words.say(
      es: "caracteres acertados en divisiones nuevas", en: "characters right in new divisions")
    let below = Axis(scale: chart.xScale, ticks: shares, title: title)
    let right = max(key, canvas.width(frontName, small)) + canvas.em(1.2)
    let plot = frame.inset(
      left: probe.width(on: canvas), top: canvas.lineHeight(bold) + canvas.em(0.5), right: right,
      bottom: below.height(on: canvas))
    let across = (all + (base.map { [$0] } ?? [])).map(\.x)
    let (least, most) = (across.min() ?? 0, across.max() ?? 1)
    let low = max((least * 10).rounded(.down) / 10, 0)
    let high = max(min(((most + 0.01) * 10).rounded(.up) / 10, 1), low + 0.1)
    chart.xScale = Scale(domain: low...high, from: plot.minX, to: plot.maxX)
    chart.yScale = Scale(domain: 0...1, from: plot.maxY, to: plot.minY)
    let places = Ticks.linear(low...high, count: canvas.isCompact ? 3 : 6)
    Axis(scale: chart.yScale, ticks: shares).drawLeft(of: plot, on: &canvas)
    Axis(
      scale: chart.xScale, ticks: places.map { ($0, words.percentage($0, 0)) }, title: title
    ).drawBelow(plot, on: &canvas)
    let stroke = Stroke(
      canvas.theme.rule, width: canvas.preset.axisWidth * 1.3,
      dashes: [canvas.em(0.3), canvas.em(0.22)])
    chart.drawFront(front, stroke, on: &canvas)
    chart.draw(on: &canvas)
    if let base {
      let place = Point(chart.xScale(base.x), chart.yScale(base.y))
      canvas.dot(
        place, radius: canvas.preset.lineWidth * 2.2, fill: canvas.theme.background,
        stroke: Stroke(canvas.theme.ink, width: canvas.preset.lineWidth))
      canvas.text(
        words.say(es: "antes", en: "before"),
        at: Point(place.x + canvas.em(0.6), place.y + canvas.em(0.3)), small, vertical: .top)
    }
    let corner = Point(plot.maxX + canvas.em(1.2), plot.minY)
    chart.drawKey(at: corner, on: &canvas)
    let y = corner.y + chart.keyHeight(on: canvas) + canvas.lineHeight(small)
    canvas.line(
      Point(corner.x, y), Point(corner.x + canvas.em(1.6), y), stroke)
    canvas.text(
      frontName, at: Point(corner.x, y + canvas.em(0.45)), small,
      color: canvas.theme.secondaryInk, vertical: .top)
  }
}
