internal import Charts
internal import Drawing
internal import Training

#if canImport(Glibc)
  internal import Glibc
#endif

/// Which methods fit a device for a model, as a map of sizes and memories, and the verdict on the claim.
public struct MethodChooser: Demonstration {
  public let id = "method-chooser"
  public let parameters = [
    Parameter.params,
    Parameter(
      "memory", Phrase(es: "memoria del dispositivo, en GB", en: "memory of the device, in GB"),
      default: 24, range: 1...100_000, isWhole: false),
    Parameter.adapterRank, .textLength(512),
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    var model = try memoryModel(.full, in: input)
    model.checkpointing = true
    try model.check()
    let result = MethodChooserResult(
      model: model, memory: try value(of: "memory", in: input) * 1e9)
    return Observation(
      values: result.named, tables: result.tables,
      picture: Picture(
        title: { words in
          let size = result.size(words)
          let memory = result.memoryText(words)
          guard let best = result.best else {
            return words.say(
              es: "\(size) en \(memory) GB: no cabe de ninguna manera",
              en: "\(size) in \(memory) GB: fits in no way")
          }
          return words.say(
            es: "\(size) en \(memory) GB: de lo que cabe, \(best.name(words)) cambia más",
            en: "\(size) in \(memory) GB: of what fits, \(best.name(words)) changes most")
        },
        alternativeText: result.alternativeText,
        draw: { canvas, frame in MethodChooserDrawing(result: result).draw(on: &canvas, in: frame)
        }))
  }
}

/// The sums for the chosen model, and the borders between the methods.
struct MethodChooserResult: Sendable {
  /// The chosen model, trained as a whole.
  let model: MemoryModel
  /// Bytes.
  let memory: Double
  /// The sizes at which borders are computed, in parameters, and what each method takes there.
  let sizes: [Double]
  let totals: [MemoryModel.Method: [Double]]

  init(model: MemoryModel, memory: Double) {
    self.model = model
    self.memory = memory
    let count = Double(model.shape.parameterCount)
    let (low, high) = (min(0.5e9, count / 2), max(200e9, min(count * 2, 1e13)))
    let steps = 24
    let sizes = (0...steps).map { low * pow(high / low, Double($0) / Double(steps)) }
    self.sizes = sizes
    totals = Dictionary(
      uniqueKeysWithValues: MemoryModel.Method.allCases.map { method in
        (
          method,
          sizes.map { size in
            var other = model
            (other.method, other.shape) = (method, .like(parameters: size))
            return other.total
          }
        )
      })
  }

  /// The memory in GB, with the digits that it was set with.
  func memoryText(_ words: Words) -> String { Value.setting(memory / 1e9).formatted(words) }

  func with(_ method: MemoryModel.Method) -> MemoryModel {
    var model = model
    model.method = method
    return model
  }
  func fits(_ method: MemoryModel.Method) -> Bool { with(method).total <= memory }
  /// The first method that fits, from the one that changes most.
  var best: MemoryModel.Method? { MemoryModel.Method.allCases.first { fits($0) } }
  func size(_ words: Words) -> String {
    Amount.parameters(Double(model.shape.parameterCount), words)
  }

  /// The largest model that fits with a method, between the sizes at which the borders are known.
  func largest(_ method: MemoryModel.Method) -> Double? {
    let totals = totals[method] ?? []
    guard let first = totals.first, first <= memory else { return nil }
    guard let index = totals.firstIndex(where: { $0 > memory }) else { return sizes.last }
    let share = log(memory / totals[index - 1]) / log(totals[index] / totals[index - 1])
    return sizes[index - 1] * pow(sizes[index] / sizes[index - 1], share)
  }

  /// By how much the memory decides: what full fine-tuning takes, in units of QLoRA.
  var span: Double { with(.full).total / max(with(.qlora).total, 1) }
  /// It decides if the methods differ at least twofold, and hardly does below that.
  var verdict: Phrase { TrainingCostResult.verdict(span, holds: 2, nearly: 1.2) }

