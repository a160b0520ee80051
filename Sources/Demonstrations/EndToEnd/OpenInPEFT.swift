internal import Charts
internal import Drawing
public import Experiments

/// How PEFT finds the place of each tensor of an adapter: by its name.
public struct OpenInPEFT: TrainedDemonstration {
  public let id = "open-in-peft"
  public let parameters = PipelineStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    [try PipelineStudy.experiment(self, input)]
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = OpenInPEFTResult(study: try PipelineStudy(self, input))
    return Observation(
      values: result.named, tables: [result.table],
      picture: Picture(
        title: { words in
          words.say(
            es: "PEFT encuentra cada tensor por su nombre", en: "PEFT finds each tensor by its name"
          )
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// The parts of a name, and what they are for.
struct OpenInPEFTResult: Sendable {
  let study: PipelineStudy

  private var layer: (name: String, rows: Int, columns: Int) { LanguageModel.courseLayers[0] }
  private static let prefix = "base_model.model."
  private var name: String { Self.prefix + layer.name + ".lora_A.weight" }
  private var scaling: Double {
    study.experiment.alpha / Double(max(study.experiment.rank, 1))
  }

  var named: [String: Value] {
    study.named.merging([
      "prefix": .code(Self.prefix), "module": .code(layer.name), "name": .code(name),
      "rows": .integer(layer.rows), "columns": .integer(layer.columns),
      "scaling": .number(scaling, decimals: 0),
      "layers": .integer(LanguageModel.courseLayers.count),
    ]) { $1 }
  }

  private struct Part {
    let text: String
    let meaning: Phrase
    let role: Role
  }

  private var parts: [Part] {
    [
      Part(
        text: Self.prefix,
        meaning: Phrase(es: "lo que PEFT pone delante", en: "what PEFT puts in front"),
        role: .frozen),
      Part(
        text: layer.name,
        meaning: Phrase(es: "la capa de la base", en: "the layer of the base"), role: .original),
      Part(
        text: ".lora_A.weight",
        meaning: Phrase(
          es: "el factor, \(study.experiment.rank)×\(layer.columns)",
          en: "the factor, \(study.experiment.rank)×\(layer.columns)"), role: .loraA),
      Part(
        text: ".lora_B.weight",
        meaning: Phrase(
          es: "el otro, \(layer.rows)×\(study.experiment.rank)",
          en: "the other, \(layer.rows)×\(study.experiment.rank)"), role: .loraB),
    ]
  }

  var table: DataTable {
    DataTable(
      id: "names", title: Phrase(es: "nombres de los tensores", en: "names of the tensors"),
      columns: [Phrase(es: "nombre", en: "name"), Phrase(es: "forma", en: "shape")],
      rows: LanguageModel.courseLayers.flatMap { layer in
        [
          [
            .init(.code(Self.prefix + layer.name + ".lora_A.weight")),
            .init(.code("\(study.experiment.rank)×\(layer.columns)")),
          ],
          [
            .init(.code(Self.prefix + layer.name + ".lora_B.weight")),
            .init(.code("\(layer.rows)×\(study.experiment.rank)")),
          ],
        ]
      })
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = parts.map { "\($0.text): \($0.meaning(words))" }.joined(separator: "; ")
    return words.say(
      es:
        "El nombre de un tensor del adaptador, dividido en partes con lo que significan. \(list).",
      en: "The name of a tensor of the adapter, divided into parts with what they mean. \(list).")
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let compact = canvas.isCompact
    let mono = canvas.style(compact ? .small : .base, bold: true, typeface: .mono)
    let text = canvas.style(compact ? .small : .base)
    let gap = canvas.em(compact ? 0.8 : 1.6)
    // A small picture has no room for the whole path.
    let texts = parts.map { part in
      compact && part.role == .original
        ? "…" + part.text.split(separator: ".").suffix(2).joined(separator: ".") : part.text
    }
    let column = texts.map { canvas.width($0, mono) }.max() ?? 0
    let meanings = parts.map { canvas.width($0.meaning(words), text) }.max() ?? 0
    let width = column + gap + meanings
    let left = frame.minX + max((frame.width - width) / 2, 0)
    let pitch = min(frame.height / Double(parts.count), canvas.em(4.6))
    let top = frame.midY - pitch * Double(parts.count) / 2
    for (index, part) in parts.enumerated() {
      let y = top + (Double(index) + 0.5) * pitch
      let color = canvas.theme.color(part.role)
      let height = min(pitch * 0.68, canvas.em(2.6))
      let bar = Rectangle(
        x: left - canvas.em(0.9), y: y - height / 2, width: canvas.em(0.3), height: height)
      canvas.fill(bar, color)
      canvas.text(texts[index], at: Point(left, y), mono, color: color, vertical: .middle)
      canvas.text(
        part.meaning(words), at: Point(left + column + gap, y), text, color: canvas.theme.ink,
        vertical: .middle)
    }
  }
}
