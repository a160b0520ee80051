internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// The first step of AdamW beside that of gradient descent, for gradients of very different sizes.
public struct FirstStep: Demonstration {
  public let id = "first-step"
  public let parameters = [
    Parameter(
      "rate", Phrase(es: "tasa de aprendizaje", en: "learning rate"), default: 0.001,
      range: 1e-5...1, isWhole: false),
    Parameter(
      "decades",
      Phrase(es: "potencias de diez entre las entradas", en: "powers of ten across inputs"),
      default: 4, range: 0...7),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let rate = try value(of: "rate", in: input)
    let decades = try whole("decades", in: input)
    let side = FirstStepResult.side
    var generator = RandomGenerator(seed: input.seed)
    let weight = Matrix.randomNormal(rows: side, columns: side, using: &generator)
    // Inputs of very different sizes, as data that nobody scaled often are.
    var batch = Matrix.randomNormal(rows: 4, columns: weight.columns, using: &generator)
    for index in batch.values.indices {
      let place = Double(index % side) / Double(side - 1)
      batch.values[index] *= Float(FirstStepResult.tenth(toThe: place * Double(decades)))
    }
    let errors = Matrix.randomNormal(rows: 4, columns: weight.rows, using: &generator)
    let gradients = try LayerGradients(upstream: errors, input: batch, weight: weight)
    let rule = AdamW(learningRate: rate, weightDecay: 0)
    var moved = weight
    var moments = AdamW.Moments(rows: weight.rows, columns: weight.columns)
    let change = rule.step(&moved, gradient: gradients.weight, moments: &moments)
    let result = FirstStepResult(
      rule: rule, gradient: gradients.weight.values.map { Double($0.magnitude) },
      change: change.values.map { Double($0.magnitude) })
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "El primer paso de AdamW no mira el tamaño del gradiente",
            en: "AdamW's first step ignores the size of the gradient")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in FirstStepDrawing(result: result).draw(on: &canvas, in: frame) }))
  }
}

/// The size of every gradient, and of the step that AdamW makes of it.
struct FirstStepResult: Sendable {
  /// The rows and columns of the layer.
  static let side = 16

  let rule: AdamW
  /// Magnitudes of the gradients.
  let gradient: [Double]
  /// Magnitudes of the steps.
  let change: [Double]

  /// A tenth to a power that need not be whole.
  static func tenth(toThe exponent: Double) -> Double {
    // 10^(-1/16) multiplied often enough is exact enough for drawing lots.
    var value = 1.0
    for _ in 0..<Int((exponent * 16).rounded()) { value *= 0.865_964_323_360_065_4 }
    return value
  }

  /// The weights whose gradient is not zero, from the smallest gradient on.
  private var pairs: [(gradient: Double, change: Double)] {
    zip(gradient, change).filter { $0.0 > 0 }.map { ($0, $1) }.sorted { $0.gradient < $1.gradient }
  }
  var smallest: (gradient: Double, change: Double) { pairs.first ?? (1, rule.learningRate) }
  var largest: (gradient: Double, change: Double) { pairs.last ?? (1, rule.learningRate) }
  /// The largest departure of a step from the learning rate, as a share of it.
  var spread: Double {
    (pairs.map { (1 - $0.change / rule.learningRate).magnitude }.max() ?? 0)
  }

  /// A ratio with its first two digits, for prose.
  private static func rounded(_ ratio: Double) -> Int {
    var unit = 1.0
    while ratio / unit >= 100, unit < 1e15 { unit *= 10 }
    return Int((min(ratio, 1e17) / unit).rounded() * unit)
  }

