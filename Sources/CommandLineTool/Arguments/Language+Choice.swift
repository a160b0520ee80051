internal import Drawing

extension ParsedArguments {
  /// The language that was asked for.
  func language() throws(ToolError) -> Language? {
    try choice("lang", among: Language.allCases.map(\.rawValue)).flatMap(Language.init(rawValue:))
  }
}

extension Language {
  /// The language of the environment's locale where the course has it, else Spanish.
  static func preferred(in environment: [String: String]) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    return Language(rawValue: String(locale?.prefix(2) ?? "")) ?? .spanish
  }
}
