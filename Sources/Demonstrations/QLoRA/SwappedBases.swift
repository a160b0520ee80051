internal import Charts
internal import Drawing
public import Experiments

/// Adapters that learned beside one form of the base, and what they do beside the other.
public struct SwappedBases: TrainedDemonstration {
  public let id = "swapped-bases"
  public let parameters: [Parameter] = []

  public init() {}

  private static func adapters(_ input: DemonstrationInput, inFourBits: Bool) -> [SwappedBase] {
    input.trainingSeeds().map {
      SwappedBase(trainsInFourBits: inFourBits, steps: input.isQuick ? 200 : 1000, seed: $0)
    }
  }

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    Self.adapters(input, inFourBits: true) + Self.adapters(input, inFourBits: false)
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    func group(_ inFourBits: Bool) throws -> SwappedBasesResult.Group {
      try .init(Self.adapters(input, inFourBits: inFourBits).map { try input.record(of: $0) })
    }
    let result = SwappedBasesResult(fourBits: try group(true), exact: try group(false))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.fitsItsOwn
            ? words.say(
              es: "Cada adaptador encaja en la base con la que aprendió",
              en: "Each adapter fits the base it learned beside")
            : words.say(
              es: "Un adaptador sobre la otra base", en: "An adapter beside the other base")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          result.draw(on: &canvas, in: frame, note: input.quickNote(canvas.words))
        }))
  }
}

/// Losses and right answers beside both bases, seed by seed.
struct SwappedBasesResult: Sendable {
  struct Group: Sendable {
    let ownLoss: Spread
    let otherLoss: Spread
    let ownRight: Spread
    let otherRight: Spread
    let total: Int

    init(_ records: [ExperimentRecord]) throws {
      func seeds(_ name: String) throws -> Spread {
        Spread(try records.map { try $0.number(name) })
      }
      ownLoss = try seeds("own.loss")
      otherLoss = try seeds("other.loss")
      ownRight = try seeds("own.right")
      otherRight = try seeds("other.right")
      total = Int(try records.first?.number("total") ?? 0)
    }

    /// In how many seeds the loss is higher beside the other base.
    var worse: Int { zip(ownLoss.values, otherLoss.values).count { $0 < $1 } }
    var count: Int { ownLoss.values.count }
    /// By how much the loss rises, in the middle of the seeds.
    var rise: Double {
      Spread(zip(ownLoss.values, otherLoss.values).map { $1 / $0 - 1 }).median
    }
  }

  /// Adapters that learned beside the base in four bits, and beside the exact one.
  let fourBits: Group
  let exact: Group

  var fitsItsOwn: Bool { fourBits.worse == fourBits.count }

  var named: [String: Value] {
    func share(_ right: Double, _ total: Int) -> Value {
      .percentage(right / Double(max(total, 1)), decimals: 1)
    }
    return [
      "seeds": .integer(fourBits.count), "total": .integer(fourBits.total),
      "own_loss": .number(fourBits.ownLoss.median, decimals: 3),
      "other_loss": .number(fourBits.otherLoss.median, decimals: 3),
      "rise": .percentage(fourBits.rise, decimals: 1), "worse": .integer(fourBits.worse),
      "own_score": share(fourBits.ownRight.median, fourBits.total),
      "other_score": share(fourBits.otherRight.median, fourBits.total),
      "exact_own_loss": .number(exact.ownLoss.median, decimals: 3),
      "exact_other_loss": .number(exact.otherLoss.median, decimals: 3),
      "exact_rise": .percentage(exact.rise, decimals: 1), "exact_worse": .integer(exact.worse),
      "exact_own_score": share(exact.ownRight.median, exact.total),
      "exact_other_score": share(exact.otherRight.median, exact.total),
      "fits_its_own": .flag(fitsItsOwn),
      "exact_fits_its_own": .flag(exact.worse == exact.count),
      "small": .flag(fourBits.rise < 0.1),
      "below_spread": .flag(
        fourBits.otherLoss.median - fourBits.ownLoss.median
          < fourBits.ownLoss.greatest - fourBits.ownLoss.least),
      "verdict": .words(
        fitsItsOwn
          ? ClaimOutcome.holds.phrase
          : 2 * fourBits.worse > fourBits.count
            ? ClaimOutcome.holdsWithLimit.phrase
            : ClaimOutcome.doesNotHold.phrase),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "seeds", title: Phrase(es: "pérdida en divisiones", en: "loss on divisions"),
        columns: [
          Phrase(es: "QLoRA, su base", en: "QLoRA, its base"),
          Phrase(es: "QLoRA, la exacta", en: "QLoRA, the exact one"),
          Phrase(es: "LoRA, su base", en: "LoRA, its base"),
          Phrase(es: "LoRA, la de 4 bits", en: "LoRA, the 4-bit one"),
        ],
        rows: fourBits.ownLoss.values.indices.map { seed in
          [fourBits.ownLoss, fourBits.otherLoss, exact.ownLoss, exact.otherLoss].map {
            .init(.number($0.values[seed], decimals: 4))
          }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func value(_ name: String) -> String { named[name]?.formatted(words) ?? "" }
    return words.say(
      es: """
        Dos paneles con una línea por semilla, de la pérdida sobre su base a la pérdida sobre la otra. \
        Los adaptadores entrenados sobre 4 bits van de \(value("own_loss")) a \(value("other_loss")) \
        en la base exacta; los entrenados sobre la exacta, de \(value("exact_own_loss")) a \
        \(value("exact_other_loss")) en la de 4 bits.
        """,
      en: """
        Two panels with a line for each seed, from the loss beside its base to the loss beside the \
        other. Adapters trained on 4 bits go from \(value("own_loss")) to \(value("other_loss")) on \
        the exact base; those trained on the exact one from \(value("exact_own_loss")) to \
        \(value("exact_other_loss")) on the one in 4 bits.
        """)
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle, note: String) {
    let words = canvas.words
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1.2 : 2.4))
    let all = [fourBits, exact].flatMap { $0.ownLoss.values + $0.otherLoss.values }
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    let margin = max((high - low) * 0.15, high * 0.01, 1e-6)
    let domain = max(low - margin, 0)...(high + margin)
    let parts: [(Group, Phrase, Phrase, Role)] = [
      (
        fourBits, Phrase(es: "aprendió sobre 4 bits", en: "learned on 4 bits"),
        Phrase(es: "4 bits → exacta", en: "4 bits → exact"), .quantized
      ),
      (
        exact, Phrase(es: "aprendió sobre la exacta", en: "learned on the exact one"),
        Phrase(es: "exacta → 4 bits", en: "exact → 4 bits"), .update
      ),
    ]
    for (panel, part) in zip(panels, parts) {
      let (group, long, short, role) = part
      LinePanel(
        heading: canvas.isCompact ? short(words) : long(words),
        series: zip(group.ownLoss.values, group.otherLoss.values).map { own, other in
          .init(name: "", role: role, points: [Point(0, own), Point(1, other)])
        },
        across: .init(
          domain: -0.15...1.15,
          ticks: [
            (0, words.say(es: "su base", en: "its base")),
            (1, words.say(es: "la otra", en: "the other")),
          ]),
        up: .init(
          domain: domain,
          ticks: Axis.roundTicks(
            domain, length: panel.height, spacing: 4 * canvas.style(.small).size, words: words)),
        isNamed: false
      ).draw(in: panel, on: &canvas)
    }
    canvas.drawQuickNote(note, in: frame)
  }
}
