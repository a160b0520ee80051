internal import Charts
internal import Drawing
public import Experiments

/// Taking the adapter off: which weights and which outputs are those of the base, bit for bit.
public struct AdapterRemoval: TrainedDemonstration {
  public let id = "adapter-removal"
  public let parameters = ExamRuns.parameters

  static let settings = [ExamSetting.full, .lora8, .qlora8]

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    try ExamRuns(self, input).grid(Self.settings)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let runs = try ExamRuns(self, input)
    let result = AdapterRemovalResult(
      runs: runs, groups: try Self.settings.map { try ExamChoice($0, runs, input).chosen })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.adaptersRestore
            ? words.say(
              es: "Sin el adaptador vuelve el modelo de antes, bit a bit",
              en: "Without the adapter the old model is back, bit for bit")
            : words.say(es: "Lo que queda al quitar el adaptador", en: "What taking it off leaves")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// Counts of bits that differ, the most over the seeds; for full fine-tuning the least.
struct AdapterRemovalResult: Sendable {
  let runs: ExamRuns
  let groups: [ExamGroup]

  private func changedWeights(_ group: ExamGroup) -> Int {
    let spread = group.ends(.changedWeights)
    return Int(group.setting.method.isAdapter ? spread.greatest : spread.least)
  }
  private func changedLogits(_ group: ExamGroup) -> Int {
    let spread = group.ends(.removalChanged)
    return Int(group.setting.method.isAdapter ? spread.greatest : spread.least)
  }
  private var weights: Int { Int(groups[0].outcomes.first?.last(.trainedParameters) ?? 0) }
  private var logits: Int { Int(groups[0].outcomes.first?.last(.removalCompared) ?? 0) }
  var adaptersRestore: Bool {
    groups.dropFirst().allSatisfy { changedWeights($0) == 0 && changedLogits($0) == 0 }
  }
  /// The base in four bits is not the base: what is left of the old subjects before any training.
  private var fourBitOld: Double {
    groups.last?.outcomes.first?.list(.oldScore).first ?? 0
  }
  private var baseOld: Double { groups[0].outcomes.first?.list(.oldScore).first ?? 0 }

  var named: [String: Value] {
    [
      "weights": .integer(weights), "logits": .integer(logits),
      "seeds": .integer(runs.seeds.count),
      "full_weights": .integer(changedWeights(groups[0])),
      "full_share": .percentage(
        weights > 0 ? Double(changedWeights(groups[0])) / Double(weights) : 0, decimals: 1),
      "full_logits": .integer(changedLogits(groups[0])),
      "lora_weights": .integer(changedWeights(groups[1])),
      "lora_logits": .integer(changedLogits(groups[1])),
      "qlora_weights": .integer(changedWeights(groups[2])),
      "qlora_logits": .integer(changedLogits(groups[2])),
      "difference": .significant(
        groups.dropFirst().map { $0.ends(.removalDifference).greatest }.max() ?? 0, digits: 2),
      "full_difference": .significant(groups[0].ends(.removalDifference).median, digits: 2),
      "adapter_numbers": .integer(Int(groups[1].outcomes.first?.last(.trainedParameters) ?? 0)),
      "base_old": .percentage(baseOld, decimals: 1),
      "four_bit_old": .percentage(fourBitOld, decimals: 1),
      "lora_old": .percentage(groups[1].ends(.oldScore).median, decimals: 0),
      "restores": .flag(adaptersRestore),
      "full_changes": .flag(changedWeights(groups[0]) > 0),
    ]
  }

  private var rows: [(name: Phrase, weights: Int, logits: Int, role: Role)] {
    groups.map { group in
      (
        Phrase(
          es: group.setting.name(Words(.spanish)), en: group.setting.name(Words(.english))),
        changedWeights(group), changedLogits(group), group.setting.role
      )
    }
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "removal", title: Phrase(es: "bits que no son los de antes", en: "bits that differ"),
        columns: [
          Phrase(""), Phrase(es: "pesos", en: "weights"), Phrase(es: "de", en: "of"),
          Phrase(es: "salidas", en: "outputs"), Phrase(es: "de", en: "of"),
        ],
        rows: rows.map { row in
          [
            .init(.words(row.name)), .init(.integer(row.weights)), .init(.integer(weights)),
            .init(.integer(row.logits)), .init(.integer(logits)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = rows.map {
      "\($0.name(words)): \(words.integer($0.weights)), \(words.integer($0.logits))"
    }.joined(separator: "; ")
    return words.say(
      es: """
        Barras con los pesos de la base, de \(words.integer(weights)), y las salidas, de \
        \(words.integer(logits)), que ya no son los de antes una vez quitado el adaptador. \(list).
        """,
      en: """
        Bars with the weights of the base, out of \(words.integer(weights)), and the outputs, out of \
        \(words.integer(logits)), that are not what they were once the adapter is off. \(list).
        """)
  }

  func draw(on canvas: inout Canvas, in whole: Rectangle) {
    let words = canvas.words
    let frame =
      runs.isQuick
      ? canvas.drawSeedNote(runs.seeds.count, isQuick: true, in: whole) : whole
    let head = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let (top, body) = frame.cutTop(
      canvas.lineHeight(head) + canvas.lineHeight(small), gap: canvas.em(0.4))
    let names = rows.map { $0.name(words) }
    let nameWidth =
      (names.map { canvas.width($0, canvas.style(.small, bold: true)) }.max() ?? 0)
      + canvas.em(0.8)
    let (left, plots) = body.cutLeft(nameWidth)
    let places = plots.columns([1, 1], gap: canvas.em(canvas.isCompact ? 0.8 : 2.4))
    let pitch = body.height / Double(rows.count)
    for (index, row) in rows.enumerated() {
      canvas.text(
        names[index], at: Point(left.minX, body.minY + (Double(index) + 0.5) * pitch),
        canvas.style(.small, bold: true), color: canvas.theme.color(row.role), vertical: .middle)
    }
    let panels: [(title: String, all: Int, value: (Int) -> Int)] = [
      (
        words.say(es: "pesos distintos", en: "weights that differ"), weights, { rows[$0].weights }
      ),
      (
        words.say(es: "salidas distintas", en: "outputs that differ"), logits,
        { rows[$0].logits }
      ),
    ]
    for (place, panel) in zip(places, panels) {
      canvas.text(panel.title, at: Point(place.minX, top.minY), head, vertical: .top)
      canvas.text(
        words.say(
          es: "de \(words.integer(panel.all))", en: "of \(words.integer(panel.all))"),
        at: Point(place.minX, top.minY + canvas.lineHeight(head)), small,
        color: canvas.theme.secondaryInk, vertical: .top)
      BarRows(
        rows: rows.indices.map { index in
          .init(
            name: "", value: Double(panel.value(index)),
            label: words.integer(panel.value(index)),
            fill: canvas.theme.color(rows[index].role))
        }, limit: Double(max(panel.all, 1))
      ).draw(in: place.inset(left: -canvas.em(0.7)), on: &canvas)
    }
  }
}
