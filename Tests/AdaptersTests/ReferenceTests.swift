import Adapters
import LinearAlgebra
import Quantization
import Testing

@Suite("Adapters against PEFT") struct ReferenceTests {
  private func adapter(_ reference: LoRAVectors.Case) throws -> LoRAAdapter {
    try LoRAAdapter(
      loraA: try #require(reference.lora_A).matrix, loraB: try #require(reference.lora_B).matrix,
      scaling: reference.scaling, magnitude: reference.magnitude)
  }

  private func configuration(_ reference: LoRAVectors.Case) throws -> LoRAConfiguration {
    try LoRAConfiguration(
      rank: reference.r, alpha: reference.lora_alpha, isRankStabilized: reference.use_rslora)
  }

  @Test(
    "scaling, update, outputs and merged weight agree", arguments: LoRAVectors.cases("lora", "dora")
  )
  func layer(reference: LoRAVectors.Case) throws {
    #expect(abs(try configuration(reference).scaling - reference.scaling) < 1e-12)
    let adapter = try adapter(reference)
    let weight = reference.weight.matrix
    let input = try #require(reference.x).matrix
    expectClose(adapter.deltaWeight, try #require(reference.delta_weight).matrix, "update")
    if let lengths = reference.adapted_row_norms {
      let ours = (weight + adapter.deltaWeight).rowNorms
      #expect(ours.count == lengths.count)
      #expect(zip(ours, lengths).allSatisfy { abs($0 - Double($1)) <= 1e-5 })
    }
    let output = try adapter.output(of: input, weight: weight, bias: reference.bias)
    expectClose(output, try #require(reference.output_adapter).matrix, "output")
    let merged = try adapter.merged(into: weight)
    expectClose(merged.weight, try #require(reference.merged_weight).matrix, "merged weight")
    expectClose(merged.unmerged(), weight, "base")
    // Without an adapter, the layer is that of an adapter of zeros.
    let none = try LoRAAdapter(
      loraA: .zeros(rows: 1, columns: weight.columns), loraB: .zeros(rows: weight.rows, columns: 1),
      scaling: 1)
    for (weight, expected, name) in [
      (weight, reference.output_base, "output of the base"),
      (merged.weight, reference.output_merged, "output of the merged weight"),
    ] {
      expectClose(
        try none.output(of: input, weight: weight, bias: reference.bias),
        try #require(expected).matrix, name)
    }
  }

  @Test("every gradient agrees", arguments: LoRAVectors.cases("lora", "dora"))
  func gradients(reference: LoRAVectors.Case) throws {
    let expected = try #require(reference.gradients)
    let found = try adapter(reference).gradients(
      upstream: expected.upstream.matrix, input: try #require(reference.x).matrix,
      weight: reference.weight.matrix)
    expectClose(found.loraA, expected.lora_A.matrix, "dA")
    expectClose(found.loraB, expected.lora_B.matrix, "dB")
    expectClose(found.input, expected.x.matrix, "dx")
    if let magnitude = expected.magnitude {
      let ours = try #require(found.magnitude)
      #expect(zip(ours, magnitude).allSatisfy { abs($0 - $1) <= 1e-5 + 1e-5 * abs($1) })
    }
  }

  @Test("DoRA starts with the row lengths of what it adapts", arguments: LoRAVectors.cases("dora"))
  func magnitude(reference: LoRAVectors.Case) throws {
    // PEFT takes the lengths while B is still zero.
    let weight = reference.weight.matrix
    let fresh = try LoRAAdapter(
      loraA: try #require(reference.lora_A).matrix,
      loraB: .zeros(rows: weight.rows, columns: reference.r), scaling: reference.scaling)
    let ours = try #require(try fresh.withMagnitude(of: weight).magnitude)
    let start = try #require(reference.magnitude_at_init)
    #expect(ours.count == start.count)
    #expect(zip(ours, start).allSatisfy { abs($0 - $1) <= 1e-5 + 1e-5 * abs($1) })
  }

  @Test(
    "PiSSA and OLoRA start with the same product and residual",
    arguments: LoRAVectors.cases("pissa", "olora"))
  func decompositions(reference: LoRAVectors.Case) throws {
    let weight = reference.weight.matrix
    let configuration = try configuration(reference)
    let start =
      try reference.kind == "pissa"
      ? LoRAAdapter.pissa(weight, configuration) : LoRAAdapter.olora(weight, configuration)
    let product = start.adapter.loraB.multiplied(by: start.adapter.loraA)
    expectClose(product, try #require(reference.lora_product).matrix, "product", tolerance: 2e-5)
    expectClose(
      start.baseWeight, try #require(reference.residual_weight).matrix, "residual", tolerance: 2e-5)
    expectClose(
      start.adapter.deltaWeight, try #require(reference.delta_weight).matrix, "update",
      tolerance: 2e-5)
    if let values = reference.singular_values {
      let ours = try SingularValueDecomposition(weight).values
      #expect(ours.count == values.count)
      #expect(zip(ours, values).allSatisfy { abs($0 - $1) <= 1e-5 * values[0] })
    }
  }

  @Test("LoftQ loses as little after every iteration", arguments: LoRAVectors.cases("loftq"))
  func loftQ(reference: LoRAVectors.Case) throws {
    let runs = try #require(reference.runs)
    let quantized = try BlockQuantizer(codebook: .nf4, blockSize: 64)
      .quantize(reference.weight.matrix).dequantizedMatrix()
    let before = try #require(reference.norm_weight_minus_nf4)
    #expect(abs((reference.weight.matrix - quantized).norm - before) <= 1e-3 * before)
    let configuration = try configuration(reference)
    let (start, errors) = try LoRAAdapter.loftQ(
      reference.weight.matrix, configuration, iterations: runs.count)
    #expect(errors.count == runs.count && errors.allSatisfy { $0 < before })
    for (ours, run) in zip(errors, runs) {
      let theirs = run.norm_weight_minus_q_minus_product
      #expect(abs(ours - theirs) <= (run.iterations == 1 ? 1e-3 : 1e-2) * theirs)
    }
    // A base that stays as it is takes back the same, divided by the scaling.
    let first = try LoRAAdapter.loftQ(reference.weight.matrix, configuration, iterations: 1).start
    let back = try LoRAAdapter.takingBack(
      whatIsLostBy: quantized, of: reference.weight.matrix, configuration)
    #expect(back.baseWeight == quantized && first.baseWeight == quantized)
    let product = first.adapter.loraB.multiplied(by: first.adapter.loraA)
    #expect((back.adapter.deltaWeight - product).norm <= 1e-6 * product.norm)
    // What the start leaves, with the scaling that PEFT does not divide by.
    let left = (reference.weight.matrix - start.baseWeight - start.adapter.deltaWeight).norm
    let scaled = try #require(runs.last).norm_weight_minus_q_minus_scaled_product
    #expect(abs(left - scaled) <= 1e-2 * scaled)
  }

  @Test("combinations agree", arguments: MergingVectors.all.indices)
  func combinations(index: Int) throws {
    let (group, reference) = MergingVectors.all[index]
    let adapters = try reference.adapters.map { name in
      let found = try #require(group.adapters.first { $0.name == name })
      return try LoRAAdapter(
        loraA: found.lora_A.matrix, loraB: found.lora_B.matrix, scaling: found.scaling)
    }
    let density = reference.density ?? 1
    let sign =
      CombinationMethod.SignElection(
        rawValue: reference.majority_sign_method ?? "total") ?? .total
    let masks = DareMasks(
      loraA: (reference.masks_A ?? []).map(\.matrix), loraB: (reference.masks_B ?? []).map(\.matrix)
    )
    let method: CombinationMethod =
      switch reference.combination_type {
      case "linear": .linear
      case "cat": .cat
      case "svd": .svd(rank: reference.svd_rank)
      case "ties": .ties(density: density, sign: sign, exact: false)
      case "ties_svd": .ties(density: density, sign: sign, exact: true)
      case "magnitude_prune": .magnitudePrune(density: density)
      case "dare_linear": .dare(density: density, masks: masks, electing: false)
      default: .dare(density: density, masks: masks, electing: true)
      }
    let result = try LoRAAdapter.combined(adapters, weights: reference.weights, by: method)
    expectClose(result.deltaWeight, reference.delta_weight.matrix, reference.testDescription)
    // One adapter with weight 1 stays itself here, with its own scaling in its own factors.
    guard adapters.count > 1 else { return }
    #expect(result.rank == reference.result_r)
    if let loraA = reference.lora_A, let loraB = reference.lora_B {
      expectClose(result.loraA, loraA.matrix, "A of \(reference.testDescription)")
      expectClose(result.loraB, loraB.matrix, "B of \(reference.testDescription)")
    }
  }
}
