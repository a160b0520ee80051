internal import Course
internal import Demonstrations
internal import Drawing

/// A lesson as one HTML file that needs nothing beside it, for its author to look at.
struct PreviewPage {
  var run: LessonRun
  /// What `check` says of the lesson.
  var findings: [Diagnostic]
  /// The figures as SVG, one for each page of the run.
  var figures: [[UInt8]]

  private var words: Words { run.output.look.words }
  private var own: RunnerWords { RunnerWords(words) }

  /// The file.
  func text() throws -> String {
    let text = run.lesson.text(in: words.language)
    let title = text?.title ?? run.lesson.plan.id
    var parts = [
      """
      <!doctype html>
      <html lang="\(words.language.rawValue)">
      <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>\(HTMLWriter.escaped(title))</title>
      <style>\(PreviewStyle(theme: run.output.look.theme).text)</style>
      </head>
      <body>
      <main>
      <h1>\(HTMLWriter.escaped(title))</h1>
      <p class="summary">\(HTMLWriter.escaped(text?.summary ?? ""))</p>
      """
    ]
    if !findings.isEmpty { parts.append(box) }
    for (page, figure) in zip(run.pages, figures) { parts.append(try section(page, figure)) }
    return parts.joined(separator: "\n") + "\n</main>\n</body>\n</html>\n"
  }

  /// The findings, so that an author who looks at the page alone sees them too.
  private var box: String {
    let entries = findings.map { "<li>\(HTMLWriter.escaped($0.description))</li>" }
    return "<ul class=\"findings\">\n\(entries.joined(separator: "\n"))\n</ul>"
  }

  private func section(_ page: StepPage, _ figure: [UInt8]) throws -> String {
    var parts = [
      "<section id=\"\(page.run.id)\">",
      "<h2>\(page.run.number). \(HTMLWriter.escaped(page.title))</h2>",
    ]
    if page.language != words.language {
      parts.append("<p class=\"badge\">\(HTMLWriter.escaped(own.notTranslated))</p>")
    }
    // A step that is shown in another language says so, for those who have it read to them.
    if page.language != words.language {
      parts.append("<div lang=\"\(page.language.rawValue)\">")
    }
    for part in PagePart.parts(of: page.elements) {
      parts.append(try html(part, page, figure))
    }
    for case .notes(let blocks) in page.elements {
      parts.append(
        folded(words.say(es: "Para quien da la clase", en: "For who teaches"), blocks))
    }
    if page.language != words.language { parts.append("</div>") }
    parts.append("</section>")
    return parts.joined(separator: "\n")
  }

  private func html(_ part: PagePart, _ page: StepPage, _ figure: [UInt8]) throws -> String {
    switch part {
    case .prose(let blocks): return HTMLWriter.text(blocks)
    case .question(let question, let hints): return try html(question, hints, page)
    case .figure: return "<figure>\n\(Self.inline(figure))</figure>"
    case .again:
      let command = run.output.commandText(
        step: page.run, usesWeights: page.run.usesReadersWeights)
      return
        "<p class=\"again\">\(own.again): <code>\(HTMLWriter.escaped(command))</code></p>"
    case .simplified(let blocks):
      return "<aside>\n<h3>\(own.simplified)</h3>\n\(HTMLWriter.text(blocks))\n</aside>"
    case .sources(let blocks):
      return "<footer>\n<h3>\(own.sources)</h3>\n\(HTMLWriter.text(blocks))\n</footer>"
    }
  }

  private func html(
    _ question: Question, _ hints: [[Block]], _ page: StepPage
  ) throws -> String {
    let label = question.kind == .prediction ? own.prediction : own.quiz
    var parts = [
      "<div class=\"question\">", "<h3>\(label)</h3>", HTMLWriter.text(question.text),
    ]
    if case .options(let options) = question.answer {
      let entries = options.map { "<li>\(HTMLWriter.line($0.text))</li>" }
      parts.append("<ol>\n\(entries.joined(separator: "\n"))\n</ol>")
    }
    for (index, hint) in hints.enumerated() {
      parts.append(folded(own.hint(index + 1, of: hints.count), hint))
    }
    parts.append(try answer(question, page))
    return (parts + ["</div>"]).joined(separator: "\n")
  }

  private func answer(_ question: Question, _ page: StepPage) throws -> String {
    let inner: String
    switch question.answer {
    case .number(let name, _):
      let truth = try run.session.truth(name, of: page.run).formatted(words)
      inner = "<p>\(HTMLWriter.escaped(truth))</p>"
    case .options(let options):
      inner = options.enumerated().map { index, option in
        "<div>\(option.isRight ? "✓" : "✗") \(index + 1)) \(HTMLWriter.text(option.justification))</div>"
      }.joined(separator: "\n")
    }
    return "<details class=\"answer\"><summary>\(own.answer)</summary>\n\(inner)\n</details>"
  }

  private func folded(_ label: String, _ blocks: [Block]) -> String {
    "<details><summary>\(HTMLWriter.escaped(label))</summary>\n\(HTMLWriter.text(blocks))\n</details>"
  }

  /// An SVG without the declaration that only a file of its own may have.
  private static func inline(_ figure: [UInt8]) -> String {
    let text = String(decoding: figure, as: UTF8.self)
    guard text.hasPrefix("<?xml"), let end = text.firstIndex(of: "\n") else { return text }
    return String(text[text.index(after: end)...])
  }
}

/// The looks of a preview, in the colours of a theme.
struct PreviewStyle {
  var theme: Theme

  var text: String {
    let (ink, paper) = (css(theme.ink), css(theme.background))
    let (faint, panel) = (css(theme.faint), css(theme.panel))
    return """

      body { margin: 0; background: \(paper); color: \(ink); font: 1.06rem/1.65 system-ui, sans-serif; }
      main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 5rem; }
      h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 3.5rem; } h3 { margin: 0 0 .5rem; font-size: 1rem; }
      .summary, .again, .badge, footer { color: \(css(theme.secondaryInk)); }
      .again, footer { font-size: .9rem; }
      figure { margin: 1.5rem 0; } figure svg { width: 100%; height: auto; }
      .question, aside { background: \(panel); border-left: .25rem solid \(css(theme.rule)); padding: 1rem 1.25rem; margin: 1.5rem 0; }
      details { margin: .5rem 0; } summary { cursor: pointer; } details p { margin: .5rem 0 .5rem 1rem; }
      .answer div p { display: inline; margin: 0; }
      .findings { border: 1px solid \(css(theme.color(.error))); color: \(css(theme.color(.error))); padding: 1rem 1rem 1rem 2rem; font: .85rem/1.5 monospace; overflow-wrap: anywhere; }
      code, pre { background: \(panel); } pre { padding: .75rem; overflow-x: auto; } code { overflow-wrap: anywhere; }
      a { color: \(css(theme.color(.quantized))); } hr { border: 0; border-top: 1px solid \(faint); }

      """
  }

  private func css(_ color: Color) -> String {
    func part(_ component: Double) -> String {
      let digits = String(Int((min(max(component, 0), 1) * 255).rounded()), radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    return "#" + part(color.red) + part(color.green) + part(color.blue)
  }
}
