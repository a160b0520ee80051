public import Demonstrations
public import Drawing

/// What a step that tests a claim found: the values that every such step has.
///
/// - `verdict`: the words of a ``ClaimOutcome``.
/// - `claim_number`: the number that decided.
/// - `claim_measure`: what that number counts, in a few words that stand behind it.
///
/// A step that tests several claims gives each its own with the claim's id behind, such as `verdict_c11`; the
/// plain name serves for what has none.
public struct ClaimVerdict: Sendable {
  public let outcome: ClaimOutcome
  public let number: Value
  public let measure: Phrase

  /// The longest measure, in characters.
  public static let longestMeasure = 45

  /// Reads the verdict on a claim from what a step found.
  ///
  /// - Throws: `CourseError.noVerdict` with what is missing.
  public init(
    on claim: String, in observation: Observation, lesson: String, step: String
  ) throws(CourseError) {
    func value(_ name: String) throws(CourseError) -> Value {
      let values = observation.values
      guard let value = values["\(name)_\(claim.lowercased())"] ?? values[name] else {
        throw .noVerdict(claim: claim, lesson: lesson, step: step, problem: "has no “\(name)”")
      }
      return value
    }
    func fail(_ problem: String) -> CourseError {
      .noVerdict(claim: claim, lesson: lesson, step: step, problem: problem)
    }
    guard case .words(let words) = try value("verdict"),
      let outcome = ClaimOutcome.allCases.first(where: { $0.phrase == words })
    else { throw fail("has a “verdict” that is none of the three") }
    let number = try value("claim_number")
    guard number.numeric?.isFinite == true else {
      throw fail("has a “claim_number” that is no number")
    }
    guard case .words(let measure) = try value("claim_measure"),
      [measure.spanish, measure.english].allSatisfy({
        (1...Self.longestMeasure).contains($0.count)
      })
    else { throw fail("has a “claim_measure” that is no short text") }
    self.outcome = outcome
    self.number = number
    self.measure = measure
  }
}
