internal import Adapters
internal import Drawing
internal import LinearAlgebra
internal import Quantization

/// A small layer as QLoRA keeps it: its weight as codes and one absmax, its adapter in single precision.
struct FourBitLayer: Sendable {
  /// The weight as it was, at most 3×4.
  let exact: Matrix
  let codes: [UInt8]
  let absmax: Float
  /// The weight that computing uses: levels times absmax.
  let restored: Matrix
  let adapter: LoRAAdapter
  let toy: ToyAdapter

  static let parameters = ToyAdapter.parameters

  /// - Throws: `AdapterError`, or `QuantizationError` for weights that are not finite.
  init(corner: Matrix, rank: Int, alpha: Int, seed: UInt64) throws {
    exact = corner
    toy = try ToyAdapter(corner: corner, rank: rank, alpha: alpha, seed: seed)
    adapter = toy.adapter
    let tensor = try BlockQuantizer(codebook: .nf4, blockSize: 64).quantize(corner)
    codes = tensor.codes
    absmax = tensor.absmax.first ?? 0
    restored = tensor.dequantizedMatrix()
  }

  func digit(_ index: Int) -> String {
    String(codes[index], radix: 16, uppercase: true)
  }
  func level(_ index: Int) -> Double { Double(Codebook.nf4.levels[Int(codes[index])]) }

  /// The cell whose weight moved most, where one did.
  var worst: Int {
    let errors = zip(exact.values, restored.values).map { ($0 - $1).magnitude }
    return errors.indices.max { errors[$0] < errors[$1] } ?? 0
  }

  /// The end of the colour scale of the weights, exact and restored.
  var limit: Double {
    ColorScale.roundLimit(
      Double(
        Statistics.absoluteMaximum(exact.values + restored.values + adapter.loraB.values)?.value
          ?? 1))
  }
  var decimals: Int { max(decimalsFor(exact.values), 2) }

  /// Bits of the codes with their absmax, and of the factors of the adapter.
  var storedBits: Int { 4 * exact.count + 32 }
  var adapterBits: Int { 32 * (adapter.loraA.count + adapter.loraB.count) }
  var singleBits: Int { 32 * exact.count }
}

extension Demonstration {
  /// The small layer of the weights and of the settings that `FourBitLayer.parameters` declares.
  ///
  /// - Throws: `DemonstrationError`, `AdapterError` or `QuantizationError`.
  func fourBitLayer(in input: DemonstrationInput) throws -> FourBitLayer {
    try FourBitLayer(
      corner: corner(in: input, rows: 3, columns: 4), rank: whole("rank", in: input),
      alpha: whole("alpha", in: input), seed: input.seed)
  }
}

extension Matrix {
  /// A batch in a few words, for prose and tables.
  func listed(_ decimals: Int) -> Value {
    func text(_ words: Words) -> String {
      values.map { words.number(Double($0), decimals) }
        .joined(separator: words.say(es: "; ", en: ", "))
    }
    return .words(Phrase(es: text(Words(.spanish)), en: text(Words(.english))))
  }
}
