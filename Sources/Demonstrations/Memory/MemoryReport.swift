public import Drawing
public import Training
internal import Charts

/// What a training takes, by kind and method: numbers, tables and a picture.
public struct MemoryReport: Sendable {
  /// One for each method that is shown.
  public let models: [MemoryModel]
  /// The memory of a device in bytes, where one was named.
  public let device: Double?

  /// The sizes of common cards, in GB.
  public static let cards = [8.0, 12, 16, 24, 32, 48, 80]

  /// - Throws: `TrainingError.setting` for settings that cannot be.
  public init(_ models: [MemoryModel], device: Double? = nil) throws(TrainingError) {
    precondition(!models.isEmpty, "A report is about at least one method.")
    for model in models { try model.check() }
    self.models = models
    self.device = device
  }

  /// The model of a method, if it is shown.
  public func model(_ method: MemoryModel.Method) -> MemoryModel? {
    models.first { $0.method == method }
  }

  /// The smallest of the common cards that holds a training; nil where none does.
  public static func card(for model: MemoryModel) -> Double? {
    cards.first { model.total <= $0 * 1e9 }
  }

  /// The longest batch in tokens for which a training fits in a device; 0 where it never does.
  public static func tokens(of model: MemoryModel, in device: Double) -> Int {
    var single = model
    (single.batch, single.length) = (1, 1)
    let each = single.total - single.fixed
    let room = device - single.fixed
    return room > 0 && each > 0 ? Int(min(room / each, 1e15)) : 0
  }

  public var tables: [DataTable] {
    [kinds, sizes] + (device == nil ? [cardsTable] : [cardsTable, deviceTable])
  }

  private var methodNames: [Phrase] { models.map(\.method.name) }

  /// What a kind is called.
  static func name(of kind: MemoryKind) -> Phrase {
    switch kind {
    case .base: Phrase(es: "pesos del modelo", en: "weights of the model")
    case .adapter: Phrase(es: "adaptador", en: "adapter")
    case .copy: Phrase(es: "copia en 32 bits", en: "copy in 32 bits")
    case .gradients: Phrase(es: "gradientes", en: "gradients")
    case .optimizer: Phrase(es: "optimizador", en: "optimiser")
    case .activations: Phrase(es: "activaciones", en: "activations")
    case .inputGradients: Phrase(es: "gradientes de activaciones", en: "gradients of activations")
    case .weightBuffer: Phrase(es: "peso desplegado", en: "written-out weight")
    }
  }

  /// GB of each kind; kinds that nobody takes are left out.
  private var kinds: DataTable {
    let used = MemoryKind.allCases.filter { kind in models.contains { $0.bytes(of: kind) > 0 } }
    func row(_ name: Phrase, _ bytes: (MemoryModel) -> Double, unit: Double) -> [DataTable.Cell] {
      [.init(.words(name))] + models.map { .init(Amount.scaled(bytes($0) / unit)) }
    }
    return DataTable(
      id: "kinds",
      title: Phrase(es: "memoria, en GB de 10⁹ bytes", en: "memory, in GB of 10⁹ bytes"),
      columns: [Phrase("")] + methodNames,
      rows: used.map { kind in row(Self.name(of: kind), { $0.bytes(of: kind) }, unit: 1e9) }
        + [
          row(Phrase(es: "total, GB", en: "total, GB"), \.total, unit: 1e9),
          row(Phrase(es: "total, GiB (2³⁰)", en: "total, GiB (2³⁰)"), \.total, unit: 1_073_741_824),
        ])
  }

  private var sizes: DataTable {
    DataTable(
      id: "trained", title: Phrase(es: "lo que se entrena", en: "what is trained"),
      columns: [Phrase("")] + methodNames,
      rows: [
        [.init(.words(Phrase(es: "números que cambian", en: "numbers that change")))]
          + models.map { .init(.integer($0.trainedCount)) },
        [.init(.words(Phrase(es: "parte del modelo", en: "share of the model")))]
          + models.map {
            .init(
              .percentage(
                Double($0.trainedCount) / Double($0.shape.parameterCount),
                decimals: $0.method == .full ? 0 : 2))
          },
      ])
  }

  private var cardsTable: DataTable {
    DataTable(
      id: "cards", title: Phrase(es: "dónde cabe", en: "where it fits"),
      columns: [Phrase(es: "memoria", en: "memory")] + methodNames,
      rows: Self.cards.map { card in
        [.init(.code("\(Int(card)) GB"))]
          + models.map { .init(Self.yesNo($0.total <= card * 1e9)) }
      })
  }

