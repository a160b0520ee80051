internal import Experiments

/// How much better the divisions seen are known than new ones, in the end and where both know as many of those seen.
///
/// Who has learned less by heart has a smaller gap for that alone.
struct SeenGap: Sendable {
  /// In the end.
  let full, lora: Spread
  /// The share of the divisions seen that both come to know, in every seed.
  let level: Double
  /// Where that share was first known.
  let fullAtLevel, loraAtLevel: Spread

  init(full: ExamGroup, lora: ExamGroup) {
    self.full = Spread(full.outcomes.map { $0.last(.ownScore) - $0.last(.heldOutScore) })
    self.lora = Spread(lora.outcomes.map { $0.last(.ownScore) - $0.last(.heldOutScore) })
    let level = (full.outcomes + lora.outcomes).map { $0.list(.ownScore).max() ?? 0 }.min() ?? 0
    self.level = level
    fullAtLevel = Spread(full.outcomes.map { level - Self.new($0, whenSeen: level) })
    loraAtLevel = Spread(lora.outcomes.map { level - Self.new($0, whenSeen: level) })
  }

  /// LoRA overfits less if its gap is smaller, in every seed against every seed, in the end and where it knows as much;
  /// if it is smaller at one of these alone, with a limit.
  var outcome: ClaimOutcome {
    let (end, equal) = (lora.isBelow(full), loraAtLevel.isBelow(fullAtLevel))
    return ClaimOutcome(end && equal, limited: end || equal)
  }

  /// The score on new divisions where a share of those seen was first reached, on straight lines between examinations.
  private static func new(_ outcome: ExamOutcome, whenSeen level: Double) -> Double {
    let (seen, new) = (outcome.list(.ownScore), outcome.list(.heldOutScore))
    guard let index = zip(seen, new).enumerated().first(where: { $1.0 >= level })?.offset else {
      return new.last ?? 0
    }
    guard index > 0, seen[index] > seen[index - 1] else { return new[index] }
    let share = (level - seen[index - 1]) / (seen[index] - seen[index - 1])
    return new[index - 1] + share * (new[index] - new[index - 1])
  }
}