  var named: [String: Value] {
    [
      "count": .integer(gradient.count), "side": .integer(Self.side),
      "rate": .significant(rule.learningRate, digits: 1),
      "smallest_gradient": .significant(smallest.gradient, digits: 2),
      "largest_gradient": .significant(largest.gradient, digits: 2),
      "gradient_ratio": .integer(Self.rounded(largest.gradient / smallest.gradient)),
      "smallest_step": .significant(smallest.change, digits: 4),
      "largest_step": .significant(largest.change, digits: 4),
      "step_ratio": .number(largest.change / max(smallest.change, 1e-30), decimals: 3),
      "spread": .percentage(spread, decimals: 2),
      "descent_smallest": .significant(rule.learningRate * smallest.gradient, digits: 2),
      "descent_largest": .significant(rule.learningRate * largest.gradient, digits: 2),
      "nearly_equal": .flag(spread < 0.05),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "steps", title: Phrase(es: "el primer paso", en: "the first step"),
        columns: [
          Phrase(es: "gradiente", en: "gradient"),
          Phrase(es: "descenso de gradiente", en: "gradient descent"), Phrase("AdamW"),
        ],
        rows: stride(from: 0, to: pairs.count, by: max(pairs.count / 8, 1)).map { index in
          [
            .init(.significant(pairs[index].gradient, digits: 3)),
            .init(.significant(rule.learningRate * pairs[index].gradient, digits: 3)),
            .init(.significant(pairs[index].change, digits: 4)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    func shown(_ value: Double) -> String { words.numbers.significant(value, digits: 2) }
    return words.say(
      es: """
        Diagrama con el tamaño del gradiente en horizontal, de \(shown(smallest.gradient)) a \
        \(shown(largest.gradient)), y el del primer paso en vertical, los dos en escala logarítmica, \
        para \(gradient.count) pesos. Los pasos del descenso de gradiente suben en diagonal; los de \
        AdamW forman una línea horizontal en la tasa de aprendizaje, \
        \(shown(rule.learningRate)).
        """,
      en: """
        A diagram with the size of the gradient across, from \(shown(smallest.gradient)) to \
        \(shown(largest.gradient)), and that of the first step upwards, both on logarithmic scales, \
        for \(gradient.count) weights. The steps of gradient descent rise on a diagonal; those of \
        AdamW form a horizontal line at the learning rate, \(shown(rule.learningRate)).
        """)
  }
}

/// Draws both steps of every weight as dots over the size of its gradient.
struct FirstStepDrawing {
  let result: FirstStepResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    let rate = result.rule.learningRate
    let x = DecadeRange(result.smallest.gradient, result.largest.gradient)
    let y = DecadeRange(
      min(rate * result.smallest.gradient, result.smallest.change),
      max(rate * result.largest.gradient, rate))
    let xTitle = words.say(es: "tamaño del gradiente", en: "size of the gradient")
    let yTitle = words.say(es: "tamaño del paso", en: "size of the step")
    let probe = Axis(
      scale: Scale(.logarithmic, domain: y.domain, from: 0, to: 1), ticks: y.ticks, title: yTitle)
    let below = Axis(scale: probe.scale, ticks: x.ticks, title: xTitle)
    let plot = frame.inset(
      left: probe.width(on: canvas), top: canvas.lineHeight(small) + canvas.em(0.6),
      right: canvas.em(0.8), bottom: below.height(on: canvas))
    let xScale = Scale(.logarithmic, domain: x.domain, from: plot.minX, to: plot.maxX)
    let yScale = Scale(.logarithmic, domain: y.domain, from: plot.maxY, to: plot.minY)
    Axis(scale: yScale, ticks: y.ticks, title: yTitle).drawLeft(of: plot, on: &canvas)
    Axis(scale: xScale, ticks: x.ticks, title: xTitle).drawBelow(plot, on: &canvas)
    let radius = canvas.em(0.22)
    for (gradient, change) in zip(result.gradient, result.change) where gradient > 0 {
      // Hollow and filled dots are told apart in grey.
      canvas.dot(
        Point(xScale(gradient), yScale(rate * gradient)), radius: radius,
        stroke: Stroke(canvas.theme.color(.frozen), width: canvas.preset.axisWidth))
      canvas.dot(
        Point(xScale(gradient), yScale(change)), radius: radius,
        fill: canvas.theme.color(.update))
    }
    // Each name stands where the other line is far away.
    canvas.text(
      "AdamW", at: Point(plot.minX + canvas.em(0.6), yScale(rate) - canvas.em(0.6)), bold,
      color: canvas.theme.color(.update), vertical: .bottom)
    let name = words.say(es: "descenso de gradiente", en: "gradient descent")
    // The diagonal rises to the right, so that its name has room below it.
    let middle = (x.domain.lowerBound * x.domain.upperBound).squareRoot()
    canvas.text(
      name, at: Point(xScale(middle) + canvas.em(0.8), yScale(rate * middle) + canvas.em(0.4)),
      bold, color: canvas.theme.color(.frozen), vertical: .top)
  }
}

/// A range of positive numbers widened to whole powers of ten, with a tick at some of them.
struct DecadeRange {
  let domain: ClosedRange<Double>
  let ticks: [(value: Double, label: String)]

  init(_ low: Double, _ high: Double, most: Int = 6) {
    func power(_ exponent: Int) -> Double {
      (0..<abs(exponent)).reduce(1.0) { value, _ in exponent > 0 ? value * 10 : value / 10 }
    }
    var first = -30
    while first < 29, power(first + 1) <= low * 1.0001 { first += 1 }
    var last = first + 1
    while last < 31, power(last) < high * 0.9999 { last += 1 }
    let stride = (last - first + most - 1) / most
    domain = power(first)...power(last)
    ticks = Swift.stride(from: first, through: last, by: max(stride, 1)).map { exponent in
      let label: String
      switch exponent {
      case 0: label = "1"
      case 1: label = "10"
      default: label = "10" + NumberFormat.superscript(exponent)
      }
      return (power(exponent), label)
    }
  }
}
