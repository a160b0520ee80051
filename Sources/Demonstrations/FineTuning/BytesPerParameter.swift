internal import Charts
internal import Drawing

/// The bytes that each parameter takes to be used and to be trained, and what a whole model takes.
public struct BytesPerParameter: Demonstration {
  public let id = "bytes-per-parameter"
  public let parameters = [
    Parameter(
      "billions", Phrase(es: "miles de millones de parámetros", en: "billions of parameters"),
      default: 65, range: 0.001...10_000, isWhole: false),
    Parameter(
      "card", Phrase(es: "memoria de una tarjeta, en GB", en: "memory of one card, in GB"),
      default: 80, range: 1...1000),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = BytesPerParameterResult(
      billions: try value(of: "billions", in: input), card: try whole("card", in: input))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let gigabytes = result.gigabytes(TrainingPrecision.mixed, result.billions, words)
          return words.say(
            es: "Entrenar \(result.size(words)): \(gigabytes) GB antes de empezar",
            en: "Training \(result.size(words)): \(gigabytes) GB before it starts")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          BytesPerParameterDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// The bytes that a way of training keeps for each parameter.
///
/// Sources: Micikevicius et al. 2018, arXiv:1710.03740, for 16 bits with a copy in 32; Dettmers et al.
/// 2023, arXiv:2305.14314, whose 780 GB for 65 billion parameters are the mixed sum without a copy.
struct TrainingPrecision: Hashable, Sendable {
  let name: Phrase
  let value: Int
  var gradient = 0
  /// The copy of the value in 32 bits that small steps are added to.
  var copy = 0
  /// Both moments of AdamW.
  var moments = 0

  var bytes: Int { value + gradient + copy + moments }

  static let used16 = TrainingPrecision(
    name: Phrase(es: "usar, 16 bits", en: "use, 16 bits"), value: 2)
  static let single = TrainingPrecision(
    name: Phrase(es: "entrenar, 32 bits", en: "train, 32 bits"), value: 4, gradient: 4, moments: 8)
  static let mixed = TrainingPrecision(
    name: Phrase(es: "entrenar, mixta", en: "train, mixed"), value: 2, gradient: 2, moments: 8)
  static let mixedWithCopy = TrainingPrecision(
    name: Phrase(es: "mixta y copia", en: "mixed and copy"), value: 2, gradient: 2, copy: 4,
    moments: 8)
  static let all = [used16, single, mixed, mixedWithCopy]

  /// The parts in the order in which they are drawn.
  var parts: [(name: Phrase, kind: Kept?, bytes: Int)] {
    [
      (Phrase(es: "pesos", en: "weights"), .value, value),
      (Phrase(es: "gradiente", en: "gradient"), .gradient, gradient),
      (Phrase(es: "momentos", en: "moments"), .first, moments),
      (Phrase(es: "copia", en: "copy"), nil, copy),
    ].filter { $0.2 > 0 }
  }
}

/// The sums for one model and for the sizes of well-known ones.
struct BytesPerParameterResult: Sendable {
  let billions: Double
  let card: Int

  /// The sizes that the QLoRA paper trained, in billions of parameters.
  static let sizes = [7.0, 13, 33, 65]
  /// What the QLoRA paper says that fine-tuning 65 billion parameters takes, in GB.
  static let paperGigabytes = 780

  /// Gigabytes of 10⁹ bytes.
  func gigabytes(_ precision: TrainingPrecision, _ billions: Double) -> Double {
    billions * Double(precision.bytes)
  }
  func gigabytes(_ precision: TrainingPrecision, _ billions: Double, _ words: Words) -> String {
    let value = gigabytes(precision, billions)
    return value < 10 ? words.numbers.significant(value, digits: 2) : words.number(value, 0)
  }
  func size(_ words: Words) -> String {
    let isWhole = billions == billions.rounded()
    let number =
      isWhole ? words.number(billions, 0) : words.numbers.significant(billions, digits: 2)
    // A billion of the short scale, which the field writes with a B in every language.
    return number + "B"
  }
  func cards(_ precision: TrainingPrecision) -> Int {
    Int((gigabytes(precision, billions) / Double(card)).rounded(.up))
  }
  var agreesWithPaper: Bool {
    billions == 65 && gigabytes(.mixed, billions) == Double(Self.paperGigabytes)
  }

  var named: [String: Value] {
    func gigabytes(_ precision: TrainingPrecision) -> Value {
      let value = self.gigabytes(precision, billions)
      return value < 10 ? .significant(value, digits: 2) : .number(value, decimals: 0)
    }
    return [
      "size": .words(Phrase(es: size(Words(.spanish)), en: size(Words(.english)))),
      "billions": billions == billions.rounded()
        ? .number(billions, decimals: 0) : .significant(billions, digits: 2),
      "bytes_use": .integer(TrainingPrecision.used16.bytes),
      "bytes_single": .integer(TrainingPrecision.single.bytes),
      "bytes_mixed": .integer(TrainingPrecision.mixed.bytes),
      "bytes_copy": .integer(TrainingPrecision.mixedWithCopy.bytes),
      "mixed_value": .integer(TrainingPrecision.mixed.value),
      "mixed_gradient": .integer(TrainingPrecision.mixed.gradient),
      "mixed_moments": .integer(TrainingPrecision.mixed.moments),
      "copy": .integer(TrainingPrecision.mixedWithCopy.copy),
      "gb_use": gigabytes(.used16), "gb_single": gigabytes(.single), "gb_mixed": gigabytes(.mixed),
      "gb_copy": gigabytes(.mixedWithCopy),
      "times": .number(
        Double(TrainingPrecision.mixed.bytes) / Double(TrainingPrecision.used16.bytes), decimals: 0),
      "card": .integer(card), "cards": .integer(cards(.mixed)),
      "cards_use": .integer(cards(.used16)), "is_paper": .flag(agreesWithPaper),
      "paper_gb": .integer(Self.paperGigabytes),
      "small_billions": .number(Self.sizes[0], decimals: 0),
      "small_use": .number(self.gigabytes(.used16, Self.sizes[0]), decimals: 0),
      "small_mixed": .number(self.gigabytes(.mixed, Self.sizes[0]), decimals: 0),
    ]
  }

  var tables: [DataTable] {
    let sizes = Self.sizes.contains(billions) ? Self.sizes : (Self.sizes + [billions]).sorted()
    return [
      DataTable(
        id: "gigabytes", title: Phrase(es: "GB que hacen falta", en: "GB that are needed"),
        columns: [
          Phrase(es: "miles de millones", en: "billions")
        ] + TrainingPrecision.all.map(\.name),
        rows: sizes.map { size in
          [.init(.significant(size, digits: 2))]
            + TrainingPrecision.all.map {
              .init(.significant(gigabytes($0, size), digits: 3))
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = TrainingPrecision.all.map {
      "\($0.name(words)): \($0.bytes) bytes, \(gigabytes($0, billions, words)) GB"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Barras con los bytes que cada parámetro ocupa, partidas en pesos, gradiente, momentos y \
        copia, y a su lado los GB de un modelo de \(size(words)). \(list).
        """,
      en: """
        Bars with the bytes that each parameter takes, split into weights, gradient, moments and \
        copy, and beside them the GB of a model of \(size(words)). \(list).
        """)
  }
}

/// Draws a bar for each way of training, and beside it what models of several sizes take.
struct BytesPerParameterDrawing {
  let result: BytesPerParameterResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let base = canvas.style(canvas.isCompact ? .small : .base)
    var bold = base
    bold.bold = true
    let small = canvas.style(.small)
    let rows = TrainingPrecision.all
    let names = rows.map { $0.name(words) }
    let nameWidth = (names.map { canvas.width($0, base) }.max() ?? 0) + canvas.em(0.8)
    var sizes = canvas.isCompact ? [result.billions] : BytesPerParameterResult.sizes
    if !sizes.contains(result.billions) { sizes = Array(sizes.prefix(3)) + [result.billions] }
    let cells = rows.map { row in sizes.map { result.gigabytes(row, $0, words) } }
    let heads = sizes.map { size in
      BytesPerParameterResult(billions: size, card: result.card).size(words)
    }
    let widths = sizes.indices.map { column in
      max(
        canvas.width(heads[column], bold), cells.map { canvas.width($0[column], bold) }.max() ?? 0)
        + canvas.em(canvas.isCompact ? 0.6 : 1.1)
    }
    let tableWidth = widths.reduce(0, +)
    let totalWidth = canvas.width("16", bold) + canvas.em(0.8)
    let head = canvas.lineHeight(small) + canvas.em(0.4)
    let foot = canvas.lineHeight(small) + canvas.em(0.5)
    let plot = frame.inset(
      left: nameWidth, top: head, right: tableWidth + totalWidth, bottom: foot)
    let most = Double(rows.map(\.bytes).max() ?? 1)
    let lines = plot.rows(
      Array(repeating: 1, count: rows.count), gap: canvas.em(canvas.isCompact ? 0.4 : 0.8))
    canvas.text(
      words.say(es: "bytes por parámetro", en: "bytes a parameter"),
      at: Point(plot.minX, frame.minY), small, color: canvas.theme.secondaryInk, vertical: .top)
    let tableLeft = frame.maxX - tableWidth
    for (column, name) in heads.enumerated() {
      let right = tableLeft + widths[...column].reduce(0, +)
      canvas.text(
        name + (canvas.isCompact ? ", GB" : ""), at: Point(right, frame.minY),
        sizes[column] == result.billions ? canvas.style(.small, bold: true) : small,
        color: canvas.theme.secondaryInk, anchor: .end, vertical: .top)
    }
    for (row, (precision, line)) in zip(rows, lines).enumerated() {
      let height = min(line.height, canvas.em(2.6))
      canvas.text(
        names[row], at: Point(plot.minX - canvas.em(0.6), line.midY), base, anchor: .end,
        vertical: .middle)
      var x = plot.minX
      for part in precision.parts {
        let box = Rectangle(
          x: x, y: line.midY - height / 2, width: plot.width * Double(part.bytes) / most,
          height: height)
        let fill = part.kind?.color(canvas.theme) ?? canvas.theme.faint
        let inner = box.inset(right: min(canvas.preset.cellGap, box.width / 2))
        canvas.fill(inner, fill)
        let label = String(part.bytes)
        if canvas.width(label, small) < inner.width * 0.9 {
          canvas.text(
            label, at: inner.center, small, color: fill.readableInk, anchor: .middle,
            vertical: .middle, box: inner, backdrop: fill)
        }
        x = box.maxX
      }
      canvas.text(
        String(precision.bytes), at: Point(x + canvas.em(0.4), line.midY), bold, vertical: .middle)
      for (column, cell) in cells[row].enumerated() {
        canvas.text(
          cell, at: Point(tableLeft + widths[...column].reduce(0, +), line.midY),
          sizes[column] == result.billions ? bold : base, anchor: .end, vertical: .middle)
      }
    }
    drawKey(at: Point(plot.minX, frame.maxY), width: frame.maxX - plot.minX, on: &canvas)
    if !canvas.isCompact {
      canvas.text(
        "GB", at: Point(frame.maxX, frame.maxY), small, color: canvas.theme.secondaryInk,
        anchor: .end, vertical: .bottom)
    }
  }

  /// The names of the parts, each after a square of its colour.
  private func drawKey(at point: Point, width: Double, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    let square = canvas.em(0.7)
    var x = point.x
    for part in TrainingPrecision.mixedWithCopy.parts {
      let name = part.name(canvas.words)
      let fill = part.kind?.color(canvas.theme) ?? canvas.theme.faint
      canvas.fill(
        Rectangle(x: x, y: point.y - square, width: square, height: square), fill)
      let ink = canvas.text(
        name, at: Point(x + square + canvas.em(0.3), point.y - square / 2), small,
        vertical: .middle)
      x = ink.maxX + canvas.em(canvas.isCompact ? 0.6 : 1.2)
    }
  }
}