  var named: [String: Value] {
    var values: [String: Value] = [
      "size": .words(Phrase(es: size(Words(.spanish)), en: size(Words(.english)))),
      "memory": .setting(memory / 1e9), "rank": .integer(model.rank),
      "length": .integer(model.length),
      "parameters": .number(Double(model.shape.parameterCount) / 1e9, decimals: 2),
      "fits_any": .flag(best != nil),
      "best": .words(best?.name ?? Phrase(es: "ninguno", en: "none")),
      "only_qlora": .flag(best == .qlora), "span": .number(span, decimals: 1),
      "verdict": .words(verdict), "claim_number": .number(span, decimals: 1),
      "claim_measure": .words(
        Phrase(
          es: "veces más memoria: completo frente a QLoRA",
          en: "times the memory: full against QLoRA")),
    ]
    for (name, method) in zip(["full", "lora", "qlora"], MemoryModel.Method.allCases) {
      let sum = with(method)
      values["\(name)_base"] = Amount.gigabytes(sum.bytes(of: .base))
      values["\(name)_trained"] = Amount.gigabytes(
        sum.bytes(of: .adapter) + sum.bytes(of: .gradients) + sum.bytes(of: .copy)
          + sum.bytes(of: .optimizer))
      values["\(name)_moving"] = Amount.gigabytes(
        sum.bytes(of: .activations) + sum.bytes(of: .inputGradients)
          + sum.bytes(of: .weightBuffer))
      values["\(name)_total"] = Amount.gigabytes(sum.total)
      values["\(name)_fits"] = .flag(fits(method))
      let largest = largest(method)
      values["\(name)_largest"] = .words(
        Phrase(
          es: largest.map { Amount.parameters($0, Words(.spanish), digits: 3) } ?? "ninguno",
          en: largest.map { Amount.parameters($0, Words(.english), digits: 3) } ?? "none"))
    }
    return values
  }

  var tables: [DataTable] {
    [
      DataTable(
        id: "sums", title: Phrase(es: "GB del modelo elegido", en: "GB of the chosen model"),
        columns: [Phrase(es: "clase", en: "kind")] + MemoryModel.Method.allCases.map(\.name),
        rows: MemoryPart.allCases.map { part in
          [.init(.words(part.name))]
            + MemoryModel.Method.allCases.map {
              .init(.number(part.bytes(with($0)) / 1e9, decimals: 2))
            }
        } + [
          [.init(.words(Phrase(es: "en total", en: "in all")))]
            + MemoryModel.Method.allCases.map {
              .init(.number(with($0).total / 1e9, decimals: 2))
            },
          [.init(.words(Phrase(es: "cabe", en: "fits")))]
            + MemoryModel.Method.allCases.map {
              .init(MergingVerdictResult.yesOrNo(fits($0)))
            },
        ])
    ]
  }

  @Sendable func alternativeText(_ words: Words) -> String {
    let list = MemoryModel.Method.allCases.map { method in
      let total = Amount.gigabytes(with(method).total).formatted(words)
      let answer = MergingVerdictResult.yesOrNo(fits(method)).formatted(words)
      return words.say(
        es: "\(method.name(words)) pide \(total) GB (cabe: \(answer))",
        en: "\(method.name(words)) needs \(total) GB (fits: \(answer))")
    }.joined(separator: "; ")
    let memory = memoryText(words)
    return words.say(
      es: """
        Mapa del tamaño del modelo contra la memoria del dispositivo, en escalas logarítmicas, con \
        cuatro franjas diagonales: ajuste completo, LoRA, QLoRA y nada. Una cruz marca \(size(words)) \
        y \(memory) GB: \(list).
        """,
      en: """
        A map of the size of the model against the memory of the device, on logarithmic scales, with \
        four diagonal strips: full fine-tuning, LoRA, QLoRA and nothing. A cross marks \(size(words)) \
        and \(memory) GB: \(list).
        """)
  }
}

