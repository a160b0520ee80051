/// The steps of a training after which something is measured.
enum MeasuredSteps {
  /// The start, and at most so many steps more, the last included: close together at first, where most happens.
  static func early(of steps: Int, count: Int) -> [Int] {
    var measured = [0]
    for index in 1...count {
      let share = Double(index) / Double(count)
      let step = Int((Double(steps) * share * share).rounded())
      if step > measured[measured.count - 1] { measured.append(step) }
    }
    return measured
  }
}
