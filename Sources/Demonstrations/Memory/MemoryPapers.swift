internal import Charts
internal import Drawing
internal import Training

/// Figures of memory that the LoRA and QLoRA papers print, beside the same sums done here.
public struct MemoryPapers: Demonstration {
  public let id = "memory-papers"
  public let parameters = [
    Parameter(
      "tolerance", Phrase(es: "diferencia que se acepta, en %", en: "accepted difference, in %"),
      default: 5, range: 1...50)
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = MemoryPapersResult(tolerance: Double(try whole("tolerance", in: input)) / 100)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let (good, all) = (result.agreeing, result.figures.count)
          return words.say(
            es: "De \(all) cifras impresas, \(good) salen y \(all - good) no",
            en: "Of \(all) printed figures, \(good) come out, \(all - good) do not")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Printed figures and own sums.
///
/// Sources of the printed ones: Hu et al. 2021, arXiv:2106.09685, section 4.2 and table 4; Dettmers et al.
/// 2023, arXiv:2305.14314, abstract, section 2 and table 6.
struct MemoryPapersResult: Sendable {
  /// What a printed figure says about the true one.
  enum Relation: Sendable {
    case equal, moreThan, lessThan
  }

  struct Figure: Sendable {
    let id: String
    let name: Phrase
    let relation: Relation
    /// Bytes, or numbers where ``isCount``.
    let printed: Double
    let computed: Double
    var isCount = false

    /// The own sum as a share of the printed figure.
    var ratio: Double { computed / printed }
  }

  let tolerance: Double
  let figures: [Figure]

  init(tolerance: Double) {
    self.tolerance = tolerance
    let (small, large) = (ModelShape.llama[0], ModelShape.llama[3])
    let gpt = MemoryModel(.gpt3, method: .lora, rank: 4, targets: .queryValue)
    func weights(_ shape: ModelShape) -> Double {
      let model = MemoryModel(shape, method: .qlora, rank: 64)
      return model.bytes(of: .base) + model.bytes(of: .adapter)
    }
    figures = [
      Figure(
        id: "full_65", name: Phrase(es: "65B, entrenar todo", en: "65B, training all"),
        relation: .moreThan, printed: 780e9,
        computed: MemoryModel(large, method: .full).fixed),
      Figure(
        id: "qlora_65", name: Phrase(es: "65B, QLoRA", en: "65B, QLoRA"), relation: .lessThan,
        printed: 48e9,
        computed: MemoryModel(large, method: .qlora, rank: 64, checkpointing: true).total),
      Figure(
        id: "gpt_weights", name: Phrase(es: "GPT-3, con LoRA", en: "GPT-3, with LoRA"),
        relation: .equal, printed: 350e9, computed: gpt.fixed),
      Figure(
        id: "gpt_full", name: Phrase(es: "GPT-3, entrenar todo", en: "GPT-3, training all"),
        relation: .equal, printed: 1.2e12,
        computed: MemoryModel(.gpt3, method: .full).fixed),
      Figure(
        id: "gpt_adapter",
        name: Phrase(es: "GPT-3, adaptador r = 4", en: "GPT-3, adapter r = 4"), relation: .equal,
        printed: 35e6, computed: gpt.bytes(of: .adapter)),
      Figure(
        id: "gpt2_adapter",
        name: Phrase(es: "GPT-2 M, números r = 4", en: "GPT-2 M, numbers r = 4"), relation: .equal,
        printed: 0.35e6,
        computed: Double(
          MemoryModel(.gpt2Medium, method: .lora, rank: 4, targets: .queryValue).adapterCount),
        isCount: true),
      Figure(
        id: "base_7", name: Phrase(es: "7B, base en NF4", en: "7B, base in NF4"), relation: .equal,
        printed: 5048e6, computed: MemoryModel(small, method: .qlora).bytes(of: .base)),
      Figure(
        id: "adapter_7",
        name: Phrase(es: "7B, adaptador del 0,2 %", en: "7B, adapter of 0.2%"), relation: .equal,
        printed: 26e6, computed: 0.002 * Double(small.parameterCount) * 2),
      Figure(
        id: "guanaco_65", name: Phrase("Guanaco 65B"), relation: .equal, printed: 41e9,
        computed: weights(large)),
      Figure(
        id: "guanaco_7", name: Phrase("Guanaco 7B"), relation: .equal, printed: 6e9,
        computed: weights(small)),
    ]
  }

  /// Whether the own sum is as the figure says.
  func agrees(_ figure: Figure) -> Bool {
    switch figure.relation {
    case .equal: (figure.ratio - 1).magnitude <= tolerance
    case .moreThan: figure.ratio >= 1 && figure.ratio <= 1 + tolerance
    case .lessThan: figure.ratio <= 1
    }
  }
  var agreeing: Int { figures.count { agrees($0) } }
  func figure(_ id: String) -> Figure? { figures.first { $0.id == id } }

  func amount(_ bytes: Double, _ figure: Figure, _ words: Words) -> String {
    if figure.isCount { return words.number(bytes / 1e6, 2) + " M" }
    let unit = bytes >= 0.95e12 ? ("TB", 1e12) : Amount.unit(of: bytes)
    let value = bytes / unit.1
    return words.number(value, value < 10 ? 1 : 0) + " " + unit.0
  }
  func printed(_ figure: Figure, _ words: Words) -> String {
    let sign =
      switch figure.relation {
      case .equal: ""
      case .moreThan: "> "
      case .lessThan: "< "
      }
    return sign + amount(figure.printed, figure, words)
  }

  var named: [String: Value] {
    func words(_ text: (Words) -> String) -> Value {
      .words(Phrase(es: text(Words(.spanish)), en: text(Words(.english))))
    }
    var values: [String: Value] = [
      "figures": .integer(figures.count), "agreeing": .integer(agreeing),
      "differing": .integer(figures.count - agreeing),
      "tolerance": .percentage(tolerance, decimals: 0),
      "full_bytes": .number(
        MemoryModel(ModelShape.llama[3], method: .full).fixed
          / Double(ModelShape.llama[3].parameterCount), decimals: 0),
      "gpt_full_bytes": .number(1.2e12 / 175e9, decimals: 1),
      // The abstract's round factor.
      "gpt_factor": .integer(10_000),
      "gpt_round": words { "\($0.number(350e9 / 10_000 / 1e6, 0)) MB" },
      "gpt_parameters": .integer(175), "weight_bytes": .integer(2),
      "gpt_adapter_numbers": .number(
        Double(MemoryModel(.gpt3, method: .lora, rank: 4, targets: .queryValue).adapterCount) / 1e6,
        decimals: 2),
      "guanaco_gap_65": gap("guanaco_65"), "guanaco_gap_7": gap("guanaco_7"),
      "base_gap": gap("base_7"),
      "qlora_holds": .flag(figure("qlora_65").map(agrees) ?? false),
      "full_holds": .flag(figure("full_65").map(agrees) ?? false),
    ]
    for figure in figures {
      values["printed_\(figure.id)"] = words { printed(figure, $0) }
      values["computed_\(figure.id)"] = words { amount(figure.computed, figure, $0) }
      values["agrees_\(figure.id)"] = .flag(agrees(figure))
    }
    return values
  }

  /// GB that a printed figure has more than the own sum.
  private func gap(_ id: String) -> Value {
    guard let figure = figure(id) else { return .integer(0) }
    return .number((figure.printed - figure.computed) / 1e9, decimals: 1)
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "papers", title: Phrase(es: "impreso y calculado", en: "printed and computed"),
        columns: [
          Phrase(es: "cifra", en: "figure"), Phrase(es: "impreso", en: "printed"),
          Phrase(es: "calculado", en: "computed"), Phrase(es: "entre lo impreso", en: "of printed"),
          Phrase(es: "sale", en: "comes out"),
        ],
        rows: figures.map { figure in
          let (spanish, english) = (Words(.spanish), Words(.english))
          return [
            .init(.words(figure.name)),
            .init(.words(Phrase(es: printed(figure, spanish), en: printed(figure, english)))),
            .init(
              .words(
                Phrase(
                  es: amount(figure.computed, figure, spanish),
                  en: amount(figure.computed, figure, english)))),
            .init(.percentage(figure.ratio, decimals: 0)),
            .init(MemoryReport.yesNo(agrees(figure))),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = figures.map { figure in
      "\(figure.name(words)): \(printed(figure, words)), "
        + words.say(
          es: "calculado \(amount(figure.computed, figure, words))",
          en: "computed \(amount(figure.computed, figure, words))")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Tabla de cifras de memoria impresas en los artículos de LoRA y QLoRA, con la cuenta hecha \
        aquí y un punto en la proporción entre las dos. \(list).
        """,
      en: """
        Table of figures of memory printed in the LoRA and QLoRA papers, with the sum done here and \
        a dot at the ratio of the two. \(list).
        """)
  }
}

extension MemoryPapersResult {
  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let theme = canvas.theme
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    // Where there is little room, a figure of every sort.
    let shown =
      canvas.isCompact
      ? figures.filter { ["full_65", "qlora_65", "gpt_full", "base_7"].contains($0.id) } : figures
    let heads = [
      words.say(es: "impreso", en: "printed"), words.say(es: "calculado", en: "computed"),
    ]
    let cells = shown.map { figure in
      [printed(figure, words), amount(figure.computed, figure, words)]
    }
    let gap = canvas.em(canvas.isCompact ? 0.8 : 1.4)
    let nameWidth = (shown.map { canvas.width($0.name(words), small) }.max() ?? 0) + gap
    let widths = heads.indices.map { column in
      max(
        canvas.width(heads[column], bold), cells.map { canvas.width($0[column], small) }.max() ?? 0)
        + gap
    }
    let head = canvas.lineHeight(small) + canvas.em(0.4)
    let (_, body) = frame.cutTop(head)
    // At both ends there is room for the number beside the dot.
    let room = canvas.width("0,00", small) + canvas.em(0.8)
    let plot = body.inset(left: nameWidth + widths.reduce(0, +) - gap / 2 + room, right: room)
    let ratios = figures.map(\.ratio)
    let domain = (ratios.min() ?? 0.5)...max(ratios.max() ?? 2, 1.01)
    let scale = Scale(.logarithmic, domain: domain, from: plot.minX, to: plot.maxX)
    var right = frame.minX + nameWidth
    for (column, name) in heads.enumerated() {
      right += widths[column]
      canvas.text(
        name, at: Point(right - gap, frame.minY), bold, color: theme.secondaryInk, anchor: .end,
        vertical: .top)
    }
    let one = scale(1)
    canvas.text(
      words.say(es: "calculado ÷ impreso", en: "computed ÷ printed"),
      at: Point(frame.maxX, frame.minY), small, color: theme.secondaryInk, anchor: .end,
      vertical: .top)
    canvas.line(Point(one, body.minY), Point(one, body.maxY), canvas.axisStroke)
    let lines = body.rows(Array(repeating: 1, count: shown.count), gap: 0)
    for ((figure, line), row) in zip(zip(shown, lines), cells) {
      canvas.text(
        figure.name(words), at: Point(frame.minX, line.midY), small, vertical: .middle)
      var right = frame.minX + nameWidth
      for (column, cell) in row.enumerated() {
        right += widths[column]
        canvas.text(
          cell, at: Point(right - gap, line.midY), column == 1 ? bold : small, anchor: .end,
          vertical: .middle)
      }
      let good = agrees(figure)
      let color = theme.color(good ? .quantized : .error)
      let x = scale(figure.ratio)
      canvas.line(
        Point(one, line.midY), Point(x, line.midY), Stroke(color, width: canvas.preset.lineWidth))
      let radius = canvas.em(0.28)
      canvas.dot(
        Point(x, line.midY), radius: radius, fill: good ? color : theme.background,
        stroke: Stroke(color, width: canvas.preset.lineWidth))
      let label = words.number(figure.ratio, 2)
      let goesLeft = figure.ratio < 1
      canvas.text(
        label, at: Point(x + (goesLeft ? -1 : 1) * (radius + canvas.em(0.35)), line.midY), small,
        color: color, anchor: goesLeft ? .end : .start, vertical: .middle)
    }
  }
}
