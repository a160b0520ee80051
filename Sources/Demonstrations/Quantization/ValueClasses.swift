internal import Drawing

/// The colour classes of the article's picture: each is a quarter of the range of the weights.
struct ValueClasses: Sendable {
  /// The smallest and the largest weight.
  let range: ClosedRange<Float>

  /// Creates the classes of some weights; there must be at least one.
  init(of values: [Float]) {
    range = (values.min() ?? 0)...(values.max() ?? 0)
  }

  /// The class of a weight.
  subscript(value: Float) -> ValueClass {
    // As doubles: the width of a range of single-precision numbers can exceed them all.
    let lowest = Double(range.lowerBound)
    let width = Double(range.upperBound) - lowest
    guard width > 0 else { return .green }
    let quarter = Int((Double(value) - lowest) / width * 4)
    return ValueClass.allCases[min(max(quarter, 0), 3)]
  }

  /// How many weights each class has, in the order of `ValueClass.allCases`.
  func counts(_ values: [Float]) -> [Int] {
    ValueClass.allCases.map { valueClass in values.count { self[$0] == valueClass } }
  }

  /// A count with the name of a class, such as "1 verde" or "6 azules".
  static func counted(_ count: Int, _ valueClass: ValueClass, _ words: Words) -> String {
    let one = count == 1
    let name =
      switch valueClass {
      case .green: words.say(es: one ? "verde" : "verdes", en: "green")
      case .blue: words.say(es: one ? "azul" : "azules", en: "blue")
      case .yellow: words.say(es: one ? "amarillo" : "amarillos", en: "yellow")
      case .pink: words.say(es: one ? "rosa" : "rosas", en: "pink")
      }
    return "\(words.integer(count)) \(name)"
  }

  /// The counts of all classes that have weights, such as "3 verdes, 6 azules, 2 amarillos y 1 rosa".
  static func listed(_ counts: [Int], _ words: Words) -> String {
    let parts = zip(counts, ValueClass.allCases).filter { $0.0 > 0 }.map {
      counted($0, $1, words)
    }
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "0" }
    let and = words.say(es: " y ", en: " and ")
    return parts.dropLast().joined(separator: ", ") + and + last
  }
}
