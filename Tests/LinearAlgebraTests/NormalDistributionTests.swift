import LinearAlgebra
import Testing

@Suite("Normal distribution")
struct NormalDistributionTests {
  @Test(
    "The inverse cumulative function is exact to the last digits",
    arguments: [
      (1e-300, -37.047_096_299_361_199_237), (1e-20, -9.262_340_089_798_407_579_6),
      (1e-10, -6.361_340_902_404_056_199_1), (0.001, -3.090_232_306_167_813_535_4),
      (0.02425, -1.972_961_051_311_884_837_6), (0.075, -1.439_531_470_938_455_934_9),
      (0.1, -1.281_551_565_544_600_435_3), (0.3, -0.524_400_512_708_040_816_97),
      (0.4999, -2.506_628_300_880_074_923_9e-4), (0.75, 0.674_489_750_196_081_743_2),
      (0.9677083, 1.848_130_959_757_373_369_3), (0.999, 3.090_232_306_167_813_277_8),
    ])
  func inverse(_ probability: Double, _ expected: Double) {
    let quantile = NormalDistribution.standard.inverseCumulative(probability)
    #expect(abs(quantile - expected) <= 1.5e-15 * abs(expected))
  }

  @Test("The ends of the inverse are infinite and it is NaN beyond them")
  func ends() {
    let standard = NormalDistribution.standard
    #expect(standard.inverseCumulative(0) == -.infinity)
    #expect(standard.inverseCumulative(1) == .infinity)
    #expect(standard.inverseCumulative(0.5) == 0)
    #expect(standard.inverseCumulative(1.1).isNaN)
    #expect(standard.inverseCumulative(-0.1).isNaN)
    #expect(standard.inverseCumulative(.nan).isNaN)
  }

  @Test("The inverse rises and undoes the cumulative function")
  func roundTrip() {
    let distribution = NormalDistribution(mean: 3, standardDeviation: 0.5)
    var previous = -Double.infinity
    for step in 1..<1000 {
      let probability = Double(step) / 1000
      let x = distribution.inverseCumulative(probability)
      #expect(x > previous)
      #expect(abs(distribution.cumulative(x) - probability) < 1e-14)
      previous = x
    }
  }

  @Test("The density is the slope of the cumulative function", arguments: [-2.0, -0.5, 0, 1, 3])
  func density(_ x: Double) {
    let distribution = NormalDistribution(mean: 0.5, standardDeviation: 2)
    let step = 1e-4
    let slope =
      (distribution.cumulative(x + step) - distribution.cumulative(x - step)) / (2 * step)
    #expect(abs(distribution.density(at: x) - slope) < 1e-9)
  }
}
