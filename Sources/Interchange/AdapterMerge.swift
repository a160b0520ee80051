public import Adapters

/// Adapters merged into a file of base weights, or taken out of it: which tensors change, and to what.
///
/// A tensor named `path.weight` takes the updates of the module at `path`; every other tensor stays as
/// it is, byte for byte. Source: PEFT 0.21.2, `merge_and_unload`.
public struct AdapterMerge: Sendable {
  public let base: Safetensors
  /// The tensors that change, in the order of the file.
  public let steps: [Step]

  /// An adapter and the factor of its update.
  public struct Weighted: Sendable {
    public var adapter: PEFTAdapter
    public var weight: Double

    public init(_ adapter: PEFTAdapter, weight: Double = 1) {
      self.adapter = adapter
      self.weight = weight
    }
  }

  /// A tensor that changes.
  public struct Step: Sendable {
    /// The tensor of the base.
    public let tensor: Safetensors.Tensor
    /// The tensor of an adapter that takes its place, with its file.
    public let replacement: (file: Safetensors, tensor: Safetensors.Tensor)?
    /// The update of all adapters together.
    public let adapter: LoRAAdapter?
    /// How many adapters have an update for the tensor.
    public let adapterCount: Int
    /// Whether the tensor is stored as [in, out].
    let isTransposed: Bool
  }

  /// Joins several adapters of one layer to one.
  public typealias Combination = (_ adapters: [LoRAAdapter], _ weights: [Double]) throws
    -> LoRAAdapter

