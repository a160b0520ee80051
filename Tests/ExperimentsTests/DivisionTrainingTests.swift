import LinearAlgebra
import Models
import TestSupport
import Testing

@testable import Experiments

@Suite("Trainings of the lessons on ranks and on the whole way")
struct DivisionTrainingTests {
  private func context() throws -> ExperimentContext {
    let folder = repositoryRoot + "/Lessons/Data/exam-base"
    return ExperimentContext(base: try LanguageModel(folder: folder, shown: folder))
  }

  private func training(
    _ tuning: DivisionTraining.Tuning, seed: UInt64 = 1
  ) -> DivisionTraining {
    DivisionTraining(
      tuning, learningRate: 0.005, steps: 2, batch: 4, divisions: 20, seed: seed)
  }

  /// The sides of a block's layers: four of attention are 64×64, three of the network 64×176.
  private static let sides = (attention: 4 * (64 + 64), network: 3 * (64 + 176))
  private static let counted: [(DivisionTraining.Tuning, Int)] = [
    (.full, 103_104),
    (.adapters(rank: 3, alpha: 6), 3 * 2 * (sides.attention + sides.network)),
    (.adapters(rank: 3, alpha: 6, targets: ["q_proj", "v_proj"]), 3 * 2 * 2 * (64 + 64)),
  ]

  @Test(
    "trains as many numbers as the layers have sides, times the rank",
    arguments: counted)
  func counts(tuning: DivisionTraining.Tuning, expected: Int) throws {
    let record = try training(tuning).record(context())
    let measured = try record.number(DivisionTraining.Measure.trainedParameters.rawValue)
    #expect(Int(measured) == expected)
    let loss = try record.number(DivisionTraining.Measure.heldOutLoss.rawValue)
    #expect(loss.isFinite && loss > 0)
  }

  @Test("the first update is as much longer as its scaling is larger")
  func scaling() throws {
    // Without warm-up the first AdamW step moves B by the rate, whatever the gradient measures.
    func norm(_ alpha: Double) throws -> Double {
      var training = training(.adapters(rank: 4, alpha: alpha))
      training.steps = 1
      return try training.record(context()).number(
        DivisionTraining.Measure.updateNorm.rawValue)
    }
    let (small, large) = (try norm(4), try norm(16))
    #expect(small > 0)
    #expect((large / small - 4).magnitude < 0.05)
  }

  @Test("what determines a record is in its key")
  func keys() {
    var all = [
      training(.full), training(.full, seed: 2), training(.adapters(rank: 4, alpha: 8)),
      training(.adapters(rank: 4, alpha: 16)), training(.adapters(rank: 8, alpha: 8)),
      training(.adapters(rank: 4, alpha: 8, isRankStabilized: true)),
      training(.adapters(rank: 4, alpha: 8, targets: ["q_proj"])),
    ]
    let changes: [(inout DivisionTraining) -> Void] = [
      { $0.learningRate = 0.01 }, { $0.steps = 3 }, { $0.batch = 5 }, { $0.divisions = 21 },
    ]
    for change in changes {
      var changed = training(.full)
      change(&changed)
      all.append(changed)
    }
    #expect(Set(all.map(\.key)).count == all.count)
  }

  @Test("the same training gives the same record")
  func repeats() throws {
    let training = training(.adapters(rank: 2, alpha: 4))
    #expect(try training.record(context()) == training.record(context()))
  }

  @Test("the layers of the course are those of its base model")
  func layers() throws {
    let base = try context().requireBase()
    let sizes = LanguageModel.courseConfiguration
    #expect(sizes.weightShapes.map(\.name) == base.configuration.weightShapes.map(\.name))
    #expect(sizes.weightShapes.reduce(0) { $0 + $1.shape.reduce(1, *) } == 103_104)
    for (name, rows, columns) in LanguageModel.courseLayers {
      let shape = base.configuration.weightShapes.first { $0.name == name + ".weight" }?.shape
      #expect(shape == [rows, columns], "\(name)")
    }
    #expect(LanguageModel.courseLayers.count == 14)
  }
}

@Suite("The geometry of changes")
struct UpdateGeometryTests {
  private func axes(_ columns: [Int], rows: Int = 4) throws -> SingularValueDecomposition {
    var matrix = Matrix.zeros(rows: rows, columns: rows)
    for (index, axis) in columns.enumerated() { matrix[axis, index] = Float(10 - index) }
    return try SingularValueDecomposition(matrix)
  }

  @Test(
    "spaces share the part of their directions that they have in common",
    arguments: [
      ([0, 1], [0, 1], 1), ([0, 1], [1, 0], 1), ([0, 1], [1, 2], 0.5), ([0, 1], [2, 3], 0),
    ] as [([Int], [Int], Double)])
  func overlap(first: [Int], second: [Int], expected: Double) throws {
    let shared = ExamUpdateGeometry.overlap(try axes(first), try axes(second), count: 2)
    #expect((shared - expected).magnitude < 1e-6)
  }

  @Test(
    "nine tenths of the squares",
    arguments: [([3, 1, 0], 1), ([1, 1, 1, 1], 4), ([2, 1, 1], 3), ([5, 5, 1], 2)]
      as [([Double], Double)])
  func ninety(values: [Double], expected: Double) {
    #expect(ExamUpdateGeometry.rank(holding: 0.9, of: values) == expected)
  }

  @Test("a change of rank two has two sheets, and shares all of itself with itself")
  func record() throws {
    let folder = repositoryRoot + "/Lessons/Data/exam-base"
    let context = ExperimentContext(base: try LanguageModel(folder: folder, shown: folder))
    let record = try ExamUpdateGeometry(
      ranks: [2], fullRate: 0.001, adapterRates: [0.01], steps: 2, batch: 4, divisions: 20, seed: 1
    ).record(context)
    let spectra = try record.list(ExamUpdateGeometry.Measure.spectra.rawValue)
    #expect(spectra.count == 3 * 64)
    let adapter = spectra.suffix(64)
    #expect(adapter.prefix(2).allSatisfy { $0 > 0 })
    #expect(adapter.dropFirst(2).allSatisfy { $0 < 1e-4 * (adapter.first ?? 0) })
    let overlaps = try record.list(ExamUpdateGeometry.Measure.overlaps.rawValue)
    #expect(overlaps.count == 2 * ExamUpdateGeometry.overlapCounts.count)
    // An adapter of rank two has no four directions.
    #expect(overlaps[2] == -1 && overlaps[0] >= 0 && overlaps[0] <= 1)
    #expect(try record.number(ExamUpdateGeometry.Measure.directions.rawValue) == 140)
  }
}
