public import Drawing

/// How far a claim holds, as a step measured it.
public enum ClaimOutcome: String, CaseIterable, Sendable {
  case holds
  case holdsWithLimit = "holds, with a limit"
  case doesNotHold = "does not hold here"

  /// - Parameters:
  ///   - holds: Whether all of it holds.
  ///   - limited: Whether a part of it does where not all does.
  init(_ holds: Bool, limited: Bool = false) {
    self = holds ? .holds : limited ? .holdsWithLimit : .doesNotHold
  }

  public var phrase: Phrase {
    switch self {
    case .holds: Phrase(es: "se cumple", en: rawValue)
    case .holdsWithLimit: Phrase(es: "se cumple, con un límite", en: rawValue)
    case .doesNotHold: Phrase(es: "aquí no se cumple", en: rawValue)
    }
  }
}
