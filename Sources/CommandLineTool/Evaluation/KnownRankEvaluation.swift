internal import Adapters
internal import Course
internal import Datasets
internal import Demonstrations
internal import Experiments
internal import FoundationEssentials
internal import Interchange
internal import LinearAlgebra

/// How near a learned change is to the one that was to be found.
struct KnownRankEvaluation {
  private let truth: KnownRankRegression.Task
  /// The change that was learned.
  let change: Matrix

  init(_ truth: KnownRankRegression.Task, weight: Matrix) {
    self.truth = truth
    change = weight - truth.base
  }

  /// Reads a folder that `train known-rank` wrote.
  ///
  /// - Parameters:
  ///   - folder: The path for the system.
  ///   - shown: The path as the user wrote it.
  /// - Throws: `InterchangeError`, `DatasetError`, or `ExperimentError.unusableModel`.
  init(folder: String, shown: String) throws {
    let path = Paths.joined(shown, KnownRankRun.descriptionName)
    guard
      let bytes = FileManager.default.contents(
        atPath: Paths.joined(folder, KnownRankRun.descriptionName)),
      let fields = try? JSONFields(parsing: Array(bytes)),
      let size = try? fields.whole("size"), let rank = try? fields.whole("rank"),
      let examples = try? fields.whole("examples"),
      let validation = try? fields.whole("validationExamples"),
      let noise = try? fields.number("noise"), let length = try? fields.number("relativeChange"),
      let seed = try? fields.whole("seed"), seed >= 0
    else {
      throw ExperimentError.unusableModel(
        path: path, reason: "it is not a description of a task of known rank")
    }
    let truth: KnownRankRegression.Task
    do throws(DatasetError) {
      truth = try KnownRankRegression(
        size: size, rank: rank, trainCount: examples, validationCount: validation, noise: noise,
        relativeChange: length
      ).make(seed: UInt64(seed))
    } catch {
      // What a user may not set is in a file that is broken.
      throw ExperimentError.unusableModel(path: path, reason: "\(error)")
    }
    self.init(truth, weight: try Self.weight(folder: folder, shown: shown, size: size))
  }

  private static func weight(folder: String, shown: String, size: Int) throws -> Matrix {
    let isAdapter = PEFTAdapter.isAdapter(folder: folder)
    let name = isAdapter ? KnownRankRun.baseName : PerceptronModel.weightsName
    let file = try Safetensors(path: Paths.joined(folder, name))
    let tensor = try file.tensor(named: KnownRankRun.layerName + ".weight")
    func broken(_ reason: String) -> ExperimentError {
      .unusableModel(path: Paths.joined(shown, name), reason: reason)
    }
    guard tensor.shape == [size, size] else {
      throw broken("its weight is not \(size)×\(size)")
    }
    var weight = Matrix(rows: size, columns: size, values: try file.values(of: tensor))
    if isAdapter {
      let adapter = try PEFTAdapter(path: folder)
      guard let module = adapter.modules.first, module.weightShape == [size, size] else {
        throw broken("the adapter beside it is one for another weight")
      }
      weight = try adapter.adapter(of: module).merged(into: weight).weight
    }
    guard weight.values.allSatisfy(\.isFinite) else { throw broken("a number is not finite") }
    return weight
  }

  /// The error of the examples learned and of those set apart, as a share of that of no change, and the
  /// distance of the change from the true one.
  var measures: [Measure] {
    [
      Measure(kind: .trainingError, value: error(truth.train)),
      Measure(kind: .heldOutError, value: error(truth.validation)),
      Measure(kind: .changeError, value: distance),
    ]
  }

  private var distance: Double { (change - truth.change).norm / truth.change.norm }

  private func error(_ examples: BilinearExamples) -> Double {
    func squares(_ weight: Matrix) -> Double {
      zip(examples.outputs(of: weight), examples.y).reduce(0) {
        $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1))
      }
    }
    return squares(truth.base + change) / squares(truth.base)
  }

  /// The singular values of both changes.
  ///
  /// - Throws: `LinearAlgebraError` where a number is not finite.
  func spectrum(rank: Int) throws(LinearAlgebraError) -> ChangeSpectrum {
    ChangeSpectrum(
      truth: try SingularValues.of(truth.change), learned: try SingularValues.of(change),
      rank: rank, error: distance)
  }
}