/// Draws the map: what fits above each border, and the chosen place.
struct MethodChooserDrawing {
  let result: MethodChooserResult

  func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let words = canvas.words
    let theme = canvas.theme
    let small = canvas.style(.small)
    let sizes = result.sizes
    let across = (sizes.first ?? 1e9)...(sizes.last ?? 1e11)
    let methods = MemoryModel.Method.allCases
    let low = min(4e9, result.memory / 2, (result.totals[.qlora]?.first ?? 4e9))
    let high = max((result.totals[.full]?.last ?? 2e12) * 1.3, result.memory * 2)
    let up = low...high
    func powers(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
      let all = (6...14).flatMap { power in [1.0, 3].map { $0 * pow(10, Double(power)) } }
        .filter { range.contains($0) }
      let tens = all.filter { String(Int($0)).hasPrefix("1") }
      return all.count <= count ? all : tens
    }
    let yTicks = powers(up, canvas.isCompact ? 4 : 8).map { value in
      (value: value, label: Amount.scaled(value / 1e9).formattedShort(words))
    }
    let xTicks = powers(across, canvas.isCompact ? 4 : 8).map { value in
      (value: value, label: Amount.parameters(value, words))
    }
    let title = words.say(es: "GB del dispositivo", en: "GB of the device")
    let probe = Axis(scale: Scale(domain: 0...1, from: 0, to: 1), ticks: yTicks)
    let below = Axis(
      scale: probe.scale, ticks: xTicks,
      title: words.say(es: "parámetros del modelo", en: "parameters of the model"))
    canvas.text(
      title, at: Point(frame.minX, frame.minY), small, color: theme.secondaryInk, vertical: .top)
    let plot = frame.inset(
      left: probe.width(on: canvas), top: canvas.lineHeight(small) + canvas.em(0.3),
      right: canvas.em(0.6), bottom: below.height(on: canvas))
    let xScale = Scale(.logarithmic, domain: across, from: plot.minX, to: plot.maxX)
    let yScale = Scale(.logarithmic, domain: up, from: plot.maxY, to: plot.minY)
    func place(_ x: Double, _ y: Double) -> Point {
      Point(xScale(x), yScale(min(max(y, low), high)))
    }
    let borders = methods.map { method in
      zip(sizes, result.totals[method] ?? []).map { place($0, $1) }
    }
    // From above: what fits over each border, and nothing below the last.
    let fills = methods.map { theme.color($0.role).mixed(with: theme.background, 0.78) }
    var ceiling = [Point(plot.minX, plot.minY), Point(plot.maxX, plot.minY)]
    for (border, fill) in zip(borders, fills) {
      canvas.add(.path(.polygon(ceiling + border.reversed()), fill: fill, stroke: nil))
      ceiling = border
    }
    canvas.add(
      .path(
        .polygon(ceiling + [Point(plot.maxX, plot.maxY), Point(plot.minX, plot.maxY)]),
        fill: theme.panel, stroke: nil))
    for (border, method) in zip(borders, methods) {
      canvas.add(
        .path(
          .polyline(border), fill: nil,
          stroke: Stroke(
            theme.color(method.role), width: canvas.preset.lineWidth,
            dashes: method.dashes.map { $0 * canvas.preset.lineWidth })))
    }
    Axis(scale: yScale, ticks: yTicks).drawLeft(of: plot, on: &canvas, grid: false)
    Axis(scale: xScale, ticks: xTicks, title: below.title).drawBelow(plot, on: &canvas)
    let cross = place(Double(result.model.shape.parameterCount), result.memory)
    let plate = plate(at: cross, plot: plot, on: canvas)
    drawNames(borders, fills, plot: plot, taken: plate, on: &canvas)
    drawCross(cross, plate: plate, plot: plot, on: &canvas)
  }

  /// Writes a name into each strip, in the middle of the map or where the cross is not.
  private func drawNames(
    _ borders: [[Point]], _ fills: [Color], plot: Rectangle, taken: Rectangle,
    on canvas: inout Canvas
  ) {
    let words = canvas.words
    let style = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    // In ink: on its own tint a role's colour is too pale for text.
    let strips: [(name: String, color: Color, fill: Color)] =
      zip(MemoryModel.Method.allCases, fills).map { ($0.name(words), canvas.theme.ink, $1) } + [
        (
          words.say(es: "nada cabe", en: "nothing fits"), canvas.theme.secondaryInk,
          canvas.theme.panel
        )
      ]
    for (index, strip) in strips.enumerated() {
      let width = canvas.width(strip.name, style)
      let height = canvas.lineHeight(style)
      // The widest place of the strip, away from the cross.
      var best: (point: Point, room: Double)?
      for column in borders[0].indices {
        let x = borders[0][column].x
        guard x - width / 2 > plot.minX + canvas.em(0.3), x + width / 2 < plot.maxX - canvas.em(0.3)
        else { continue }
        let top = index == 0 ? plot.minY : borders[index - 1][column].y
        let bottom = index == strips.count - 1 ? plot.maxY : borders[index][column].y
        let point = Point(x, (top + bottom) / 2)
        let box = Rectangle(
          x: x - width / 2, y: point.y - height / 2, width: width, height: height)
        let away = !box.overlaps(taken.inset(-canvas.em(0.3)))
        let middle = -abs(x - plot.midX) / plot.width
        let room = (bottom - top) / plot.height + 0.2 * middle - (away ? 0 : 10)
        if room > (best?.room ?? -5) { best = (point, room) }
      }
      guard let best else { continue }
      canvas.text(
        strip.name, at: best.point, style, color: strip.color, anchor: .middle, vertical: .middle,
        backdrop: strip.fill)
    }
  }

  private func label(_ words: Words) -> String {
    "\(result.size(words)), \(result.memoryText(words)) GB"
  }

  /// The plate of the label of the chosen place, which may lie across a border.
  private func plate(at point: Point, plot: Rectangle, on canvas: Canvas) -> Rectangle {
    let width = canvas.width(label(canvas.words), canvas.style(.small, bold: true))
    let isLeft = point.x + width + canvas.em(1.2) > plot.maxX
    let y = max(point.y - canvas.em(1.1), plot.minY + canvas.em(0.9))
    let left = point.x + (isLeft ? -canvas.em(0.7) - width : canvas.em(0.7))
    return Rectangle(
      x: left - canvas.em(0.3), y: y - canvas.em(0.65), width: width + canvas.em(0.6),
      height: canvas.em(1.3))
  }

  private func drawCross(
    _ point: Point, plate: Rectangle, plot: Rectangle, on canvas: inout Canvas
  ) {
    let ink = canvas.theme.ink
    let dash = Stroke(
      ink, width: canvas.preset.axisWidth, dashes: [canvas.em(0.2), canvas.em(0.2)])
    canvas.line(Point(point.x, plot.maxY), point, dash)
    canvas.line(Point(plot.minX, point.y), point, dash)
    canvas.dot(
      point, radius: canvas.preset.lineWidth * 2.4, fill: ink,
      stroke: Stroke(canvas.theme.background, width: canvas.preset.lineWidth * 0.6))
    canvas.fill(plate, canvas.theme.background, cornerRadius: canvas.em(0.25))
    canvas.text(
      label(canvas.words), at: plate.center, canvas.style(.small, bold: true), color: ink,
      anchor: .middle, vertical: .middle, box: plate, backdrop: canvas.theme.background)
  }
}

extension Value {
  /// A number of an axis: whole where it is one.
  func formattedShort(_ words: Words) -> String {
    guard let number = numeric, number == number.rounded(), number < 1e15 else {
      return formatted(words)
    }
    return words.integer(Int(number))
  }
}
