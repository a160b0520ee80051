internal import Charts
internal import Drawing
internal import Training

/// The memory of a training by what it is for: the whole model, LoRA and QLoRA side by side.
public struct MemoryBudget: Demonstration {
  public let id = "memory-budget"
  public let parameters = [
    Parameter.params, .adapterRank, .adapterTargets, .sequences(1), .textLength(512),
    .checkpointing,
  ]

  public init() {}

  public func observe(_ input: DemonstrationInput) throws -> Observation {
    let models = try MemoryModel.Method.allCases.map { try memoryModel($0, in: input) }
    let result = MemoryBudgetResult(
      report: try MemoryReport(models), full: models[0], lora: models[1], qlora: models[2])
    return Observation(
      values: result.named, tables: result.report.tables, picture: result.report.picture)
  }
}

/// The sums of the three methods.
struct MemoryBudgetResult: Sendable {
  let report: MemoryReport
  let full: MemoryModel
  let lora: MemoryModel
  let qlora: MemoryModel

  var named: [String: Value] {
    let count = Double(full.shape.parameterCount)
    let loraKept = lora.bytes(of: .gradients) + lora.bytes(of: .optimizer)
    let fullKept = full.bytes(of: .gradients) + full.bytes(of: .optimizer)
    func live(_ model: MemoryModel) -> Double { MemoryPart.activations.bytes(model) }
    var values: [String: Value] = [
      "size": Amount.size(full.shape),
      "parameters": .number(count / 1e9, decimals: 2), "rank": .integer(lora.rank),
      "sequences": .integer(full.batch), "length": .integer(full.length),
      "tokens": .integer(full.tokens),
      "trained": .number(Double(lora.trainedCount) / 1e6, decimals: 1),
      "trained_share": .percentage(Double(lora.trainedCount) / count, decimals: 1),
      "bytes_full": .number(full.fixed / count, decimals: 0),
      "lora_kept": Amount.gigabytes(loraKept), "full_kept": Amount.gigabytes(fullKept),
      "kept_times": .number(fullKept / max(loraKept, 1), decimals: 0),
      "full_over_lora": .number(full.total / lora.total, decimals: 1),
      "full_over_qlora": .number(full.total / qlora.total, decimals: 1),
      "lora_over_qlora": .number(lora.total / qlora.total, decimals: 1),
      "live": Amount.gigabytes(live(qlora)),
      "live_full": Amount.gigabytes(live(full)),
      "live_share_full": .percentage(live(full) / full.total, decimals: 0),
      "live_share_qlora": .percentage(live(qlora) / qlora.total, decimals: 0),
      "buffer": Amount.gigabytes(qlora.bytes(of: .weightBuffer)),
      "weights_lead": .flag(lora.bytes(of: .base) > lora.total / 2),
      "saves": .flag(full.total > lora.total && lora.total > qlora.total),
    ]
    for (name, model) in [("full", full), ("lora", lora), ("qlora", qlora)] {
      values["total_\(name)"] = Amount.gigabytes(model.total)
      values["base_\(name)"] = Amount.gigabytes(model.bytes(of: .base))
    }
    let ratio = full.total / lora.total
    // Half the memory or less holds; a sixth less holds with a limit.
    values["verdict"] = .words(TrainingCostResult.verdict(ratio, holds: 2, nearly: 1.2))
    values["claim_number"] = .number(ratio, decimals: 1)
    values["claim_measure"] = .words(
      Phrase(
        es: "veces menos memoria que entrenar todo", en: "times less memory than training all"))
    values["base_share_lora"] = .percentage(lora.bytes(of: .base) / lora.total, decimals: 0)
    return values
  }
}