  private var deviceTable: DataTable {
    let device = device ?? 0
    let recomputing: [[DataTable.Cell]] =
      models[0].checkpointing
      ? []
      : [
        [.init(.words(Phrase(es: "cabe con --checkpointing", en: "fits with --checkpointing")))]
          + models.map { model in
            var model = model
            model.checkpointing = true
            return .init(Self.yesNo(model.total <= device))
          }
      ]
    return DataTable(
      id: "device", title: Phrase(es: "en tu dispositivo", en: "on your device"),
      columns: [Phrase("")] + methodNames,
      rows: [
        [.init(.words(Phrase(es: "cabe", en: "fits")))]
          + models.map { .init(Self.yesNo($0.total <= device)) }
      ] + recomputing + [
        [.init(.words(Phrase(es: "ocupado", en: "taken")))]
          + models.map { .init(.percentage($0.total / device, decimals: 0)) },
        [.init(.words(Phrase(es: "tokens por paso que caben", en: "tokens in a step that fit")))]
          + models.map { .init(.integer(Self.tokens(of: $0, in: device))) },
      ])
  }

  static func yesNo(_ value: Bool) -> Value {
    .words(value ? Phrase(es: "sí", en: "yes") : Phrase("no"))
  }

  /// The size of a LLaMA, the name of another model that has one, else the count of parameters.
  private func size(_ words: Words) -> String {
    let shape = models[0].shape
    let isKnown = ModelShape.published.contains { $0.shape == shape }
    return isKnown && !ModelShape.llama.contains(shape) ? shape.name : Amount.size(shape, words)
  }

  /// The bars of all methods, and beside LoRA and QLoRA alone on a scale of their own.
  public var picture: Picture {
    let report = self
    return Picture(
      title: { words in
        let size = report.size(words)
        let list = report.models.map {
          "\($0.method.name(words)) \(Amount.gigabytes($0.total).formatted(words))"
        }.joined(separator: " · ")
        return "\(size): \(list) GB"
      },
      alternativeText: report.alternativeText,
      draw: { canvas, frame in report.draw(on: &canvas, in: frame) })
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = models.map { model in
      let parts = MemoryPart.allCases.filter { $0.bytes(model) > 0 }.map { part in
        "\(part.name(words)) \(Amount.gigabytes(part.bytes(model)).formatted(words))"
      }.joined(separator: ", ")
      return "\(model.method.name(words)): \(parts); "
        + words.say(es: "en total ", en: "in total ")
        + "\(Amount.gigabytes(model.total).formatted(words)) GB"
    }.joined(separator: ". ")
    let size = size(words)
    return words.say(
      es: """
        Barras con la memoria que ocupa entrenar un modelo de \(size), partidas según a qué se \
        dedica, en GB. \(list).
        """,
      en: """
        Bars with the memory that training a model of \(size) takes, split by what it is for, in \
        GB. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let rows = models.map { MemoryBars.Row($0.method.name(words), $0) }
    let frozen = rows.filter { $0.method != .full }
    let enlarges =
      !canvas.isCompact && frozen.count > 1 && frozen.count < rows.count
    MemoryBars(
      [
        MemoryBars.Group(
          heading: enlarges
            ? words.say(es: "los tres, a la misma escala", en: "all three, on one scale") : "",
          rows: rows)
      ]
        + (enlarges
          ? [
            MemoryBars.Group(
              heading: words.say(
                es: "con el modelo congelado, ampliado", en: "with a frozen model, enlarged"),
              rows: frozen)
          ] : [])
    ).draw(in: frame, on: &canvas)
  }
}

extension MemoryReport {
  /// What the report is about: the model, and the settings.
  public func summary(_ words: Words) -> [String] {
    let model = models[0]
    let shape = model.shape
    let count = words.numbers.significant(Double(shape.parameterCount), digits: 3)
    let heads =
      shape.keyValueHeads == shape.heads
      ? words.integer(shape.heads) : "\(words.integer(shape.heads))/\(shape.keyValueHeads)"
    let targets =
      switch model.targets {
      case .queryValue: words.say(es: "q y v", en: "q and v")
      case .attention: words.say(es: "la atención", en: "attention")
      case .all: words.say(es: "todas las capas lineales", en: "all linear layers")
      }
    let sizes = words.say(
      es: """
        \(shape.name): \(count) parámetros; \(shape.layers) capas, anchura \
        \(words.integer(shape.hidden)), interior \(words.integer(shape.intermediate)), \
        \(heads) cabezas, vocabulario \(words.integer(shape.vocabulary))
        """,
      en: """
        \(shape.name): \(count) parameters; \(shape.layers) layers, width \
        \(words.integer(shape.hidden)), inner \(words.integer(shape.intermediate)), \
        \(heads) heads, vocabulary \(words.integer(shape.vocabulary))
        """)
    var settings = [
      words.say(es: "r = \(model.rank) en \(targets)", en: "r = \(model.rank) on \(targets)"),
      words.say(
        es: "\(model.batch) × \(words.integer(model.length)) tokens por paso",
        en: "\(model.batch) × \(words.integer(model.length)) tokens in a step"),
      model.precision.rawValue, model.optimizer.rawValue,
    ]
    if model.checkpointing {
      settings.append(
        words.say(es: "activaciones recalculadas", en: "activations computed again"))
    }
    return [sizes, settings.joined(separator: "; ")]
  }
}
