internal import Charts
internal import Drawing
internal import Training

/// A part of a bar of memory: what the bytes are for, and how it looks.
enum MemoryPart: CaseIterable, Sendable {
  case weights, adapter, gradients, optimizer, activations, buffer

  /// The kinds that are drawn as one part.
  var kinds: [MemoryKind] {
    switch self {
    case .weights: [.base]
    case .adapter: [.adapter]
    case .gradients: [.gradients]
    case .optimizer: [.copy, .optimizer]
    case .activations: [.activations, .inputGradients]
    case .buffer: [.weightBuffer]
    }
  }

  var name: Phrase {
    switch self {
    case .weights: Phrase(es: "pesos", en: "weights")
    case .adapter: Phrase(es: "adaptador", en: "adapter")
    case .gradients: Phrase(es: "gradientes", en: "gradients")
    case .optimizer: Phrase(es: "optimizador", en: "optimiser")
    case .activations: Phrase(es: "activaciones", en: "activations")
    case .buffer: Phrase(es: "peso desplegado", en: "written-out weight")
    }
  }

  /// The weights of a method where those of others are named too.
  static func weightName(_ method: MemoryModel.Method) -> Phrase {
    switch method {
    case .full: Phrase(es: "pesos entrenados", en: "trained weights")
    case .lora: Phrase(es: "congelados", en: "frozen")
    case .qlora: Phrase(es: "en 4 bits", en: "in 4 bits")
    }
  }

  /// The colour; weights that are trained, frozen and quantized have each their own.
  func color(_ method: MemoryModel.Method, _ theme: Theme) -> Color {
    switch self {
    case .weights:
      switch method {
      case .full: Kept.value.color(theme)
      case .lora: theme.color(.frozen)
      case .qlora: theme.color(.quantized)
      }
    case .adapter: theme.color(.update)
    case .gradients: Kept.gradient.color(theme)
    case .optimizer: Kept.first.color(theme)
    case .activations: theme.panel
    case .buffer: theme.ink
    }
  }

  /// Whether the part is an outline on the background.
  var isOutlined: Bool { self == .activations }

  func bytes(_ model: MemoryModel) -> Double { kinds.reduce(0) { $0 + model.bytes(of: $1) } }
}

/// Horizontal bars of memory, each made of its parts, with the total at the end.
struct MemoryBars {
  struct Row {
    let name: String
    let method: MemoryModel.Method
    /// The bytes of the parts, in order.
    let parts: [(part: MemoryPart, bytes: Double)]
    let total: Double

    init(_ name: String, _ model: MemoryModel) {
      self.init(
        name, model.method, MemoryPart.allCases.map { ($0, $0.bytes(model)) })
    }

    init(_ name: String, _ method: MemoryModel.Method, _ parts: [(MemoryPart, Double)]) {
      self.name = name
      self.method = method
      self.parts = parts.map { (part: $0.0, bytes: $0.1) }
      total = parts.reduce(0) { $0 + $1.1 }
    }
  }

  /// Rows on one scale, with a heading.
  struct Group {
    var heading: String
    var rows: [Row]
  }

  var groups: [Group]
  /// The bytes of the longest bar of all groups, where they share a scale.
  var most: Double?
  /// The unit of all totals.
  var unit: (name: String, bytes: Double)

  init(_ groups: [Group], most: Double? = nil) {
    self.groups = groups
    self.most = most
    unit = Amount.unit(of: groups.flatMap(\.rows).map(\.total).max() ?? 0)
  }

  func draw(in frame: Rectangle, on canvas: inout Canvas) {
    let words = canvas.words
    let base = canvas.style(canvas.isCompact ? .small : .base)
    let bold = canvas.style(canvas.isCompact ? .small : .base, bold: true)
    let small = canvas.style(.small)
    let rows = groups.flatMap(\.rows)
    let totals = rows.map {
      Amount.scaled($0.total / unit.bytes).formatted(words) + " " + unit.name
    }
    let nameWidth = (rows.map { canvas.width($0.name, base) }.max() ?? 0) + canvas.em(0.8)
    let totalWidth = (totals.map { canvas.width($0, bold) }.max() ?? 0) + canvas.em(0.6)
    let key = keyRows(width: frame.width, on: canvas)
    let foot = Double(key.count) * canvas.lineHeight(small) + canvas.em(0.5)
    let plot = frame.inset(left: nameWidth, right: totalWidth, bottom: foot)
    let areas = plot.rows(
      groups.map { Double($0.rows.count) + 0.6 }, gap: canvas.em(canvas.isCompact ? 0.5 : 1.1))
    var index = 0
    for (group, area) in zip(groups, areas) {
      let head = group.heading.isEmpty ? 0 : canvas.lineHeight(small) + canvas.em(0.2)
      canvas.text(
        group.heading, at: Point(plot.minX, area.minY), small, color: canvas.theme.secondaryInk,
        vertical: .top)
      let most = max(most ?? group.rows.map(\.total).max() ?? 1, 1)
      let lines = area.inset(top: head).rows(
        Array(repeating: 1, count: group.rows.count), gap: canvas.em(canvas.isCompact ? 0.25 : 0.5))
      for (row, line) in zip(group.rows, lines) {
        let height = min(line.height, canvas.em(groups.count > 2 ? 2.6 : 3.4))
        canvas.text(
          row.name, at: Point(plot.minX - canvas.em(0.6), line.midY), base, anchor: .end,
          vertical: .middle)
        let end = draw(
          row, most: most,
          in: Rectangle(x: plot.minX, y: line.midY - height / 2, width: plot.width, height: height),
          on: &canvas)
        canvas.text(
          totals[index], at: Point(end + canvas.em(0.4), line.midY), bold, vertical: .middle)
        index += 1
      }
    }
    drawKey(key, in: frame.cutBottom(foot).bottom, on: &canvas)
  }

