internal import Charts
internal import Drawing
internal import Training

/// The memory of a training against the rank of its adapters.
public struct MemoryRank: Demonstration {
  public let id = "memory-rank"
  public let parameters = [
    Parameter.params, .sequences(1), .textLength(512), .checkpointing,
    Parameter("low", Phrase(es: "rango pequeño", en: "small rank"), default: 8, range: 1...256),
    Parameter("high", Phrase(es: "rango grande", en: "large rank"), default: 64, range: 1...256),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let (low, high) = (try whole("low", in: input), try whole("high", in: input))
    let base = try memoryModel(.qlora, in: input)
    try base.check()
    let result = MemoryRankResult(base: base, low: min(low, high), high: max(low, high))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es:
              "LoRA en q y v, de rango \(result.low) a \(result.high): un \(words.percentage(result.growth(.lora, .queryValue), 0)) más",
            en:
              "LoRA on q and v, rank \(result.low) to \(result.high): \(words.percentage(result.growth(.lora, .queryValue), 0)) more"
          )
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Totals at every rank, for LoRA and QLoRA, with adapters on q and v and on all layers.
struct MemoryRankResult: Sendable {
  let base: MemoryModel
  let low: Int
  let high: Int

  static let ranks = [1, 2, 4, 8, 16, 32, 64, 128, 256]
  static let lines: [(method: MemoryModel.Method, targets: MemoryModel.Targets)] = [
    (.lora, .queryValue), (.lora, .all), (.qlora, .queryValue), (.qlora, .all),
  ]

  /// GB that torchtune's documentation reports for LoRA on q and v of Llama 2 7B, of rank 8 and of rank 64.
  static let torchtune = (low: 15.57, high: 15.86)

  func model(
    _ method: MemoryModel.Method, _ targets: MemoryModel.Targets, _ rank: Int
  ) -> MemoryModel {
    var model = base
    (model.method, model.targets, model.rank) = (method, targets, rank)
    return model
  }
  func growth(_ method: MemoryModel.Method, _ targets: MemoryModel.Targets) -> Double {
    model(method, targets, high).total / model(method, targets, low).total - 1
  }

  var named: [String: Value] {
    var values: [String: Value] = [
      "size": Amount.size(base.shape),
      "low": .integer(low), "high": .integer(high),
      "rank_times": .number(Double(high) / Double(low), decimals: 0),
      "hardly": .flag(growth(.lora, .queryValue) < 0.1),
      "trained_low": .number(
        Double(model(.lora, .queryValue, low).trainedCount) / 1e6, decimals: 1),
      "trained_high": .number(
        Double(model(.lora, .queryValue, high).trainedCount) / 1e6, decimals: 1),
      "trained_all": .number(Double(model(.lora, .all, high).trainedCount) / 1e6, decimals: 1),
      "torchtune_low": .number(Self.torchtune.low, decimals: 2),
      "torchtune_high": .number(Self.torchtune.high, decimals: 2),
      "torchtune_more": .number(Self.torchtune.high - Self.torchtune.low, decimals: 2),
      "is_torchtune": .flag(base.shape == ModelShape.llama[0] && (low, high) == (8, 64)),
      "bytes_trained": .number(
        base.precision.bytes * 2 + base.precision.copyBytes + base.optimizer.bytes, decimals: 0),
    ]
    for (method, targets) in Self.lines {
      let name = method.rawValue + (targets == .all ? "_all" : "_qv")
      values["low_\(name)"] = Amount.gigabytes(model(method, targets, low).total)
      values["high_\(name)"] = Amount.gigabytes(model(method, targets, high).total)
      values["more_\(name)"] = Amount.gigabytes(
        model(method, targets, high).total - model(method, targets, low).total)
      values["growth_\(name)"] = .percentage(growth(method, targets), decimals: 0)
    }
    return values
  }

  private func name(
    _ method: MemoryModel.Method, _ targets: MemoryModel.Targets, _ words: Words
  ) -> String {
    method.name(words) + ", "
      + (targets == .all
        ? words.say(es: "todas", en: "all") : words.say(es: "q y v", en: "q and v"))
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "ranks", title: Phrase(es: "memoria en GB", en: "memory in GB"),
        columns: [Phrase(es: "rango", en: "rank")]
          + Self.lines.map { line in
            Phrase(
              es: name(line.method, line.targets, Words(.spanish)),
              en: name(line.method, line.targets, Words(.english)))
          },
        rows: Self.ranks.map { rank in
          [.init(.integer(rank))]
            + Self.lines.map { .init(Amount.gigabytes(model($0.method, $0.targets, rank).total)) }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = Self.lines.map { line in
      let (few, many) = (
        Amount.gigabytes(model(line.method, line.targets, low).total).formatted(words),
        Amount.gigabytes(model(line.method, line.targets, high).total).formatted(words)
      )
      return words.say(
        es: "\(name(line.method, line.targets, words)): de \(few) a \(many) GB",
        en: "\(name(line.method, line.targets, words)): from \(few) to \(many) GB")
    }.joined(separator: "; ")
    return words.say(
      es: """
        Cuatro líneas de la memoria según el rango, en escala logarítmica: casi planas con \
        adaptadores en q y v. Del rango \(low) al \(high), \(list).
        """,
      en: """
        Four lines of memory against the rank, on a logarithmic scale: almost flat with adapters on \
        q and v. From rank \(low) to \(high), \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let totals = Self.lines.flatMap { line in
      Self.ranks.map { model(line.method, line.targets, $0).total }
    }
    let most = totals.max() ?? 1
    let unit = Amount.unit(of: most)
    let ceiling = 1.05 * most / unit.bytes
    LinePanel(
      heading: words.say(
        es: "memoria de un paso, en \(unit.name)", en: "memory of a step, in \(unit.name)"),
      series: Self.lines.map { line in
        LineChart.Series(
          name: name(line.method, line.targets, words), role: line.method.role,
          points: Self.ranks.map {
            Point(Double($0), model(line.method, line.targets, $0).total / unit.bytes)
          })
      },
      across: PlotFrame.Side(
        kind: .logarithmic, domain: 1...256,
        ticks: Self.ranks.map { (Double($0), words.integer($0)) },
        title: words.say(es: "rango", en: "rank")),
      up: PlotFrame.Side(
        domain: 0...ceiling,
        ticks: Axis.roundTicks(
          0...ceiling, length: frame.height, spacing: canvas.em(3), words: words))
    ).draw(in: frame, on: &canvas)
  }
}
