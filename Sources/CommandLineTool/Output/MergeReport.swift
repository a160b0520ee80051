internal import Course
internal import Demonstrations
internal import Drawing
internal import Interchange

/// What `merge` says about what it did.
struct MergeReport {
  let merged: [MergedTensor]
  /// The paths as the user wrote them.
  let base: String
  let output: String
  let adapters: [String]
  let weights: [Double]
  let method: MergeMethod
  /// How many tensors the base has.
  let tensorCount: Int
  let isUndoing: Bool

  func lines(_ words: Words) -> [String] {
    Self.table(merged, words) + [count(words), output]
      + CommandText.proposalLines(nextCommand, words)
  }

  /// What was done to each tensor, and what the columns mean.
  static func table(_ merged: [MergedTensor], _ words: Words) -> [String] {
    let table = ColumnText(
      words: words,
      head: [
        words.say(es: "tipo", en: "type"), words.say(es: "forma", en: "shape"), "r",
        "‖ΔW‖/‖W‖", words.say(es: "redondeo", en: "rounding"),
        words.say(es: "perdido", en: "lost"), words.say(es: "nombre", en: "name"),
      ],
      rows: merged.map { tensor in
        [
          .code(tensor.dtype.rawValue),
          .code(tensor.shape.map(String.init).joined(separator: "×")),
          tensor.isReplaced && tensor.rank == 0 ? nil : .integer(tensor.rank),
          tensor.relativeUpdate.map { .percentage($0, decimals: 2) },
          .significant(tensor.largestRounding, digits: 2),
          .percentage(tensor.lostShare, decimals: 1),
          .code(printable(tensor.name)),
        ]
      })
    return table.lines + [
      "",
      words.say(
        es: "redondeo: la mayor diferencia al guardar en el tipo de la base; perdido: la parte de "
          + "los cambios que el redondeo borra",
        en: "rounding: the largest difference when stored in the base's type; lost: the share of "
          + "the changes that rounding erases"),
    ]
  }

  /// How many tensors changed and how many did not.
  private func count(_ words: Words) -> String {
    let (changed, rest) = (merged.count, tensorCount - merged.count)
    let (one, other) = (words.integer(changed), words.integer(rest))
    let spanish = isUndoing ? "restaurado" : "fusionado"
    return words.say(
      es: (changed == 1 ? "1 tensor \(spanish)" : "\(one) tensores \(spanish)s")
        + (rest == 1 ? ", 1 copiado byte a byte" : ", \(other) copiados byte a byte"),
      en: "\(one) \(changed == 1 ? "tensor" : "tensors") \(isUndoing ? "unmerged" : "merged"), "
        + "\(other) copied byte for byte")
  }

  /// A command that goes on from here, for the first tensor.
  private var nextCommand: [String] {
    ["inspect", output] + (merged.first.map { ["--tensor", $0.name] } ?? [])
  }

  var json: JSONNode {
    .object([
      ("base", .string(base)), ("output", .string(output)),
      (
        "adapters",
        .array(
          zip(adapters, weights).map { path, weight in
            .object([("path", .string(path)), ("weight", .optional(weight))])
          })
      ),
      ("method", .string(method.name.rawValue)), ("unmerged", JSONNode(.boolean(isUndoing))),
      ("copiedTensors", .integer(tensorCount - merged.count)),
      ("tensors", Self.json(merged)),
    ])
  }

  static func json(_ merged: [MergedTensor]) -> JSONNode {
    .array(
      merged.map { tensor in
        .object([
          ("name", .string(tensor.name)), ("type", .string(tensor.dtype.rawValue)),
          ("shape", .array(tensor.shape.map { .integer($0) })),
          ("rank", .integer(tensor.rank)), ("adapters", .integer(tensor.adapterCount)),
          ("replaced", JSONNode(.boolean(tensor.isReplaced))),
          ("normBase", .optional(tensor.baseNorm)),
          ("normUpdate", .optional(tensor.updateNorm)),
          ("relativeUpdate", .optional(tensor.relativeUpdate)),
          ("largestRounding", .optional(tensor.largestRounding)),
          ("lostShare", .optional(tensor.lostShare)),
        ])
      })
  }
}
