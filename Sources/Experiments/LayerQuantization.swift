internal import Autograd
internal import Datasets
internal import LinearAlgebra
internal import Models

/// What four bits cost in each linear layer of the base of the course, and what they cost its answers.
///
/// Lists of one number a layer, in the order of ``layerNames``: `weights`, the relative error of its
/// weights, and `function`, how far the logits of held-out old exercises move when that layer alone is in
/// four bits. Lists of one number, for all layers in four bits: `all.weights`, `all.error`, and of
/// `exact` and `all` the `.loss` and the `.right` answers, of `total`.
public struct LayerQuantization: Experiment, Hashable {
  public init() {}

  public var key: String { "layer quantization: NF4 of 64 with double quantization, one by one" }
  public var cost: Double { 3 }
  public var usesBase: Bool { true }

  /// The linear layers of the base of the course, without the number of the block.
  public static let layerNames = [
    "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
  ]

  public func record(_ context: ExperimentContext) throws -> ExperimentRecord {
    let base = try context.requireBase()
    let threads = context.threads
    let asked = try AskedExercises(Exercise.Subject.old)
    let truth = try asked.answers(of: base.frozen(adapter: nil), threads: threads)
    var four = base
    try four.quantize()
    let all = try asked.answers(of: four.frozen(adapter: nil), threads: threads)
    var record = ExperimentRecord([:])
    var (weights, function): ([Double], [Double]) = ([], [])
    for name in base.linearWeightNames {
      var one = base
      one.weights[name] = four.weights[name]
      weights.append(try one.matrix(name).relativeError(to: base.matrix(name)))
      function.append(
        try asked.answers(of: one.frozen(adapter: nil), threads: threads).error(to: truth))
    }
    record.numbers["weights"] = weights
    record.numbers["function"] = function
    record["all.weights"] = try FourBitRecovery.weightError(of: four, to: base)
    record["all.error"] = all.error(to: truth)
    record.add(truth, "exact")
    record.add(all, "all")
    return record
  }
}
