internal import Course
internal import Demonstrations
internal import Drawing
internal import Interchange
internal import Quantization

/// What `inspect` says about a file.
struct FileReport {
  let inventory: FileInventory
  /// The path as the user wrote it.
  let path: String
  /// The tensors to show.
  let entries: [FileInventory.Entry]
  /// One for each tensor, or none where numbers were not read.
  let statistics: [TensorStatistics?]
  /// Whether the only tensor was asked for by name.
  let isDetailed: Bool
  /// For such a matrix, what NF4 would do to it.
  let fourBit: QuantizationReport?

  private var formatName: String {
    switch inventory.format {
    case .csv: "CSV"
    case .npy: "NPY"
    case .safetensors: "safetensors"
    }
  }

  func lines(_ words: Words) -> [String] {
    let count = inventory.entries.count
    let head =
      "\(printable(path)): \(formatName), "
      + words.say(
        es: "\(words.integer(count)) \(count == 1 ? "tensor" : "tensores")",
        en: "\(words.integer(count)) \(count == 1 ? "tensor" : "tensors")")
      + ", \(words.integer(inventory.byteCount)) bytes"
    var lines = [head]
    for (key, value) in inventory.metadata {
      lines.append("  \(printable("\(key): \(value)"))")
    }
    guard !entries.isEmpty else { return lines }
    lines.append("")
    if isDetailed {
      lines += details(entries[0], statistics.first ?? nil, words)
    } else {
      lines += table(words)
      if let line = fourBitLine(words) { lines += ["", line] }
      if statistics.isEmpty {
        lines += [
          "",
          words.say(
            es: "El archivo es grande y solo se ha leído su cabecera; --statistics lo lee entero",
            en: "The file is large and only its header was read; --statistics reads all of it"),
        ]
      }
    }
    return lines + CommandText.proposalLines(nextCommand, words)
  }

  private func table(_ words: Words) -> [String] {
    let hasNonFinite = statistics.contains { ($0?.nonFiniteCount ?? 0) > 0 }
    var head = [
      words.say(es: "tipo", en: "type"), words.say(es: "forma", en: "shape"), "bytes",
    ]
    if !statistics.isEmpty {
      head += [
        words.say(es: "mín.", en: "min"), words.say(es: "máx.", en: "max"),
        words.say(es: "media", en: "mean"), words.say(es: "desv.", en: "std"),
        words.say(es: "ceros", en: "zeros"),
      ]
      if hasNonFinite { head.append("NaN, ∞") }
    }
    head.append(words.say(es: "nombre", en: "name"))
    let rows = entries.enumerated().map { index, entry in
      var row: [Value?] = [
        .code(entry.type), .code(Self.shape(entry.shape)), .integer(entry.byteCount),
      ]
      if !statistics.isEmpty {
        let numbers = statistics[index]
        for value in [
          numbers?.minimum, numbers?.maximum, numbers?.mean, numbers?.standardDeviation,
        ] {
          row.append(value.map { .significant($0, digits: 3) })
        }
        row.append(numbers.map { .integer($0.zeroCount) })
        if hasNonFinite { row.append(numbers.map { .integer($0.nonFiniteCount) }) }
      }
      return row + [.code(printable(entry.name))]
    }
    return ColumnText(words: words, head: head, rows: rows).lines
  }

  private func details(
    _ entry: FileInventory.Entry, _ numbers: TensorStatistics?, _ words: Words
  ) -> [String] {
    var rows: [(String, Value?)] = [
      (words.say(es: "nombre", en: "name"), .code(printable(entry.name))),
      (words.say(es: "tipo", en: "type"), .code(entry.type)),
      (words.say(es: "forma", en: "shape"), .code(Self.shape(entry.shape))),
      (words.say(es: "pesos", en: "weights"), .integer(entry.count)),
      ("bytes", .integer(entry.byteCount)),
    ]
    if let numbers {
      func number(_ value: Double?) -> Value? { value.map { .significant($0, digits: 4) } }
      rows += [
        (words.say(es: "mínimo", en: "minimum"), number(numbers.minimum)),
        (words.say(es: "máximo", en: "maximum"), number(numbers.maximum)),
        (words.say(es: "media", en: "mean"), number(numbers.mean)),
        (
          words.say(es: "desviación típica", en: "standard deviation"),
          number(numbers.standardDeviation)
        ),
        (
          words.say(es: "mayor magnitud", en: "largest magnitude"),
          numbers.largestMagnitude.map { magnitude in
            .code(
              words.numbers.significant(magnitude, digits: 4)
                + place(numbers.largestIndex, entry, words))
          }
        ),
        (words.say(es: "ceros", en: "zeros"), .integer(numbers.zeroCount)),
        ("NaN", .integer(numbers.nanCount)),
        (words.say(es: "infinitos", en: "infinite"), .integer(numbers.infinityCount)),
      ]
    }
    if let fourBit {
      rows += [
        (
          words.say(es: "en NF4, bytes", en: "in NF4, bytes"), .integer(fourBit.bytes)
        ),
        (
          words.say(es: "en NF4, bits por peso", en: "in NF4, bits per weight"),
          .number(fourBit.bitsPerWeight, decimals: 3)
        ),
        (
          words.say(es: "en NF4, error relativo", en: "in NF4, relative error"),
          .percentage(fourBit.loss.relativeNorm, decimals: 2)
        ),
      ]
    }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { label, value in
      label + String(repeating: " ", count: width - label.count) + "  "
        + (value?.formatted(words) ?? "–")
    }
  }

