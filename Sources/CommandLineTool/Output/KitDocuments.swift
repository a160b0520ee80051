internal import Course
internal import Demonstrations
internal import Drawing

/// What an instructor takes away beside the figures: captions for LaTeX, a deck, worksheets, data.
struct KitDocuments {
  let run: LessonRun

  /// A text file by its path from the folder of the lesson.
  struct Document {
    var path: String
    var text: String
  }

  private var words: Words { run.output.look.words }
  private var language: String { words.language.rawValue }
  private var title: String {
    run.lesson.text(in: words.language)?.title ?? run.lesson.plan.id
  }

  /// All documents in the language of the run.
  func all() throws -> [Document] {
    [
      Document(path: "figures.\(language).tex", text: captions),
      Document(path: "deck.\(language).md", text: try deck()),
      Document(path: "worksheet.\(language).md", text: try worksheet(answered: false)),
      Document(path: "worksheet-answers.\(language).md", text: try worksheet(answered: true)),
    ] + data
  }

  /// A command for every figure, with caption and alternative text, and all of them on Beamer slides.
  private var captions: String {
    func command(_ page: StepPage) -> String {
      // Commands of LaTeX are made of letters alone, so digits are spelled.
      "lesson"
        + page.run.id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }
        .joined().map { $0.wholeNumberValue.map { Self.digits[$0] } ?? String($0) }.joined()
    }
    func includegraphics(_ page: StepPage) -> String {
      let text = LaTeXText.plain(page.run.observation.picture.alternativeText(words))
      return "\\includegraphics[width=\\linewidth,alt={\(text)}]"
        + "{\\lessonfolder/\(run.output.path(page, .pdf))}"
    }
    let pages = run.pages
    var lines = [
      "% \(title): \(words.say(es: "figuras con pie y texto alternativo", en: "figures with captions and alternative text")).",
      "% \\input{figures.\(language).tex}, \\usepackage{graphicx}; \\\(command(pages[0])) "
        + words.say(es: "pone la primera figura.", en: "sets the first figure."),
      "\\providecommand{\\lessonfolder}{.}",
    ]
    for page in pages {
      lines += [
        "\\newcommand{\\\(command(page))}{%",
        "  \\begin{figure}",
        "    \(includegraphics(page))",
        "    \\caption{\(LaTeXText.escaped(page.caption))}",
        "    \\label{fig:\(run.lesson.plan.id)-\(page.run.id)}",
        "  \\end{figure}}",
      ]
    }
    lines.append("\\newcommand{\\lessonframes}{%")
    for page in pages {
      lines.append("  \\begin{frame}\(includegraphics(page))\\end{frame}%")
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  private static let digits = [
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine",
  ]

  /// A slide for every question and every figure; explanations and notes are for the speaker.
  private func deck() throws -> String {
    var slides = [
      """
      ---
      title: "\(title.replacing("\"", with: "'"))"
      lang: \(language)
      marp: true
      paginate: true
      ---

      # \(title)

      \(run.lesson.text(in: words.language)?.summary ?? "")
      """
    ]
    for page in run.pages {
      let questions = Self.questions(page)
      if let question = questions.first(where: { $0.kind == .prediction }) {
        slides.append("## \(page.title)\n\n" + Self.asked(question))
      }
      let picture = page.run.observation.picture
      let alternative = picture.alternativeText(words).replacing("]", with: "\\]")
      slides.append(
        """
        ![\(alternative)](\(run.output.path(page, .svg)))

        <!--
        \(Self.comment(spoken(page)))
        -->
        """)
      for question in questions where question.kind == .quiz {
        slides.append("## \(page.title)\n\n" + Self.asked(question))
      }
    }
    return slides.joined(separator: "\n\n---\n\n") + "\n"
  }

  /// What the speaker says: the explanation, the notes and what was simplified.
  private func spoken(_ page: StepPage) -> String {
    page.elements.compactMap { element -> String? in
      switch element {
      case .prose(let blocks), .notes(let blocks), .simplified(let blocks):
        MarkdownWriter.text(blocks)
      case .question, .hint, .sources, .conditional: nil
      }
    }.joined(separator: "\n\n")
  }

  /// The questions of all steps, with room for answers or with the answers.
  private func worksheet(answered: Bool) throws -> String {
    var text = ["# \(title)"]
    for page in run.pages {
      let questions = Self.questions(page)
      guard !questions.isEmpty else { continue }
      text.append("## \(page.run.number). \(page.title)")
      for question in questions {
        text.append(answered ? try solved(question, page) : Self.asked(question))
      }
    }
    return text.joined(separator: "\n\n") + "\n"
  }

  private static func questions(_ page: StepPage) -> [Question] {
    page.elements.compactMap { if case .question(let question) = $0 { question } else { nil } }
  }

  private static func asked(_ question: Question) -> String {
    let text = MarkdownWriter.text(question.text)
    guard case .options(let options) = question.answer else {
      return text + "\n\n\\_\\_\\_\\_\\_\\_"
    }
    return text + "\n\n"
      + options.map { "- [ ] " + MarkdownWriter.line($0.text) }.joined(separator: "\n")
  }

  private func solved(_ question: Question, _ page: StepPage) throws -> String {
    let text = MarkdownWriter.text(question.text)
    switch question.answer {
    case .number(let name, _):
      let truth = try run.session.truth(name, of: page.run).formatted(words)
      return "\(text)\n\n**\(truth)**"
    case .options(let options):
      return text + "\n\n"
        + options.map { option in
          let reason = option.justification.firstParagraph.map { " — " + $0 } ?? ""
          return "- [\(option.isRight ? "x" : " ")] \(MarkdownWriter.line(option.text))\(reason)"
        }.joined(separator: "\n")
    }
  }

  /// A comment may not hold its own end.
  private static func comment(_ text: String) -> String { text.replacing("--", with: "- -") }

  /// Every table of every figure as CSV, with a point for decimals.
  private var data: [Document] {
    let plain = Words(words.language, numbers: NumberFormat(decimalMark: .point))
    return run.pages.flatMap { page in
      page.run.observation.tables.map { table in
        let number = (page.run.number < 10 ? "0" : "") + "\(page.run.number)"
        return Document(
          path: "data/\(language)/\(number)-\(page.run.id)-\(table.id).csv",
          text: Self.csv(table, plain))
      }
    }
  }

  private static func csv(_ table: DataTable, _ words: Words) -> String {
    func field(_ text: String) -> String {
      text.contains { "\",\n".contains($0) }
        ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }
    func number(_ value: Value) -> String {
      switch value {
      case .integer(let number): "\(number)"
      // Shares in percent, as they are drawn, but with all their digits.
      case .number(let number, _), .significant(let number, _): shortest(number)
      case .percentage(let share, _): "\(share * 100)"
      case .words, .code, .flag: value.formatted(words)
      }
    }
    /// The shortest decimal that reads back as the number; most numbers are of single precision.
    func shortest(_ number: Double) -> String {
      Double(Float(number)) == number ? "\(Float(number))" : "\(number)"
    }
    var lines: [[String]] = []
    let labelled = !table.rowLabels.isEmpty
    if !table.columns.isEmpty {
      lines.append((labelled ? [""] : []) + table.columns.map { $0(words) })
    }
    for (index, row) in table.rows.enumerated() {
      let label = table.rowLabels.indices.contains(index) ? [table.rowLabels[index](words)] : []
      lines.append((labelled ? label : []) + row.map { number($0.value) })
    }
    return lines.map { $0.map(field).joined(separator: ",") + "\n" }.joined()
  }
}