  /// Draws the parts of a row and returns where they end.
  private func draw(
    _ row: Row, most: Double, in frame: Rectangle, on canvas: inout Canvas
  ) -> Double {
    let small = canvas.style(.small)
    var x = frame.minX
    for (part, bytes) in row.parts where bytes > 0 {
      let box = Rectangle(
        x: x, y: frame.minY, width: frame.width * bytes / most, height: frame.height)
      let fill = part.color(row.method, canvas.theme)
      let inner = box.inset(right: min(canvas.preset.cellGap, box.width / 2))
      canvas.fill(inner, fill)
      if part.isOutlined, inner.width > 3 * canvas.preset.axisWidth {
        canvas.outline(
          inner, Stroke(canvas.theme.secondaryInk, width: canvas.preset.axisWidth * 1.4))
      }
      let label = Amount.scaled(bytes / unit.bytes).formatted(canvas.words)
      if canvas.width(label, small) < inner.width * 0.86, small.size < inner.height {
        canvas.text(
          label, at: inner.center, small, color: fill.readableInk, anchor: .middle,
          vertical: .middle, box: inner, backdrop: fill)
      }
      x = box.maxX
    }
    return x
  }

  // MARK: Key

  private typealias Entry = (name: String, fills: [Color], isOutlined: Bool)

  /// The parts that are there, with the colours that they have.
  private func entries(on canvas: Canvas) -> [Entry] {
    let rows = groups.flatMap(\.rows)
    return MemoryPart.allCases.flatMap { part -> [Entry] in
      var methods: [MemoryModel.Method] = []
      for row in rows where row.parts.contains(where: { $0.part == part && $0.bytes > 0 }) {
        let isNew = !methods.contains {
          part.color($0, canvas.theme) == part.color(row.method, canvas.theme)
        }
        if isNew { methods.append(row.method) }
      }
      let fills = methods.map { part.color($0, canvas.theme) }
      guard part == .weights, !canvas.isCompact, methods.count > 1 else {
        return methods.isEmpty
          ? [] : [(name: part.name(canvas.words), fills: fills, isOutlined: part.isOutlined)]
      }
      return zip(methods, fills).map { method, fill in
        (name: MemoryPart.weightName(method)(canvas.words), fills: [fill], isOutlined: false)
      }
    }
  }

  /// The same in as many rows as they need, of about the same width.
  private func keyRows(width: Double, on canvas: Canvas) -> [[Entry]] {
    let small = canvas.style(.small)
    let entries = entries(on: canvas)
    let widths = entries.map { entryWidth($0, small, on: canvas) + entryGap(canvas) }
    func rows(_ limit: Double) -> [[Entry]] {
      var rows: [[Entry]] = [[]]
      var x = 0.0
      for (entry, needed) in zip(entries, widths) {
        if x + needed - entryGap(canvas) > limit, x > 0 {
          rows.append([])
          x = 0
        }
        rows[rows.count - 1].append(entry)
        x += needed
      }
      return rows
    }
    let count = rows(width).count
    // The narrowest limit, in steps of a twentieth, with which there are no more rows.
    let limits = (1...20).map { width * Double($0) / 20 }
    return limits.lazy.map(rows).first { $0.count == count } ?? rows(width)
  }

  private func entryGap(_ canvas: Canvas) -> Double { canvas.em(canvas.isCompact ? 0.7 : 1.1) }

  private func entryWidth(_ entry: Entry, _ style: TextStyle, on canvas: Canvas) -> Double {
    canvas.em(0.7) * Double(entry.fills.count) + canvas.em(0.3) + canvas.width(entry.name, style)
  }

  private func drawKey(_ lines: [[Entry]], in frame: Rectangle, on canvas: inout Canvas) {
    let small = canvas.style(.small)
    let square = canvas.em(0.7)
    for (row, entries) in lines.enumerated() {
      let y = frame.maxY - Double(lines.count - 1 - row) * canvas.lineHeight(small)
      var x = frame.minX
      for entry in entries {
        let start = x
        for fill in entry.fills {
          let box = Rectangle(x: x, y: y - square, width: square, height: square)
          canvas.fill(box.inset(right: canvas.preset.cellGap / 2), fill)
          if entry.isOutlined {
            canvas.outline(
              box, Stroke(canvas.theme.secondaryInk, width: canvas.preset.axisWidth))
          }
          x = box.maxX
        }
        canvas.text(
          entry.name, at: Point(x + canvas.em(0.3), y - square / 2), small, vertical: .middle)
        x = start + entryWidth(entry, small, on: canvas) + entryGap(canvas)
      }
    }
  }
}
