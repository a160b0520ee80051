extension ModelShape {
  /// The models of the first LLaMA, which the QLoRA paper trains.
  ///
  /// Source: Touvron et al. 2023, arXiv:2302.13971, table 2, and the published configurations.
  public static let llama = [
    ModelShape(
      "LLaMA 7B", vocabulary: 32_000, hidden: 4096, intermediate: 11_008, layers: 32, heads: 32),
    ModelShape(
      "LLaMA 13B", vocabulary: 32_000, hidden: 5120, intermediate: 13_824, layers: 40, heads: 40),
    ModelShape(
      "LLaMA 33B", vocabulary: 32_000, hidden: 6656, intermediate: 17_920, layers: 60, heads: 52),
    ModelShape(
      "LLaMA 65B", vocabulary: 32_000, hidden: 8192, intermediate: 22_016, layers: 80, heads: 64),
  ]

  /// The model of the LoRA paper.
  ///
  /// Source: Brown et al. 2020, arXiv:2005.14165, table 2.1.
  public static let gpt3 = ModelShape(
    "GPT-3 175B", vocabulary: 50_257, hidden: 12_288, intermediate: 49_152, layers: 96, heads: 96,
    tiesEmbeddings: true, hasGate: false)

  /// The smaller model of the LoRA paper's tables.
  ///
  /// Source: the configuration published with it.
  public static let gpt2Medium = ModelShape(
    "GPT-2 M", vocabulary: 50_257, hidden: 1024, intermediate: 4096, layers: 24, heads: 16,
    tiesEmbeddings: true, hasGate: false)

  /// Models by the short names under which they are asked for.
  ///
  /// Source: the `config.json` published with each.
  public static let published: [(id: String, shape: ModelShape)] =
    zip(["7b", "13b", "33b", "65b"], llama).map { (id: $0, shape: $1) } + [
      (
        "tinyllama-1.1b",
        ModelShape(
          "TinyLlama 1.1B", vocabulary: 32_000, hidden: 2048, intermediate: 5632, layers: 22,
          heads: 32, keyValueHeads: 4)
      ),
      (
        "llama-3.2-1b",
        ModelShape(
          "Llama 3.2 1B", vocabulary: 128_256, hidden: 2048, intermediate: 8192, layers: 16,
          heads: 32, keyValueHeads: 8, tiesEmbeddings: true)
      ),
      (
        "llama-3.2-3b",
        ModelShape(
          "Llama 3.2 3B", vocabulary: 128_256, hidden: 3072, intermediate: 8192, layers: 28,
          heads: 24, keyValueHeads: 8, tiesEmbeddings: true)
      ),
      (
        "mistral-7b",
        ModelShape(
          "Mistral 7B", vocabulary: 32_000, hidden: 4096, intermediate: 14_336, layers: 32,
          heads: 32, keyValueHeads: 8)
      ),
      (
        "llama-3-8b",
        ModelShape(
          "Llama 3 8B", vocabulary: 128_256, hidden: 4096, intermediate: 14_336, layers: 32,
          heads: 32, keyValueHeads: 8)
      ),
      (
        "llama-2-70b",
        ModelShape(
          "Llama 2 70B", vocabulary: 32_000, hidden: 8192, intermediate: 28_672, layers: 80,
          heads: 64, keyValueHeads: 8)
      ),
      (
        "llama-3-70b",
        ModelShape(
          "Llama 3 70B", vocabulary: 128_256, hidden: 8192, intermediate: 28_672, layers: 80,
          heads: 64, keyValueHeads: 8)
      ),
      ("gpt-3", gpt3),
      (
        "llama-3.1-405b",
        ModelShape(
          "Llama 3.1 405B", vocabulary: 128_256, hidden: 16_384, intermediate: 53_248, layers: 126,
          heads: 128, keyValueHeads: 8)
      ),
    ]

  /// The fewest and the most parameters for which a shape is made up.
  public static let madeUpCounts = 1e6...1e13

  /// A shape like those of the first LLaMA for any number of parameters.
  ///
  /// Where the count is one of theirs, in whole thousands of millions, it is theirs. Else the width is a
  /// multiple of 128 (of 64 below 1024), the feed-forward part is 8/3 as wide, and the number of layers is
  /// the one that comes closest; of all widths, the one is taken for which width and layers are in LLaMA's
  /// proportion of about 1 to 120. Below a hundred million parameters the vocabulary is that of the bytes.
  ///
  /// - Parameter count: The parameters that are wanted, within ``madeUpCounts``.
  /// - Returns: A shape with about as many.
  public static func like(parameters count: Double) -> ModelShape {
    precondition(madeUpCounts.contains(count), "No shape is made up for \(count) parameters.")
    if let same = llama.first(where: { (Double($0.parameterCount) / 1e9).rounded() == count / 1e9 })
    {
      return same
    }
    let candidates = (1...1024).map { step -> ModelShape in
      let hidden = step <= 16 ? 64 * step : 128 * (step - 8)
      let heads = max(hidden / 128, 1)
      var shape = ModelShape(
        "LLaMA-like", vocabulary: count < 1e8 ? 256 : 32_000, hidden: hidden,
        intermediate: (hidden * 8 / 3 + 127) / 128 * 128,
        layers: 1, heads: heads, headSize: hidden / heads)
      let perLayer = Double(shape.linearCount + 2 * hidden)
      let rest = count - Double(shape.parameterCount) + perLayer
      shape.layers = max(Int((rest / perLayer).rounded()), 1)
      return shape
    }
    func misfit(_ shape: ModelShape) -> Double {
      let off = (Double(shape.parameterCount) / count - 1).magnitude
      let proportion = Double(shape.hidden) / Double(shape.layers) / 120
      return 20 * off + max(proportion, 1 / proportion)
    }
    return candidates.min { misfit($0) < misfit($1) } ?? llama[0]
  }
}
