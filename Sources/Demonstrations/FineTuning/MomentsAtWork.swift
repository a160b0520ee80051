internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Two weights under AdamW: one whose gradients agree with each other, and one whose gradients do not.
public struct MomentsAtWork: Demonstration {
  public let id = "moments-at-work"
  public let parameters = [
    Parameter("steps", Phrase(es: "pasos", en: "steps"), default: 60, range: 10...400),
    Parameter(
      "examples", Phrase(es: "ejemplos por paso", en: "examples in a step"), default: 8,
      range: 1...64),
    Parameter(
      "rate", Phrase(es: "tasa de aprendizaje", en: "learning rate"), default: 0.01,
      range: 0.0001...0.1, isWhole: false),
    Parameter(
      "distance", Phrase(es: "lo que le falta al primer peso", en: "how far the first weight is"),
      default: 2, range: 0...10, isWhole: false),
    Parameter(
      "scale", Phrase(es: "tamaño de la segunda entrada", en: "size of the second input"),
      default: 4, range: 0.1...100, isWhole: false),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let steps = try whole("steps", in: input)
    let examples = try whole("examples", in: input)
    let distance = try value(of: "distance", in: input)
    let scale = Float(try value(of: "scale", in: input))
    let rule = AdamW(learningRate: try value(of: "rate", in: input), weightDecay: 0)
    var generator = RandomGenerator(seed: input.seed)
    // The right answer is y = distance · x₁ and noise; both weights start at zero.
    let right = Matrix(rows: 1, columns: 2, values: [Float(distance), 0])
    var weight = Matrix.zeros(rows: 1, columns: 2)
    var moments = AdamW.Moments(rows: 1, columns: 2)
    var traces = [MomentTrace(), MomentTrace()]
    for _ in 0..<steps {
      var batch = Matrix.randomNormal(rows: examples, columns: 2, using: &generator)
      for row in 0..<examples { batch[row, 1] *= scale }
      let noise = Matrix.randomNormal(rows: examples, columns: 1, using: &generator)
      let target = batch.multiplied(by: right.transposed) + noise
      let error = try SquaredError(
        output: batch.multiplied(by: weight.transposed), target: target)
      let gradient = try LayerGradients(upstream: error.gradient, input: batch, weight: weight)
        .weight
      let change = rule.step(&weight, gradient: gradient, moments: &moments)
      for index in 0..<2 {
        traces[index].gradients.append(Double(gradient.values[index]))
        traces[index].first.append(Double(moments.first.values[index]))
        traces[index].steps.append(Double(change.values[index]))
      }
    }
    let result = MomentsAtWorkResult(
      rule: rule, far: traces[0], near: traces[1], distance: distance, end: weight.values)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          words.say(
            es: "Lo que se repite avanza; lo que se contradice, no",
            en: "What repeats moves on; what contradicts itself does not")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in
          MomentsAtWorkDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// What happened to one weight, step by step.
struct MomentTrace: Sendable {
  var gradients: [Double] = []
  /// The first moment after each step.
  var first: [Double] = []
  /// What was added to the weight.
  var steps: [Double] = []

  /// The mean size of a gradient.
  var size: Double { Statistics.mean(gradients.map(\.magnitude)) }
  /// How often a gradient has the sign of the one before.
  var agreement: Double {
    let pairs = zip(gradients, gradients.dropFirst())
    return Double(pairs.count { ($0 < 0) == ($1 < 0) }) / Double(max(gradients.count - 1, 1))
  }
  /// How far the weight came.
  var way: Double { steps.reduce(0, +).magnitude }
}

/// Both weights, and the rule that moved them.
struct MomentsAtWorkResult: Sendable {
  let rule: AdamW
  let far: MomentTrace
  let near: MomentTrace
  let distance: Double
  let end: [Float]

  var steps: Int { far.steps.count }
  /// The furthest that equal steps of the learning rate would lead.
  var furthest: Double { rule.learningRate * Double(steps) }

  var named: [String: Value] {
    [
      "steps": .integer(steps), "rate": .number(rule.learningRate, decimals: 2),
      "distance": .number(distance, decimals: 1),
      "far_size": .number(far.size, decimals: 2), "near_size": .number(near.size, decimals: 2),
      "size_ratio": .number(near.size / max(far.size, 1e-30), decimals: 1),
      "second_is_larger": .flag(near.size > far.size),
      "far_agreement": .percentage(far.agreement, decimals: 0),
      "near_agreement": .percentage(near.agreement, decimals: 0),
      "far_way": .number(far.way, decimals: 2), "near_way": .number(near.way, decimals: 2),
      "far_share": .percentage(far.way / furthest, decimals: 0),
      "near_share": .percentage(near.way / furthest, decimals: 0),
      "furthest": .number(furthest, decimals: 2),
      "way_ratio": .number(far.way / max(near.way, 1e-30), decimals: 0),
      "signal_wins": .flag(far.way > 2 * near.way && far.agreement > 0.8),
      "memory": .number(1 / (1 - rule.beta1), decimals: 0),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "two-weights", title: Phrase(es: "dos pesos", en: "two weights"),
        columns: [
          Phrase(es: "paso", en: "step"), Phrase(es: "gradiente 1", en: "gradient 1"),
          Phrase(es: "avance 1", en: "move 1"), Phrase(es: "gradiente 2", en: "gradient 2"),
          Phrase(es: "avance 2", en: "move 2"),
        ],
        rows: stride(from: 0, to: steps, by: max(steps / 10, 1)).map { step in
          [
            .init(.integer(step + 1)), .init(.number(far.gradients[step], decimals: 2)),
            .init(.number(far.steps[step], decimals: 4)),
            .init(.number(near.gradients[step], decimals: 2)),
            .init(.number(near.steps[step], decimals: 4)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        Dos columnas de gráficas, una por peso. Arriba, los gradientes de \(steps) pasos como puntos y \
        su media móvil como línea: los del primer peso tienen el mismo signo el \
        \(words.percentage(far.agreement, 0)) de las veces, los del segundo el \
        \(words.percentage(near.agreement, 0)). Abajo, lo que avanza cada peso en cada paso, hasta una \
        tasa de aprendizaje: el primero recorre \(words.number(far.way, 2)) y el segundo \
        \(words.number(near.way, 2)).
        """,
      en: """
        Two columns of charts, one for each weight. Above, the gradients of \(steps) steps as dots and \
        their running average as a line: those of the first weight keep their sign \
        \(words.percentage(far.agreement, 0)) of the time, those of the second \
        \(words.percentage(near.agreement, 0)). Below, what each weight moves in each step, up to one \
        learning rate: the first comes \(words.number(far.way, 2)) far and the second \
        \(words.number(near.way, 2)).
        """)
  }
}

/// Draws the gradients with their average above, and the steps that follow from them below.
struct MomentsAtWorkDrawing {
  let result: MomentsAtWorkResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let panels = frame.columns([1, 1], gap: canvas.em(canvas.isCompact ? 1 : 2.6))
    let names = [
      words.say(es: "peso 1: lejos de su sitio", en: "weight 1: far from its place"),
      words.say(es: "peso 2: ya en su sitio", en: "weight 2: already in place"),
    ]
    let short = [
      words.say(es: "peso 1: lejos", en: "weight 1: far"),
      words.say(es: "peso 2: en su sitio", en: "weight 2: in place"),
    ]
    let largest = (result.far.gradients + result.near.gradients).reduce(0) {
      max($0, $1.magnitude)
    }
    let limit = largest > 0 ? largest * 1.05 : 1
    for (index, trace) in [result.far, result.near].enumerated() {
      let bold = canvas.style(.base, bold: true)
      let fits = names.allSatisfy { canvas.width($0, bold) < panels[index].width }
      canvas.text(
        fits ? names[index] : short[index], at: Point(panels[index].minX, panels[index].minY),
        canvas.style(canvas.isCompact ? .small : .base, bold: true), vertical: .top)
      let body = panels[index].inset(top: canvas.lineHeight(bold) + canvas.em(0.3))
      drawTrace(trace, gradientLimit: limit, isFirst: index == 0, in: body, on: &canvas)
    }
  }

  private func drawTrace(
    _ trace: MomentTrace, gradientLimit: Double, isFirst: Bool, in frame: Rectangle,
    on canvas: inout Canvas
  ) {
    let words = canvas.words
    let small = canvas.style(.small)
    let rate = result.rule.learningRate
    let below = Axis(
      scale: Scale(domain: 0...1, from: 0, to: 1), ticks: [],
      title: words.say(es: "paso", en: "step"))
    let head = canvas.lineHeight(small)
    let parts = frame.inset(bottom: below.height(on: canvas)).rows(
      [1, 1], gap: canvas.em(canvas.isCompact ? 0.4 : 1))
    let round = Ticks.linear(-gradientLimit...gradientLimit, count: 2)
    let gradientTicks = round.map {
      (value: $0, label: words.label($0, Ticks.decimals(round)))
    }
    let stepTicks = [-rate, 0, rate].map {
      (
        value: $0,
        label: $0 == 0
          ? "0" : ($0 < 0 ? "\u{2212}" : "") + words.say(es: "tasa", en: "rate")
      )
    }
    let axes = [gradientTicks, stepTicks].map {
      Axis(scale: Scale(domain: 0...1, from: 0, to: 1), ticks: $0)
    }
    let margin = axes.map { $0.width(on: canvas) }.max() ?? 0
    let plots = parts.map { $0.inset(left: margin, top: head, right: canvas.em(0.4)) }
    let x = Scale(
      domain: 1...Double(max(result.steps, 2)), from: plots[0].minX, to: plots[0].maxX)
    let gradientScale = Scale(
      domain: -gradientLimit...gradientLimit, from: plots[0].maxY, to: plots[0].minY)
    // The first moments can agree more than the second knows, so that a step may pass the rate.
    let reach = 1.15 * max(rate, trace.steps.map(\.magnitude).max() ?? 0)
    let stepScale = Scale(domain: -reach...reach, from: plots[1].maxY, to: plots[1].minY)
    Axis(scale: gradientScale, ticks: gradientTicks).drawLeft(of: plots[0], on: &canvas)
    Axis(scale: stepScale, ticks: stepTicks).drawLeft(of: plots[1], on: &canvas)
    canvas.runs(
      [
        (words.say(es: "gradiente", en: "gradient"), canvas.theme.secondaryInk),
        (
          canvas.isCompact
            ? words.say(es: ", media m", en: ", average m")
            : words.say(es: " y su media m", en: " and its average m"),
          canvas.theme.color(.update)
        ),
      ], at: Point(plots[0].minX, parts[0].minY), small, vertical: .top)
    canvas.text(
      words.say(es: "lo que avanza", en: "what it moves"),
      at: Point(plots[1].minX, parts[1].minY), small, color: canvas.theme.color(.merged),
      vertical: .top)
    let radius = canvas.em(0.16)
    for (step, gradient) in trace.gradients.enumerated() {
      canvas.dot(
        Point(x(Double(step + 1)), gradientScale(gradient)), radius: radius,
        fill: canvas.theme.secondaryInk)
    }
    canvas.add(
      .path(
        .polyline(
          trace.first.enumerated().map {
            Point(x(Double($0.offset + 1)), gradientScale($0.element))
          }
        ), fill: nil, stroke: canvas.dataStroke(.update)))
    let bar = max(plots[1].width / Double(result.steps) * 0.6, canvas.preset.axisWidth)
    let zero = stepScale(0)
    for (step, change) in trace.steps.enumerated() {
      let y = stepScale(change)
      canvas.fill(
        Rectangle(
          x: min(max(x(Double(step + 1)) - bar / 2, plots[1].minX), plots[1].maxX - bar),
          y: min(y, zero), width: bar, height: (y - zero).magnitude), canvas.theme.color(.merged))
    }
    let ticks = [1, result.steps].map { (value: Double($0), label: words.integer($0)) }
    Axis(scale: x, ticks: ticks, title: below.title).drawBelow(plots[1], on: &canvas)
  }
}