  /// The row and the column of a place in a matrix.
  private func place(_ index: Int?, _ entry: FileInventory.Entry, _ words: Words) -> String {
    guard let index, let columns = entry.shape.last, columns > 0 else { return "" }
    return entry.shape.count == 2
      ? words.say(
        es: " (fila \(index / columns), columna \(index % columns))",
        en: " (row \(index / columns), column \(index % columns))")
      : words.say(es: " (posición \(index))", en: " (position \(index))")
  }

  /// What the matrices would take in NF4.
  private func fourBitLine(_ words: Words) -> String? {
    let matrices = entries.filter { $0.isWeight && $0.shape.count == 2 && $0.count > 0 }
    guard !matrices.isEmpty else { return nil }
    let bytes = matrices.reduce(0) { $0 + $1.byteCount }
    let packed = matrices.reduce(0) { sum, entry in
      let storage = try? QuantizationStorage(
        count: entry.count, blockSize: 64, doubleQuantized: false)
      return sum + (storage?.total ?? 0)
    }
    let (now, then) = (words.integer(bytes), words.integer(packed))
    let share = words.percentage(Double(packed) / Double(max(bytes, 1)), 0)
    guard matrices.count > 1 else {
      return words.say(
        es: "La matriz ocupa \(now) bytes; en NF4 ocuparía \(then), el \(share)",
        en: "The matrix takes \(now) bytes; in NF4 it would take \(then), \(share)")
    }
    let number = words.integer(matrices.count)
    return words.say(
      es: "Las \(number) matrices ocupan \(now) bytes; en NF4 ocuparían \(then), el \(share)",
      en: "The \(number) matrices take \(now) bytes; in NF4 they would take \(then), \(share)")
  }

  /// A command that goes on from here, for the first matrix.
  private var nextCommand: [String]? {
    let matrix = entries.enumerated().first { index, entry in
      let isFinite = statistics.isEmpty || statistics[index]?.nonFiniteCount == 0
      return isFinite && entry.isWeight && entry.shape.count == 2 && entry.count > 1
        && entry.count <= SpectrumReport.largestCount
        && (entry.shape.min() ?? 0) <= SpectrumReport.largestShorterSide
    }
    guard let entry = matrix?.element else { return nil }
    let isNamed = inventory.format == .safetensors && inventory.entries.count > 1
    return ["decompose", path] + (isNamed ? ["--tensor", entry.name] : [])
  }

  private static func shape(_ shape: [Int]) -> String {
    shape.isEmpty ? "()" : shape.map(String.init).joined(separator: "×")
  }

  var json: JSONNode {
    .object([
      ("file", .string(path)), ("format", .string(formatName)),
      ("bytes", .integer(inventory.byteCount)),
      ("metadata", .object(inventory.metadata.map { ($0.key, .string($0.value)) })),
      (
        "tensors",
        .array(
          entries.enumerated().map { index, entry in
            var members: [(String, JSONNode)] = [
              ("name", .string(entry.name)), ("type", .string(entry.type)),
              ("shape", .array(entry.shape.map { .integer($0) })),
              ("bytes", .integer(entry.byteCount)),
            ]
            if !statistics.isEmpty, let numbers = statistics[index] {
              members.append(("statistics", Self.json(numbers)))
            }
            if let fourBit {
              members.append(
                (
                  "nf4",
                  .object([
                    ("bytes", .integer(fourBit.bytes)),
                    ("bitsPerWeight", .number(fourBit.bitsPerWeight)),
                    ("relativeError", .optional(fourBit.loss.relativeNorm)),
                  ])
                ))
            }
            return .object(members)
          })
      ),
    ])
  }

  private static func json(_ numbers: TensorStatistics) -> JSONNode {
    .object([
      ("minimum", .optional(numbers.minimum)), ("maximum", .optional(numbers.maximum)),
      ("mean", .optional(numbers.mean)),
      ("standardDeviation", .optional(numbers.standardDeviation)),
      ("largestMagnitude", .optional(numbers.largestMagnitude)),
      ("zeros", .integer(numbers.zeroCount)), ("nan", .integer(numbers.nanCount)),
      ("infinite", .integer(numbers.infinityCount)),
    ])
  }
}

extension JSONNode {
  /// A number, or null where there is none or JSON cannot write it.
  static func optional(_ value: Double?) -> JSONNode {
    guard let value, value.isFinite else { return JSONNode(.null) }
    return .number(value)
  }
}
