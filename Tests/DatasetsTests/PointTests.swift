import Datasets
import LinearAlgebra
import Testing

@Suite("Points in the plane") struct PointTests {
  @Test("Without noise the moons lie on their half circles, and nothing else")
  func moons() throws {
    let split = try TwoMoons(trainCount: 100, validationCount: 50, noise: 0).make(seed: 1)
    #expect(split.train.count == 100)
    #expect(split.validation.count == 50)
    let labels = try #require(split.train.labels)
    #expect(labels.count { $0 == 0 } == 50)
    for (index, label) in labels.enumerated() {
      let (x, y) = (split.train.inputs[index, 0], split.train.inputs[index, 1])
      let (dx, dy) = label == 0 ? (x, y) : (x - 1, y - 0.5)
      #expect(abs(dx * dx + dy * dy - 1) < 1e-5)
      #expect(label == 0 ? dy > -1e-6 : dy < 1e-6)
    }
  }

  @Test("Noise has the standard deviation that was asked for")
  func noise() throws {
    let exact = try TwoMoons(trainCount: 5000, noise: 0).make(seed: 1).train.inputs
    let noisy = try TwoMoons(trainCount: 5000, noise: 0.2).make(seed: 1).train.inputs
    let difference = (noisy - exact).values
    #expect(abs(Statistics.standardDeviation(difference) - 0.2) < 0.01)
    #expect(abs(Statistics.mean(difference)) < 0.01)
  }

  @Test("Arms of a spiral are turned copies of one another", arguments: [2, 3, 5])
  func spirals(arms: Int) throws {
    let split = try Spirals(arms: arms, turns: 1.5, trainCount: 20 * arms, noise: 0).make(seed: 1)
    let labels = try #require(split.train.labels)
    guard case .classes(_, let names) = split.train.targets else {
      Issue.record("no classes")
      return
    }
    #expect(names.count == arms)
    #expect(Set(labels) == Set(0..<arms))
    let radii = (0..<split.train.count).map { index in
      let point = split.train.inputs.row(index).map(Double.init)
      return (point[0] * point[0] + point[1] * point[1]).squareRoot()
    }
    for index in stride(from: 0, to: radii.count, by: arms) {
      let group = radii[index..<index + arms]
      #expect((group.max() ?? 0) - (group.min() ?? 1) < 1e-5)
    }
    #expect(abs((radii.max() ?? 0) - 1) < 1e-5)
    #expect(abs((radii.min() ?? 0) - 0.1) < 1e-5)
  }

  @Test("A seed gives the same points, and another seed others; both sets differ")
  func seeds() throws {
    let one = try TwoMoons(trainCount: 64, validationCount: 64).make(seed: 5)
    #expect(try TwoMoons(trainCount: 64, validationCount: 64).make(seed: 5) == one)
    #expect(try TwoMoons(trainCount: 64, validationCount: 64).make(seed: 6) != one)
    #expect(one.train != one.validation)
    // The validation points do not depend on how many there are to learn from.
    #expect(
      try TwoMoons(trainCount: 30, validationCount: 64).make(seed: 5).validation == one.validation)
  }

  @Test("A setting out of range is named")
  func settings() {
    #expect(
      message { try TwoMoons(trainCount: 1).make(seed: 1) }
        == "the number of points is 1, and it has to be from 2 to 1000000")
    #expect(
      message { try TwoMoons(noise: .nan).make(seed: 1) }
        == "the noise is nan, and it has to be from 0 to 100")
    #expect(
      message { try Spirals(arms: 1).make(seed: 1) }
        == "the number of arms is 1, and it has to be from 2 to 12")
    #expect(
      message { try Spirals(turns: .infinity).make(seed: 1) }
        == "the number of turns is inf, and it has to be above 0, up to 10")
    #expect(
      message { try Spirals(arms: 3, validationCount: -5).make(seed: 1) }
        == "the number of validation points is -5, and it has to be from 3 to 1000000")
  }

  @Test("A split keeps every example once", arguments: [0, 0.1, 0.5, 0.999])
  func split(share: Double) throws {
    let inputs = Matrix(rows: 10, columns: 1, values: (0..<10).map(Float.init))
    let examples = Examples(inputs: inputs, targets: .numbers(2 * inputs))
    let split = try examples.split(validationShare: share, seed: 3)
    #expect(split.validation.count == [0: 0, 0.1: 1, 0.5: 5, 0.999: 9][share])
    #expect((split.train.inputs.values + split.validation.inputs.values).sorted() == inputs.values)
    #expect(split.train.targets == .numbers(2 * split.train.inputs))
    #expect(try examples.split(validationShare: share, seed: 3) == split)
    #expect(
      message { try examples.split(validationShare: 1, seed: 3) }
        == "the share of the validation set is 1.0, and it has to be from 0 up to, but not including, 1"
    )
  }
}
