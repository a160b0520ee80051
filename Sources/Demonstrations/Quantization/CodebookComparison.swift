internal import Charts
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// NF4, FP4 and INT4 on normal, uniform and outlier data, and on weights where there are some.
public struct CodebookComparison: Demonstration {
  public let id = "codebook-comparison"
  public let parameters = [
    Parameter(
      "blocks", Phrase(es: "bloques de cada clase de datos", en: "blocks of each kind of data"),
      default: 256, range: 1...4096),
    Parameter(
      "outlier",
      Phrase(
        es: "tamaño del valor atípico, en desviaciones típicas",
        en: "size of the outlier, in standard deviations"), default: 20, range: 1...1000,
      isWhole: false),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let count = 64 * (try whole("blocks", in: input))
    let outlier = Float(try value(of: "outlier", in: input))
    var generator = RandomGenerator(seed: input.seed)
    let normal = (0..<count).map { _ in Float(generator.nextNormal()) }
    let uniform = (0..<count).map { _ in Float(2 * generator.nextUniform() - 1) }
    // One weight of each block of 64 is far from the others; what it does to them is measured.
    let spiked = normal.enumerated().map { $0.offset % 64 == 0 ? outlier : $0.element }
    var data: [(Phrase, [Float])] = [
      (Phrase(es: "normales", en: "normal"), normal),
      (Phrase(es: "uniformes", en: "uniform"), uniform),
      (Phrase(es: "con atípico", en: "with outlier"), spiked),
    ]
    if let weights = input.weights {
      data.append((Phrase(es: "tus pesos", en: "your weights"), weights.matrix.values))
    }
    let result = try CodebookComparisonResult(data: data, outlier: Double(outlier))
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.normalWinner == .nf4
            ? words.say(
              es: "Para pesos normales, NF4 pierde menos",
              en: "For normal weights, NF4 loses least")
            : words.say(
              es: "Cada código pierde menos con sus propios datos",
              en: "Each code loses least on data of its own kind")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          CodebookComparisonDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// The three 4-bit codes that are compared.
enum ComparedCode: String, CaseIterable, Sendable {
  case nf4, fp4, int4

  var name: String { rawValue.uppercased() }

  var role: Role {
    switch self {
    case .nf4: .quantized
    case .fp4: .fp4
    case .int4: .int4
    }
  }

  /// The levels between −1 and 1 in increasing order.
  var levels: [Double] {
    switch self {
    case .nf4: Codebook.nf4.levels.map(Double.init)
    case .fp4: Codebook.fp4.levels.map(Double.init)
    case .int4: (-7...7).map { Double($0) / 7 }
    }
  }

  func quantizer() throws -> any WeightQuantizer {
    switch self {
    case .nf4: try BlockQuantizer(type: .nf4)
    case .fp4: try BlockQuantizer(type: .fp4)
    case .int4: try IntegerQuantizer(bits: 4)
    }
  }
}

/// The relative error of each code on each kind of data.
struct CodebookComparisonResult: Sendable {
  let names: [Phrase]
  /// Norm of the error divided by the norm of the weights, by kind of data and code.
  let errors: [[Double]]
  let outlier: Double

  init(data: [(Phrase, [Float])], outlier: Double) throws {
    names = data.map(\.0)
    self.outlier = outlier
    errors = try data.enumerated().map { kind, entry in
      try ComparedCode.allCases.map { code in
        var original = entry.1
        var restored = try code.quantizer().reconstruction(of: original).weights
        if kind == Self.outlierKind {
          original = Self.withoutOutliers(original)
          restored = Self.withoutOutliers(restored)
        }
        return try QuantizationLoss(original: original, restored: restored).relativeNorm
      }
    }
  }

  /// The kind of data whose blocks begin with an outlier.
  private static let outlierKind = 2

  private static func withoutOutliers(_ values: [Float]) -> [Float] {
    values.enumerated().filter { $0.offset % 64 != 0 }.map(\.element)
  }

  /// The code with the smallest error on a kind of data.
  func winner(_ kind: Int) -> ComparedCode {
    let best = errors[kind].indices.min { errors[kind][$0] < errors[kind][$1] } ?? 0
    return ComparedCode.allCases[best]
  }
  var normalWinner: ComparedCode { winner(0) }

  private static let keys = ["normal", "uniform", "outlier", "weights"]

  var named: [String: Value] {
    var values: [String: Value] = [
      "outlier_size": .significant(outlier, digits: 2),
      "has_weights": .flag(errors.count > 3),
    ]
    for kind in errors.indices {
      let key = Self.keys[kind]
      for (code, error) in zip(ComparedCode.allCases, errors[kind]) {
        values["\(code.rawValue)_\(key)"] = .percentage(error, decimals: 1)
        values["\(code.rawValue)_best_\(key)"] = .flag(winner(kind) == code)
      }
      values["best_\(key)"] = .code(winner(kind).name)
    }
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "errors", title: Phrase(es: "error relativo", en: "relative error"),
        columns: [Phrase(es: "datos", en: "data")] + ComparedCode.allCases.map { Phrase($0.name) },
        rows: errors.indices.map { kind in
          [.init(.words(names[kind]))]
            + errors[kind].enumerated().map { index, error in
              .init(
                .percentage(error, decimals: 1),
                shade: ComparedCode.allCases[index] == winner(kind) ? .role(.quantized) : .none)
            }
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let parts = errors.indices.map { kind -> String in
      let list = zip(ComparedCode.allCases, errors[kind]).map {
        "\($0.name) \(words.percentage($1, 1))"
      }.joined(separator: ", ")
      return "\(names[kind](words)): \(list)"
    }.joined(separator: "; ")
    return words.say(
      es: """
        A la izquierda, los niveles de NF4, FP4 e INT4 sobre la recta de −1 a 1: los de NF4 y FP4 se \
        aprietan cerca del cero y los de INT4 son equidistantes. A la derecha, barras con el error \
        relativo de cada uno. \(parts).
        """,
      en: """
        On the left, the levels of NF4, FP4 and INT4 on the line from −1 to 1: those of NF4 and FP4 \
        crowd near zero and those of INT4 are evenly spaced. On the right, bars with the relative \
        error of each; with an outlier, that of the other weights. \(parts).
        """)
  }
}

/// Draws the levels of the three codes, and their errors as grouped bars.
struct CodebookComparisonDrawing {
  let result: CodebookComparisonResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let base = canvas.style(.base, bold: true)
    let head = canvas.lineHeight(base) + canvas.em(0.4)
    let panels = frame.columns(canvas.isCompact ? [0.42, 0.58] : [0.46, 0.54], gap: canvas.em(2))
    canvas.text(
      canvas.words.say(es: "los niveles", en: "the levels"),
      at: Point(panels[0].minX, frame.minY), base, vertical: .top)
    canvas.text(
      canvas.words.say(es: "error relativo", en: "relative error"),
      at: Point(panels[1].minX, frame.minY), base, vertical: .top)
    drawLevels(in: panels[0].inset(top: head), on: &canvas)
    drawBars(in: panels[1].inset(top: head), on: &canvas)
  }

  private func drawLevels(in frame: Rectangle, on canvas: inout Canvas) {
    let small = canvas.style(.small, bold: true)
    let scale = Scale(
      domain: -1...1, from: frame.minX + canvas.em(0.7), to: frame.maxX - canvas.em(0.7))
    let axis = Axis(
      scale: scale, ticks: [-1, 0, 1].map { ($0, canvas.words.number($0, 0)) })
    let plot = frame.inset(bottom: axis.height(on: canvas))
    for (code, row) in zip(ComparedCode.allCases, plot.rows([1, 1, 1], gap: 0)) {
      let y = row.midY + canvas.em(0.4)
      canvas.text(
        code.name, at: Point(frame.minX, y - canvas.em(0.85)), small,
        color: canvas.theme.color(code.role), vertical: .bottom)
      NumberLine(scale: scale, levels: code.levels, color: canvas.theme.color(code.role)).draw(
        y: y, on: &canvas)
    }
    axis.drawBelow(plot, on: &canvas)
  }

  private func drawBars(in frame: Rectangle, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    let highest = result.errors.flatMap { $0 }.max() ?? 1
    let chart = BarChart(
      groups: result.errors.indices.map { kind in
        BarChart.Group(
          name: result.names[kind](canvas.words),
          bars: zip(ComparedCode.allCases, result.errors[kind]).map { code, error in
            BarChart.Bar(
              value: error, fill: canvas.theme.color(code.role),
              label: canvas.words.number(error * 100, 1))
          })
      }, limit: highest * 1.02)
    let legend = canvas.lineHeight(small)
    let names = Double(chart.nameRows(width: frame.width, on: canvas))
    let plot = frame.inset(
      top: canvas.lineHeight(small) + legend,
      bottom: names * canvas.lineHeight(small) + canvas.em(0.4))
    // The key names each colour once, in the order of the bars.
    var x = frame.minX
    for code in ComparedCode.allCases {
      let chip = small.size * 0.8
      canvas.fill(
        Rectangle(x: x, y: frame.minY, width: chip, height: chip), canvas.theme.color(code.role))
      let label = canvas.text(
        code.name, at: Point(x + chip + canvas.em(0.3), frame.minY + chip / 2), small,
        color: canvas.theme.color(code.role), vertical: .middle)
      x = label.maxX + canvas.em(0.9)
    }
    canvas.text(
      "%", at: Point(frame.maxX, frame.minY), small, color: canvas.theme.secondaryInk,
      anchor: .end, vertical: .top)
    chart.draw(in: plot, on: &canvas)
  }
}
