internal import Course
internal import Demonstrations
internal import Drawing
internal import Interchange

/// Shows what became of the article's claims: where each is tested, and the verdict that the step computes.
struct ClaimsCommand: Command {
  static let configuration = CommandConfiguration(
    name: "claims", summary: "show what became of the article's twelve claims, computed",
    arguments: [
      .init(
        name: "claim", summary: "one claim, such as C7; all if none is named", isRequired: false)
    ],
    options: [
      .init("lang", "es|en", "the language; else that of the locale, else Spanish"),
      .init("json", nil, "print JSON"), .init("lessons", "DIR", "the folder of the lessons"),
    ],
    examples: ["\(Tool.name) claims", "\(Tool.name) claims C7 --lang en"])

  let claims: [ArticleClaim]
  let language: Language?
  let isJSON: Bool
  let folder: String?

  init(_ arguments: ParsedArguments) throws(ToolError) {
    language = try arguments.language()
    isJSON = arguments.has("json")
    folder = arguments.value("lessons")
    guard let id = arguments.argument(0) else {
      claims = ArticleClaim.all
      return
    }
    claims = ArticleClaim.all.filter { $0.id == id.uppercased() }
    if claims.isEmpty {
      let ids = ArticleClaim.all.map(\.id)
      throw .usage(
        "there is no claim “\(id)”; \(Spelling.suggestion(for: id.uppercased(), among: ids) ?? "")",
        command: "claims")
    }
  }

  /// A step that tests a claim, and what came of it.
  private struct Test {
    let lesson: String
    let step: String
    let title: String
    let verdict: Result<ClaimVerdict, any Error>
  }

  func run(_ tool: Tool) throws -> ExitCode {
    let words = Words(language ?? .preferred(in: tool.environment))
    let lessons = try tool.catalogue(folder).lessons()
    // Each step is computed once, though several claims may hang on it.
    let sessions = lessons.map { lesson in
      let records = TrainedRecords(lesson: lesson, words: words, isQuiet: true, tool)
      return LessonSession(
        lesson: lesson, demonstrations: tool.demonstrations,
        readWeights: { path, tensor, slice in
          try NamedWeights(path: path, tensor: tensor, slice: slice)
        }, records: records.kept)
    }
    let found = claims.map { claim in
      (claim, sessions.flatMap { tests(of: claim, in: $0, words) })
    }
    if isJSON {
      tool.print(JSONNode.array(found.map { json($0, $1, words) }).serialized())
    } else {
      tool.output(found.map { text($0, $1, words) }.joined(separator: "\n"))
    }
    let isWhole = found.allSatisfy { _, tests in
      tests.allSatisfy { if case .success = $0.verdict { true } else { false } }
    }
    return isWhole ? .success : .failure
  }

  private func tests(
    of claim: ArticleClaim, in session: LessonSession, _ words: Words
  ) -> [Test] {
    let lesson = session.lesson
    return lesson.plan.claims.filter { $0.id == claim.id }.map { entry in
      Test(
        lesson: lesson.plan.id, step: entry.step,
        title: lesson.step(entry.step, in: words.language)?.text.title ?? entry.step,
        verdict: Result {
          try ClaimVerdict(
            on: claim.id, in: session.run(entry.step).observation, lesson: lesson.plan.id,
            step: entry.step)
        })
    }
  }

  private func text(_ claim: ArticleClaim, _ tests: [Test], _ words: Words) -> String {
    var lines = ["\(claim.id)  \(claim.sentence(words))"]
    for test in tests {
      lines.append("    \(test.lesson)/\(test.step) · \(printable(test.title))")
      switch test.verdict {
      case .success(let verdict):
        lines.append(
          "      \(verdict.outcome.phrase(words)): \(verdict.number.formatted(words)) "
            + verdict.measure(words))
      case .failure(let error):
        lines.append("      ✗ \(printable("\(error)"))")
      }
    }
    if tests.isEmpty {
      lines.append(
        words.say(es: "    ninguna lección lo comprueba", en: "    no lesson tests it"))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func json(_ claim: ArticleClaim, _ tests: [Test], _ words: Words) -> JSONNode {
    .object([
      ("claim", .string(claim.id)), ("sentence", .string(claim.sentence(words))),
      (
        "tests",
        .array(
          tests.map { test in
            var members: [(String, JSONNode)] = [
              ("lesson", .string(test.lesson)), ("step", .string(test.step)),
              ("title", .string(test.title)),
            ]
            switch test.verdict {
            case .success(let verdict):
              members += [
                ("outcome", .string(verdict.outcome.rawValue)),
                ("verdict", .string(verdict.outcome.phrase(words))),
                ("number", .optional(verdict.number.numeric)),
                ("shown", .string(verdict.number.formatted(words))),
                ("measure", .string(verdict.measure(words))),
              ]
            case .failure(let error): members.append(("problem", .string("\(error)")))
            }
            return .object(members)
          })
      ),
    ])
  }
}
