internal import Charts
internal import Drawing
public import Experiments

/// The folders that come out of the way, with their tensors and bytes.
public struct WrittenFiles: TrainedDemonstration {
  public let id = "written-files"
  public let parameters = PipelineStudy.parameters

  public init() {}

  public func experiments(for input: DemonstrationInput) throws -> [any Experiment] {
    [try PipelineStudy.experiment(self, input)]
  }

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let result = WrittenFilesResult(study: try PipelineStudy(self, input))
    return Observation(
      values: result.named, tables: [result.table],
      picture: Picture(
        title: { words in
          words.say(
            es: "Cuatro carpetas, cada una para algo", en: "Four folders, each for something")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in result.draw(on: &canvas, in: frame) }))
  }
}

/// What is in the folders.
struct WrittenFilesResult: Sendable {
  let study: PipelineStudy

  /// The names that the commands of the lesson give them.
  static func folder(_ output: ExamPipeline.Output) -> String {
    switch output {
    case .base: "base"
    case .quantized: "base-4bit"
    case .adapter: "divisions"
    case .merged: "whole"
    }
  }

  private static func content(_ output: ExamPipeline.Output) -> Phrase {
    switch output {
    case .base: Phrase(es: "la base, 32 bits", en: "the base, 32 bits")
    case .quantized: Phrase(es: "la base, NF4", en: "the base, NF4")
    case .adapter: Phrase(es: "el adaptador", en: "the adapter")
    case .merged: Phrase(es: "todo junto, 32 bits", en: "all in one, 32 bits")
    }
  }

  private func bytes(_ output: ExamPipeline.Output) -> Int { study.file(output).tensorBytes }
  private var pair: Int { bytes(.quantized) + bytes(.adapter) }

  var named: [String: Value] {
    study.named.merging([
      "pair": .integer(pair),
      "pair_share": .percentage(Double(pair) / Double(max(bytes(.merged), 1)), decimals: 0),
      "adapter_share": .percentage(
        Double(bytes(.adapter)) / Double(max(bytes(.base), 1)), decimals: 0),
      "same_size": .flag(bytes(.base) == bytes(.merged)),
      "per_layer": .integer(
        study.file(.adapter).tensors / max(LanguageModel.courseLayers.count, 1)),
      "layers": .integer(LanguageModel.courseLayers.count),
    ]) { $1 }
  }

  var table: DataTable {
    DataTable(
      id: "files", title: Phrase(es: "carpetas", en: "folders"),
      columns: [
        Phrase(es: "carpeta", en: "folder"), Phrase(es: "contenido", en: "content"),
        Phrase(es: "tensores", en: "tensors"), Phrase("bytes"),
        Phrase(es: "con todo", en: "with all files"),
      ],
      rows: ExamPipeline.Output.allCases.map { output in
        let files = study.file(output)
        return [
          .init(.code(Self.folder(output))), .init(.words(Self.content(output))),
          .init(.integer(files.tensors)), .init(.integer(files.tensorBytes)),
          .init(.integer(files.bytes)),
        ]
      })
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = ExamPipeline.Output.allCases.map {
      "\(Self.folder($0)): \(words.integer(bytes($0))) bytes, "
        + words.say(
          es: "\(study.file($0).tensors) tensores", en: "\(study.file($0).tensors) tensors")
    }.joined(separator: "; ")
    return words.say(
      es: "Barras con los bytes de los tensores de cuatro carpetas. \(list).",
      en: "Bars with the bytes of the tensors of four folders. \(list).")
  }

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let compact = canvas.isCompact
    let head = canvas.style(compact ? .small : .base, bold: true)
    let mono = canvas.style(compact ? .small : .base, typeface: .mono)
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let outputs = ExamPipeline.Output.allCases
    let left =
      (outputs.map {
        max(
          canvas.width(Self.folder($0), mono),
          compact ? 0 : canvas.width(Self.content($0)(words), small))
      }.max() ?? 0) + canvas.em(1.2)
    let labels = outputs.map { output in
      let files = study.file(output)
      return compact
        ? words.integer(files.tensorBytes)
        : words.integer(files.tensorBytes)
          + words.say(es: " · \(files.tensors) tensores", en: " · \(files.tensors) tensors")
    }
    let right = (labels.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.6)
    canvas.text(
      words.say(es: "bytes de los tensores", en: "bytes of the tensors"),
      at: Point(frame.minX, frame.minY), head, vertical: .top)
    let body = frame.inset(top: canvas.lineHeight(head) + canvas.em(0.6))
    let pitch = body.height / Double(outputs.count)
    let most = Double(outputs.map(bytes).max() ?? 1)
    let width = body.width - left - right
    let roles: [Role] = [.frozen, .quantized, .update, .merged]
    for (index, output) in outputs.enumerated() {
      let y = body.minY + (Double(index) + 0.5) * pitch
      let offset = compact ? 0 : canvas.lineHeight(mono) * 0.45
      canvas.text(Self.folder(output), at: Point(body.minX, y - offset), mono, vertical: .middle)
      if !compact {
        canvas.text(
          Self.content(output)(words), at: Point(body.minX, y + canvas.lineHeight(small) * 0.55),
          small, color: canvas.theme.secondaryInk, vertical: .middle)
      }
      let height = min(pitch * 0.5, canvas.em(2.4))
      let bar = Rectangle(
        x: body.minX + left, y: y - height / 2,
        width: max(width * Double(bytes(output)) / max(most, 1), canvas.preset.axisWidth),
        height: height)
      canvas.fill(bar, canvas.theme.color(roles[index]))
      canvas.text(
        labels[index], at: Point(bar.maxX + canvas.em(0.5), y), bold, vertical: .middle)
    }
    canvas.line(
      Point(body.minX + left, body.minY), Point(body.minX + left, body.maxY), canvas.axisStroke)
  }
}
