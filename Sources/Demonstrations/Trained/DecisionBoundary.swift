internal import Charts
internal import Drawing

/// What a trained model answers all over the plane, and the points it learned from and was asked about.
public struct DecisionBoundary: Sendable {
  /// A point with the class that it has.
  public struct Example: Equatable, Sendable {
    public var x: Double
    public var y: Double
    /// The number of its class, counted from 0.
    public var label: Int
    /// Whether the model has not seen it in training.
    public var isHeldOut: Bool
    /// Whether the model gives it its class.
    public var isRight: Bool

    public init(x: Double, y: Double, label: Int, isHeldOut: Bool, isRight: Bool) {
      self.x = x
      self.y = y
      self.label = label
      self.isHeldOut = isHeldOut
      self.isRight = isRight
    }
  }

  /// The part of the plane that is drawn.
  public struct Domain: Equatable, Sendable {
    public var x: ClosedRange<Double>
    public var y: ClosedRange<Double>

    /// The part that has some points, with a margin around them.
    public init(around points: [(x: Double, y: Double)]) {
      func range(_ values: [Double]) -> ClosedRange<Double> {
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        // All points in one line still need a plane around them.
        let margin = high > low ? 0.08 * (high - low) : max(abs(high), 1) * 0.5
        return low - margin...high + margin
      }
      x = range(points.map(\.x))
      y = range(points.map(\.y))
    }
  }

  /// The probabilities are asked for at as many places across as down.
  public static let side = 160
  /// More points than these would cover each other.
  static let mostPoints = 1200

  /// The names of both features.
  public let features: (x: String, y: String)
  public let classes: [String]
  public let examples: [Example]
  public let domain: Domain
  /// Whether both features are lengths of one plane, so that a circle has to look like one.
  public let isPlane: Bool
  /// [side, side, classes], the first row at the top.
  let probabilities: [Float]

  /// The places at which the probabilities are asked for, row by row from the top left.
  public static func places(in domain: Domain) -> [(x: Double, y: Double)] {
    let last = Double(side - 1)
    let (width, height) = (
      domain.x.upperBound - domain.x.lowerBound, domain.y.upperBound - domain.y.lowerBound
    )
    return (0..<side * side).map {
      (
        x: domain.x.lowerBound + width * Double($0 % side) / last,
        y: domain.y.upperBound - height * Double($0 / side) / last
      )
    }
  }

  /// - Parameters:
  ///   - features: The names of both features.
  ///   - classes: At least two names.
  ///   - examples: The points, of which some thousand are drawn.
  ///   - domain: The part of the plane.
  ///   - isPlane: Whether both features are lengths of one plane.
  ///   - probabilities: Those of every class at every one of ``places(in:)``, finite.
  public init(
    features: (x: String, y: String), classes: [String], examples: [Example], domain: Domain,
    isPlane: Bool, probabilities: [Float]
  ) {
    precondition(
      probabilities.count == Self.side * Self.side * classes.count,
      "\(probabilities.count) probabilities of \(classes.count) classes.")
    self.features = features
    self.classes = classes
    self.examples = examples
    self.domain = domain
    self.isPlane = isPlane
    self.probabilities = probabilities
  }

  /// Those the model was asked about: the ones set apart, or all if there are none.
  var asked: [Example] {
    let heldOut = examples.filter(\.isHeldOut)
    return heldOut.isEmpty ? examples : heldOut
  }

  /// At most so many points as can be seen, evenly chosen.
  var drawn: [Example] {
    guard examples.count > Self.mostPoints else { return examples }
    return (0..<Self.mostPoints).map { examples[$0 * examples.count / Self.mostPoints] }
  }

  /// The borders of all classes, in columns and rows of the places; with two classes both are the same.
  var borders: [[Point]] {
    let count = classes.count
    // The best class of every place, and the probabilities of it and of the next one.
    let leaders = (0..<Self.side * Self.side).map { place in
      var (label, best, second) = (0, probabilities[place * count], -Float.infinity)
      for other in 1..<count {
        let value = probabilities[place * count + other]
        if value > best {
          (label, best, second) = (other, value, best)
        } else {
          second = max(second, value)
        }
      }
      return (label: label, best: best, second: second)
    }
    return (0..<(count == 2 ? 1 : count)).flatMap { label in
      // How far the class is ahead of the best other one: 0 at its border.
      let leads = leaders.indices.map { place in
        Double(probabilities[place * count + label])
          - Double(
            leaders[place].label == label ? leaders[place].second : leaders[place].best)
      }
      return ContourLines(values: leads, columns: Self.side, level: 0).lines
    }.filter { $0.count > 1 }
  }
}
