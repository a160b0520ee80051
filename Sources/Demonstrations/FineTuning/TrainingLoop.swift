internal import Adapters
internal import Charts
internal import Drawing
internal import LinearAlgebra

/// Full fine-tuning of a layer on few examples: the loss on them, on new ones, and what is stored.
public struct TrainingLoop: Demonstration {
  public let id = "training-loop"
  public let parameters = [
    Parameter("examples", Phrase(es: "ejemplos", en: "examples"), default: 6, range: 1...256),
    Parameter("steps", Phrase(es: "pasos", en: "steps"), default: 150, range: 10...2000),
    Parameter(
      "change", Phrase(es: "lo que hay que cambiar", en: "how much there is to change"),
      default: 0.5, range: 0.1...2, isWhole: false),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let weight = try weightsToWrite(in: input, atLeast: 2).matrix.corner(rows: 8, columns: 8)
    let steps = try whole("steps", in: input)
    var generator = RandomGenerator(seed: input.seed)
    let spread = Statistics.standardDeviation(weight.values)
    let size = spread > 0 ? spread : 1
    // The task: the weight and a change, which the examples show.
    let change = try value(of: "change", in: input)
    let right =
      weight
      + .randomNormal(
        rows: weight.rows, columns: weight.columns, standardDeviation: change * size,
        using: &generator)
    func drawn(_ count: Int) -> (input: Matrix, target: Matrix) {
      let input = Matrix.randomNormal(rows: count, columns: weight.columns, using: &generator)
      return (input, input.multiplied(by: right.transposed))
    }
    let examples = drawn(try whole("examples", in: input))
    let others = drawn(64)
    func error(_ weight: Matrix, _ data: (input: Matrix, target: Matrix)) throws -> SquaredError {
      try SquaredError(
        output: data.input.multiplied(by: weight.transposed), target: data.target)
    }
    // Steps of the size of the weights, so that any weights come to rest in the same time.
    let rule = AdamW(learningRate: 0.03 * size, weightDecay: 0)
    var current = weight
    var moments = AdamW.Moments(rows: weight.rows, columns: weight.columns)
    var losses = [try error(current, examples).loss]
    var heldOut = [try error(current, others).loss]
    var touched = Array(repeating: false, count: weight.count)
    var rewritten = 0
    for _ in 0..<steps {
      let gradient = try LayerGradients(
        upstream: error(current, examples).gradient, input: examples.input, weight: current
      ).weight
      let before = current
      rule.step(&current, gradient: gradient, moments: &moments)
      for index in touched.indices where before.values[index] != current.values[index] {
        touched[index] = true
        rewritten += 1
      }
      losses.append(try error(current, examples).loss)
      heldOut.append(try error(current, others).loss)
    }
    let result = TrainingLoopResult(
      weight: weight, examples: examples.input.rows, losses: losses, heldOut: heldOut,
      touched: touched.count { $0 }, rewritten: rewritten)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          result.missesTheTask
            ? words.say(
              es: "Aprende sus ejemplos, y no del todo la tarea",
              en: "It learns its examples, and not quite the task")
            : words.say(
              es: "La pérdida baja paso a paso", en: "The loss falls step by step")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in TrainingLoopDrawing(result: result).draw(on: &canvas, in: frame) })
    )
  }
}

/// The losses of every step, relative to the first, and the counts of what was stored and moved.
struct TrainingLoopResult: Sendable {
  let weight: Matrix
  let examples: Int
  /// The loss before each step and after the last, on the examples and on new ones.
  let losses: [Double]
  let heldOut: [Double]
  /// How many weights had another value after some step.
  let touched: Int
  /// How often a weight had another value after a step than before it.
  let rewritten: Int

  var steps: Int { losses.count - 1 }
  private static func share(_ losses: [Double]) -> [Double] {
    let first = max(losses.first ?? 0, 1e-30)
    return losses.map { $0 / first }
  }
  var shares: [Double] { Self.share(losses) }
  var heldOutShares: [Double] { Self.share(heldOut) }
  var end: Double { shares.last ?? 1 }
  var heldOutEnd: Double { heldOutShares.last ?? 1 }
  /// Whether new examples are still far off when the ones seen are learned.
  var missesTheTask: Bool { heldOutEnd > 10 * end && heldOutEnd > 0.05 }
  /// Numbers that the examples pin down: an equation for every output of every example.
  var equations: Int { examples * weight.rows }

