/// Why an adapter cannot be used.
public enum AdapterError: Error, Equatable, CustomStringConvertible {
  /// A rank of less than one.
  case rankNotPositive(Int)
  /// A rank above the shorter side of the weight.
  case rankTooLarge(rank: Int, rows: Int, columns: Int)
  case alphaNotUsable(Double)
  /// The inner sides of the factors differ from the rank.
  case factorsDoNotFit(loraA: [Int], loraB: [Int])
  /// The update has another shape than the weight.
  case doesNotFitWeight(update: [Int], weight: [Int])
  case magnitudeDoesNotFit(count: Int, rows: Int)
  /// A batch that does not go through the layer: the input, the gradient of the output, or the bias.
  case batchDoesNotFit(name: String, found: [Int], needed: [Int])
  case scalingNotFinite(Double)
  /// A number of a factor that is NaN or infinite.
  case notFinite(factor: String, row: Int, column: Int)
  case noAdapters
  /// Adapters that differ in shape, or in rank where a method needs one rank.
  case adaptersDiffer(method: String, found: [[Int]])
  /// As many weights as adapters are needed.
  case weightsDoNotFit(adapters: Int, weights: Int)
  case weightNotFinite(Double)
  /// An adapter with DoRA's magnitude, which no sum of updates can have.
  case magnitudeNotCombinable(index: Int)
  case densityOutOfRange(Double)
  case masksDoNotFit

  public var description: String {
    func shape(_ sides: [Int]) -> String { sides.map(String.init).joined(separator: "×") }
    switch self {
    case .rankNotPositive(let rank):
      return "the rank is \(rank), and it has to be at least 1"
    case .rankTooLarge(let rank, let rows, let columns):
      return "the rank \(rank) is larger than the shorter side of the \(rows)×\(columns) weight"
    case .alphaNotUsable(let alpha): return "alpha is \(alpha), and it has to be a positive number"
    case .factorsDoNotFit(let loraA, let loraB):
      return "A is \(shape(loraA)) and B is \(shape(loraB)): A needs as many rows as B has columns"
    case .doesNotFitWeight(let update, let weight):
      return "the update is \(shape(update)) and the weight \(shape(weight))"
    case .magnitudeDoesNotFit(let count, let rows):
      return "the magnitude has \(count) numbers, and the weight \(rows) rows"
    case .batchDoesNotFit(let name, let found, let needed):
      return "the \(name) is \(shape(found)), and the layer needs \(shape(needed))"
    case .scalingNotFinite(let scaling):
      return "the scaling is \(scaling), and it has to be a finite number"
    case .notFinite(let factor, let row, let column):
      return "\(factor) has a number that is not finite in row \(row), column \(column)"
    case .noAdapters: return "there are no adapters to combine"
    case .adaptersDiffer(let method, let found):
      return "“\(method)” needs adapters of one shape and rank, and these are "
        + found.map(shape).joined(separator: ", ")
    case .weightsDoNotFit(let adapters, let weights):
      return "the combination of \(adapters) adapters needs as many weights, and not \(weights)"
    case .weightNotFinite(let weight):
      return "the weight of an adapter is \(weight), and it has to be a finite number"
    case .magnitudeNotCombinable(let index):
      return "adapter \(index + 1) is a DoRA adapter, and its magnitude cannot be combined:"
        + " merge it into its weight instead"
    case .densityOutOfRange(let density):
      return "the density is \(density), and it has to be above 0 and at most 1"
    case .masksDoNotFit: return "the masks have other shapes than the factors"
    }
  }
}
