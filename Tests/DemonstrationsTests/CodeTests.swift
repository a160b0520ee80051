import Drawing
import LinearAlgebra
import Quantization
import TestSupport
import Testing

@testable import Demonstrations

@Suite("Codes: their levels, their errors and their use")
struct CodeTests {
  @Test("the levels of NF4 are derived with seven strips on the left and eight on the right")
  func levels() throws {
    let observation = try NormalLevels().observe(DemonstrationInput())
    #expect(try observation.number("negatives") == 7)
    #expect(try observation.number("positives") == 8)
    #expect(try observation.number("difference") <= 2e-7)
    let table = try #require(observation.tables.first)
    #expect(table.rows.map { $0[3].value.numeric } == Codebook.nf4.levels.map(Double.init))
    // The strips of both halves reach as far from the middle.
    let right = try observation.number("positive_step") * 8
    let left = try observation.number("negative_step") * 7
    #expect(abs(right - left) < 1e-9)
  }

  @Test("NF4 loses least on normal data and INT4 on uniform data", arguments: [7, 8, 9])
  func comparison(seed: UInt64) throws {
    let observation = try CodebookComparison().observe(DemonstrationInput(seed: seed))
    func error(_ code: String, _ data: String) throws -> Double {
      try observation.number("\(code)_\(data)")
    }
    // Roots of mean squared errors measured elsewhere: 0.008457, 0.01160 and 0.01489.
    #expect(abs(try error("nf4", "normal") - 9.196) < 0.25)
    #expect(abs(try error("int4", "normal") - 10.77) < 0.25)
    #expect(abs(try error("fp4", "normal") - 12.20) < 0.35)
    #expect(try error("nf4", "normal") < error("int4", "normal"))
    #expect(try error("int4", "normal") < error("fp4", "normal"))
    #expect(try error("int4", "uniform") < error("nf4", "uniform"))
    #expect(try error("int4", "uniform") < error("fp4", "uniform"))
    #expect(try error("nf4", "outlier") > 2 * error("nf4", "normal"))
    #expect(try observation.text("best_normal") == "NF4")
    #expect(try observation.text("best_uniform") == "INT4")
    #expect(observation.values["int4_best_uniform"] == .flag(true))
    #expect(observation.values["has_weights"] == .flag(false))
  }

  @Test("the reader's weights join the comparison")
  func ownWeights() throws {
    let observation = try CodebookComparison().observe(
      DemonstrationInput(settings: ["blocks": 4], weights: TrialWeights.normal(8, 8).named))
    #expect(observation.values["has_weights"] == .flag(true))
    #expect(observation.drawn().contains("your weights"))
    #expect(try #require(observation.tables.first).rows.count == 4)
  }

  @Test("codes of normal weights are not used equally: 3.88 bits of 4")
  func usage() throws {
    let observation = try CodeUsageByCode().observe(DemonstrationInput())
    #expect(abs(try observation.number("entropy") - 3.884) < 0.005)
    #expect(try observation.text("entropy") == "3.88")
    let table = try #require(observation.tables.first)
    let shares = table.rows.compactMap { $0[2].value.numeric }
    #expect(shares.count == 16)
    #expect(abs(shares.reduce(0, +) - 100) < 1e-9)
    let measured = [
      1.85, 4.37, 5.85, 7.07, 8.09, 8.82, 9.24, 8.83, 8.13, 7.80, 7.33, 6.67, 5.81, 4.79, 3.61,
      1.73,
    ]
    for (share, expected) in zip(shares, measured) { #expect(abs(share - expected) < 0.25) }
    #expect(observation.values["all_used"] == .flag(true))
  }

  @Test("the bars of the codes are as high as their shares, and the line is at one sixteenth")
  func bars() throws {
    let observation = try CodeUsageByCode().observe(DemonstrationInput(settings: ["blocks": 64]))
    let figure = observation.figure()
    let heights = flattened(figure.marks).compactMap { mark -> Double? in
      if case .rectangle(let frame, _, .some, nil) = mark { frame.height } else { nil }
    }
    let shares = try #require(observation.tables.first).rows.compactMap { $0[2].value.numeric }
    #expect(heights.count == 16)
    let scale = heights.reduce(0, +) / 100
    for (height, share) in zip(heights, shares) { #expect(abs(height - share * scale) < 1e-6) }
    let base = flattened(figure.marks).compactMap { mark -> Double? in
      if case .rectangle(let frame, _, .some, nil) = mark { frame.maxY } else { nil }
    }
    let dashed = flattened(figure.marks).first { mark in
      if case .path(_, _, let stroke?) = mark { !stroke.dashes.isEmpty } else { false }
    }
    let line = try #require(dashed).bounds.minY
    #expect(abs((base[0] - line) - 6.25 * scale) < 1e-6)
  }
}