  /// Numbers in memory: to use the layer, and to train it.
  var parts: [(name: Phrase, numbers: Int)] {
    [
      (Phrase(es: "pesos", en: "weights"), weight.count),
      (Phrase(es: "gradiente", en: "gradient"), weight.count),
      (Phrase(es: "momentos", en: "moments"), 2 * weight.count),
      (Phrase(es: "entradas", en: "inputs"), examples * weight.columns),
    ]
  }
  var numbers: Int { parts.reduce(0) { $0 + $1.numbers } }

  var named: [String: Value] {
    [
      "rows": .integer(weight.rows), "columns": .integer(weight.columns),
      "count": .integer(weight.count), "examples": .integer(examples), "steps": .integer(steps),
      "equations": .integer(equations), "few_examples": .flag(examples < weight.columns),
      "loss_start": .significant(losses[0], digits: 2),
      "loss_end": .significant(losses[losses.count - 1], digits: 2),
      "held_out_share": .percentage(heldOutEnd, decimals: 0),
      "misses": .flag(missesTheTask), "touched": .integer(touched),
      "touched_share": .percentage(Double(touched) / Double(weight.count), decimals: 0),
      "rewritten": .integer(rewritten), "numbers_use": .integer(weight.count),
      "numbers": .integer(numbers), "inputs": .integer(examples * weight.columns),
      "times": .number(Double(numbers) / Double(weight.count), decimals: 1),
    ]
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "losses", title: Phrase(es: "pérdida", en: "loss"),
        columns: [
          Phrase(es: "paso", en: "step"), Phrase(es: "ejemplos vistos", en: "examples seen"),
          Phrase(es: "ejemplos nuevos", en: "new examples"),
        ],
        rows: Swift.stride(from: 0, through: steps, by: max(steps / 10, 1)).map { step in
          [
            .init(.integer(step)), .init(.percentage(shares[step], decimals: 1)),
            .init(.percentage(heldOutShares[step], decimals: 1)),
          ]
        })
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    words.say(
      es: """
        A la izquierda, la pérdida durante \(steps) pasos, en partes de la inicial: con los \
        \(examples) ejemplos vistos acaba en el \(words.percentage(end, 1)), y con ejemplos nuevos en \
        el \(words.percentage(heldOutEnd, 0)). A la derecha, los números en memoria: \
        \(words.integer(weight.count)) para usar la capa y \(words.integer(numbers)) para entrenarla.
        """,
      en: """
        On the left, the loss over \(steps) steps, as a share of the first: on the \(examples) \
        examples seen it ends at \(words.percentage(end, 1)), and on new examples at \
        \(words.percentage(heldOutEnd, 0)). On the right, the numbers in memory: \
        \(words.integer(weight.count)) to use the layer and \(words.integer(numbers)) to train it.
        """)
  }
}

