import Charts
import LinearAlgebra
import Testing

@Suite("Scales and ticks")
struct ScaleTests {
  @Test("a linear scale puts the ends of its domain at its ends, also upside down")
  func linear() {
    let scale = Scale(domain: -2...6, from: 300, to: 100)
    #expect(scale(-2) == 300)
    #expect(scale(6) == 100)
    #expect(scale(2) == 200)
    #expect(scale(10) == 0)
  }

  @Test("a logarithmic scale gives equal ratios equal distances")
  func logarithmic() {
    let scale = Scale(.logarithmic, domain: 32...4096, from: 10, to: 80)
    #expect(near(scale(32), 10))
    #expect(near(scale(4096), 80))
    for (index, value) in [32.0, 64, 128, 256, 512, 1024, 2048, 4096].enumerated() {
      #expect(near(scale(value), 10 + 10 * Double(index)))
    }
  }

  @Test("in a domain of one number everything stands in the middle")
  func narrow() {
    #expect(Scale(domain: 3...3, from: 0, to: 10)(3) == 5)
    #expect(Scale(.logarithmic, domain: 3...3, from: 0, to: 10)(7) == 5)
  }

  @Test(
    "ticks are the round numbers of a range",
    arguments: [
      (0...1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0...0.5, 5, [0, 0.1, 0.2, 0.3, 0.4, 0.5]),
      (-1...1, 4, [-1, -0.5, 0, 0.5, 1]), (0...9, 9, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
      (0...1000, 5, [0, 200, 400, 600, 800, 1000]), (0.13...0.38, 3, [0.2, 0.3]),
      (0...0.003, 3, [0, 0.001, 0.002, 0.003]), (5...5, 4, [5]), (0...1, 0, [0]),
    ] as [(ClosedRange<Double>, Int, [Double])])
  func round(domain: ClosedRange<Double>, count: Int, expected: [Double]) {
    // Equal to the last bit: a third tick of 0.30000000000000004 would be written as such.
    #expect(Ticks.linear(domain, count: count) == expected)
  }

  @Test("ticks of any range are inside it, evenly spaced, round, and about as many as wanted")
  func property() {
    var generator = RandomGenerator(seed: 11)
    for _ in 0..<500 {
      let size = 5 * generator.next(in: -2...1)
      let low = generator.next(in: -1...1)
      let scale = [1e-4, 1e-2, 1, 1e3, 1e6][Int(generator.nextUniform() * 5)]
      let domain = (low * scale)...((low + 0.01 + abs(size)) * scale)
      let count = 2 + Int(generator.nextUniform() * 8)
      let ticks = Ticks.linear(domain, count: count)
      let span = domain.upperBound - domain.lowerBound
      #expect(ticks.count <= 2 * count + 1)
      #expect(ticks.count >= count / 2)
      let steps = zip(ticks, ticks.dropFirst()).map { $1 - $0 }
      for step in steps { #expect(abs(step - steps[0]) < 1e-9 * span) }
      for tick in ticks {
        #expect(tick >= domain.lowerBound - 1e-8 * span && tick <= domain.upperBound + 1e-8 * span)
        // The shortest form of a round number is short.
        #expect("\(tick)".filter(\.isNumber).count <= 9, "\(tick)")
      }
    }
  }

  @Test(
    "ticks are written with as many decimals as tell them apart",
    arguments: [
      ([0, 1, 2], 0), ([0, 0.5, 1], 1), ([0, 0.2], 1), ([0, 0.25], 1), ([0, 0.05], 2),
      ([0.001, 0.002], 3), ([0, 200], 0), ([0, 0.1], 1), ([7], 2),
    ] as [([Double], Int)])
  func decimals(ticks: [Double], expected: Int) {
    #expect(Ticks.decimals(ticks) == expected)
  }
}