  /// Finds the tensors that change, checks that everything fits, and joins the adapters.
  ///
  /// - Parameters:
  ///   - base: The file of base weights.
  ///   - adapters: The adapters with their weights.
  ///   - isUndoing: Whether the updates are taken out instead.
  ///   - combine: Joins the adapters of a layer.
  /// - Throws: `merge` or `adapter` with what does not fit; or what `combine` throws that is not an
  ///   `AdapterError`.
  public init(
    base: Safetensors, adapters: [Weighted], isUndoing: Bool = false, combine: Combination
  ) throws {
    let places = Dictionary(
      base.tensors.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
    var parts: [Int: [(adapter: PEFTAdapter, weight: Double, module: PEFTAdapter.Module)]] = [:]
    var replacements: [Int: (file: Safetensors, tensor: Safetensors.Tensor)] = [:]
    for entry in adapters {
      let adapter = entry.adapter
      for module in adapter.modules {
        let index = try Self.index(of: module.weightName, in: base, places, adapter)
        try Self.check(module, fits: base.tensors[index], in: base, adapter)
        parts[index, default: []].append((adapter, entry.weight, module))
      }
      for replacement in adapter.replacements {
        let index = try Self.index(of: replacement.name, in: base, places, adapter)
        let problem = Self.problem(
          of: replacement, for: base.tensors[index], weight: entry.weight, isUndoing,
          isTaken: replacements[index] != nil)
        if let problem { throw InterchangeError.merge(file: adapter.weights.path, problem) }
        replacements[index] = (adapter.weights, replacement.tensor)
      }
    }
    self.base = base
    var steps: [Step] = []
    for index in Set(parts.keys).union(replacements.keys).sorted() {
      let own = parts[index] ?? []
      steps.append(
        Step(
          tensor: base.tensors[index], replacement: replacements[index],
          adapter: try Self.combined(own, isUndoing, combine), adapterCount: own.count,
          isTransposed: own.first?.module.isTransposed ?? false))
    }
    self.steps = steps
  }

  private static func index(
    of name: String, in base: Safetensors, _ places: [String: Int], _ adapter: PEFTAdapter
  ) throws(InterchangeError) -> Int {
    if let index = places[name] { return index }
    throw .merge(
      file: base.path,
      .noTarget(
        name: name, adapter: adapter.path,
        similar: similarNames(to: name, among: base.tensors.map(\.name)),
        isShard: base.path.split(separator: "/").last?.contains("-of-") ?? false))
  }

  private static func check(
    _ module: PEFTAdapter.Module, fits tensor: Safetensors.Tensor, in base: Safetensors,
    _ adapter: PEFTAdapter
  ) throws(InterchangeError) {
    let isFourBit = base.tensors.contains {
      $0.name.hasPrefix(tensor.name + ".quant_state.bitsandbytes__")
    }
    if isFourBit { throw .merge(file: base.path, .fourBitBase(tensor: tensor.name)) }
    guard tensor.dtype.isWeight else {
      throw .safetensors(file: base.path, .notWeights(tensor: tensor.name, dtype: tensor.dtype))
    }
    guard tensor.shape == module.weightShape else {
      throw .merge(
        file: adapter.weights.path,
        .doesNotFit(
          module: module.path, update: module.weightShape, weight: tensor.shape,
          fitsTransposed: tensor.shape == module.weightShape.reversed()))
    }
  }

  private static func problem(
    of replacement: PEFTAdapter.Replacement, for tensor: Safetensors.Tensor, weight: Double,
    _ isUndoing: Bool, isTaken: Bool
  ) -> Problem? {
    let name = replacement.name
    if isUndoing { return .replacementCannotBeUndone(tensor: name) }
    if isTaken { return .replacedTwice(tensor: name) }
    if weight != 1 { return .replacementHasWeight(tensor: name, weight: weight) }
    guard tensor.shape == replacement.tensor.shape else {
      return .replacementDoesNotFit(
        tensor: name, found: replacement.tensor.shape, needed: tensor.shape)
    }
    for dtype in [tensor.dtype, replacement.tensor.dtype] where !dtype.isWeight {
      return .replacementIsNoWeight(tensor: name, dtype: dtype)
    }
    return nil
  }

  private static func combined(
    _ parts: [(adapter: PEFTAdapter, weight: Double, module: PEFTAdapter.Module)],
    _ isUndoing: Bool, _ combine: Combination
  ) throws -> LoRAAdapter? {
    guard let first = parts.first else { return nil }
    let file = first.adapter.weights.path
    var adapters: [LoRAAdapter] = []
    for part in parts { adapters.append(try part.adapter.adapter(of: part.module)) }
    do {
      let combined = try combine(adapters, parts.map(\.weight))
      guard isUndoing else { return combined }
      guard combined.magnitude == nil else {
        throw InterchangeError.merge(file: file, .doraCannotBeUndone(module: first.module.path))
      }
      return try LoRAAdapter(
        loraA: combined.loraA, loraB: combined.loraB, scaling: -combined.scaling)
    } catch let error as AdapterError {
      throw InterchangeError.merge(file: file, .unusable(module: first.module.path, error))
    }
  }
}

extension AdapterMerge {
  /// Why adapters do not go into a base.
  public enum Problem: Error, Equatable, Sendable {
    case noTarget(name: String, adapter: String, similar: [String], isShard: Bool)
    case fourBitBase(tensor: String)
    case doesNotFit(module: String, update: [Int], weight: [Int], fitsTransposed: Bool)
    case replacementCannotBeUndone(tensor: String)
    case replacedTwice(tensor: String)
    case replacementHasWeight(tensor: String, weight: Double)
    case replacementDoesNotFit(tensor: String, found: [Int], needed: [Int])
    case replacementIsNoWeight(tensor: String, dtype: DType)
    case doraCannotBeUndone(module: String)
    case unusable(module: String, AdapterError)
    /// The merged weight has a number that the type cannot hold; its place is counted from 0.
    case tooLarge(tensor: String, row: Int, column: Int, value: Double, dtype: DType)
  }
}

extension AdapterMerge.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noTarget(let name, let adapter, let similar, let isShard):
      "there is no \(quoted(name)), which \(printable(adapter)) changes"
        + (similar.isEmpty
          ? isShard
            ? "; the file is one of several, and all of them together have to be one file"
            : "; the adapter belongs to another model"
          : "; the nearest is \(quoted(similar[0])): the base is another model, or has other names")
    case .fourBitBase(let tensor):
      "\(quoted(tensor)) is stored in 4 bits by bitsandbytes, and merging needs numbers: save the "
        + "model after model.dequantize(), or merge into the original weights"
    case .doesNotFit(let module, let update, let weight, let fitsTransposed):
      "the update of \(quoted(module)) is \(sides(update)), and the weight is \(sides(weight))"
        + (fitsTransposed
          ? "; it fits the other way round, which fan_in_fan_out says"
          : "; the adapter belongs to another model")
    case .replacementCannotBeUndone(let tensor):
      "\(quoted(tensor)) took the place of the base's tensor, which cannot be brought back"
    case .replacedTwice(let tensor):
      "\(quoted(tensor)) is replaced by an earlier adapter already; merge one of the two alone"
    case .replacementHasWeight(let tensor, let weight):
      "\(quoted(tensor)) is replaced as a whole, which has no weight of \(weight); leave out "
        + "--weight"
    case .replacementDoesNotFit(let tensor, let found, let needed):
      "\(quoted(tensor)) is \(sides(found)), and in the base \(sides(needed)); were tokens added?"
    case .replacementIsNoWeight(let tensor, let dtype):
      "\(quoted(tensor)) is replaced, and \(dtype.rawValue) is none of F16, BF16, F32 and F64"
    case .doraCannotBeUndone(let module):
      "\(quoted(module)) has DoRA, which brought the rows to a length: what they were before is "
        + "not stored; keep the base"
    case .unusable(let module, let error):
      "\(quoted(module)): \(error)"
    case .tooLarge(let tensor, let row, let column, let value, let dtype):
      "\(quoted(tensor)) would have \(value) in row \(row), column \(column) (counted from 0), "
        + "which \(dtype.rawValue) cannot hold"
    }
  }
}