/// Draws the two losses as lines, and the numbers in memory as two stacks.
struct TrainingLoopDrawing {
  let result: TrainingLoopResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let panels = frame.columns([1.7, 1], gap: canvas.em(canvas.isCompact ? 1 : 3))
    drawLosses(in: panels[0], on: &canvas)
    drawMemory(in: panels[1], on: &canvas)
  }

  private func drawLosses(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let small = canvas.style(.small)
    let bold = canvas.style(.small, bold: true)
    canvas.text(
      words.say(es: "pérdida", en: "loss"), at: Point(frame.minX, frame.minY),
      canvas.style(.base, bold: true), vertical: .top)
    let top = max((result.shares + result.heldOutShares).max() ?? 1, 1)
    let ticks = [0, 0.5, 1].map { (value: $0, label: words.percentage($0, 0)) }
    let probe = Axis(scale: Scale(domain: 0...1, from: 0, to: 1), ticks: ticks)
    let below = Axis(
      scale: probe.scale, ticks: ticks, title: words.say(es: "pasos", en: "steps"))
    let plot = frame.inset(
      left: probe.width(on: canvas),
      top: canvas.lineHeight(canvas.style(.base)) + canvas.em(0.6), right: canvas.em(0.4),
      bottom: below.height(on: canvas))
    let x = Scale(domain: 0...Double(result.steps), from: plot.minX, to: plot.maxX)
    let y = Scale(domain: 0...top, from: plot.maxY, to: plot.minY)
    Axis(scale: y, ticks: ticks).drawLeft(of: plot, on: &canvas)
    let places = Axis.roundTicks(
      0...Double(result.steps), length: plot.width, spacing: 5 * small.size, words: words)
    Axis(scale: x, ticks: places, title: below.title).drawBelow(plot, on: &canvas)
    func points(_ shares: [Double]) -> [Point] {
      shares.enumerated().map { Point(x(Double($0.offset)), y($0.element)) }
    }
    var dashed = canvas.dataStroke(.error)
    dashed.dashes = [4 * dashed.width, 2 * dashed.width]
    canvas.add(.path(.polyline(points(result.heldOutShares)), fill: nil, stroke: dashed))
    canvas.add(
      .path(.polyline(points(result.shares)), fill: nil, stroke: canvas.dataStroke(.merged)))
    // Names at the right end, above the lines and apart.
    let seen = words.say(
      es: "\(result.examples) ejemplos vistos", en: "\(result.examples) examples seen")
    let new = words.say(es: "ejemplos nuevos", en: "new examples")
    let line = canvas.lineHeight(bold)
    let newY = y(result.heldOutEnd) - canvas.em(0.4)
    let seenY = min(y(result.end) - canvas.em(0.4), plot.maxY - canvas.em(0.4))
    let apart = newY + line <= seenY
    canvas.text(
      new, at: Point(plot.maxX, apart ? newY : seenY - line), bold,
      color: canvas.theme.color(.error), anchor: .end, vertical: .bottom)
    canvas.text(
      seen, at: Point(plot.maxX, seenY), bold, color: canvas.theme.color(.merged), anchor: .end,
      vertical: .bottom)
  }

  private func drawMemory(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let small = canvas.style(.small)
    canvas.text(
      words.say(es: "números", en: "numbers"), at: Point(frame.minX, frame.minY),
      canvas.style(.base, bold: true), vertical: .top)
    let foot = canvas.lineHeight(small) + canvas.em(0.4)
    let body = frame.inset(
      top: canvas.lineHeight(canvas.style(.base)) + canvas.lineHeight(small) + canvas.em(0.4),
      bottom: foot)
    let names = result.parts.map { $0.name(words) }
    let nameWidth = (names.map { canvas.width($0, small) }.max() ?? 0) + canvas.em(0.5)
    let bars = body.inset(right: nameWidth).columns([1, 1], gap: canvas.em(0.6))
    let theme = canvas.theme
    let colors = [
      Kept.value.color(theme), Kept.gradient.color(theme), Kept.first.color(theme), theme.panel,
    ]
    let stacks = [Array(result.parts.prefix(1)), result.parts]
    let titles = [words.say(es: "usar", en: "use"), words.say(es: "entrenar", en: "train")]
    for (index, (bar, stack)) in zip(bars, stacks).enumerated() {
      var y = bar.maxY
      var nameY = Double.infinity
      for (part, color) in zip(stack, colors) {
        let height = body.height * Double(part.numbers) / Double(result.numbers)
        y -= height
        let box = Rectangle(x: bar.x, y: y, width: bar.width, height: height)
        let inner = box.inset(top: min(canvas.preset.cellGap, height / 2))
        canvas.fill(inner, color)
        // What is remembered is drawn as in the picture of activations: an outline.
        if color == theme.panel {
          canvas.outline(
            inner, Stroke(theme.secondaryInk, width: canvas.preset.axisWidth * 1.4))
        }
        if index == 1 {
          // Names of low boxes are moved up, so that they stay apart.
          nameY = min(box.midY, nameY - canvas.lineHeight(small))
          canvas.text(
            part.name(words), at: Point(bar.maxX + canvas.em(0.5), nameY), small,
            vertical: .middle)
        }
      }
      canvas.text(
        words.integer(stack.reduce(0) { $0 + $1.numbers }),
        at: Point(bar.midX, y - canvas.em(0.2)), canvas.style(.small, bold: true),
        anchor: .middle, vertical: .bottom)
      canvas.text(
        titles[index], at: Point(bar.midX, bar.maxY + canvas.em(0.35)), small,
        color: canvas.theme.secondaryInk, anchor: .middle, vertical: .top)
    }
    canvas.line(
      Point(bars[0].minX, body.maxY), Point(bars[1].maxX, body.maxY), canvas.axisStroke)
  }
}
