import Adapters
import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// A matrix as the reference files write it, in rows.
struct Rows: Decodable, Sendable {
  let matrix: Matrix

  init(from decoder: any Decoder) throws {
    let rows = try [[Float]](from: decoder)
    matrix = Matrix(rows: rows.count, columns: rows.first?.count ?? 0, values: rows.flatMap { $0 })
  }
}

/// Adapters of one layer, made with PEFT 0.21.2.
struct LoRAVectors: Decodable {
  struct Gradients: Decodable {
    let upstream: Rows
    let x: Rows
    let lora_A: Rows
    let lora_B: Rows
    let magnitude: [Float]?
  }

  struct Run: Decodable {
    let iterations: Int
    let norm_weight_minus_q_minus_product: Double
    let norm_weight_minus_q_minus_scaled_product: Double
  }

  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let kind: String
    let r: Int
    let lora_alpha: Double
    let use_rslora: Bool
    let scaling: Double
    let weight: Rows
    let bias: [Float]?
    let lora_A: Rows?
    let lora_B: Rows?
    let x: Rows?
    let magnitude: [Float]?
    let magnitude_at_init: [Float]?
    let adapted_row_norms: [Float]?
    let singular_values: [Double]?
    let delta_weight: Rows?
    let output_base: Rows?
    let output_adapter: Rows?
    let output_merged: Rows?
    let merged_weight: Rows?
    let gradients: Gradients?
    let lora_product: Rows?
    let residual_weight: Rows?
    let norm_weight_minus_nf4: Double?
    let runs: [Run]?
    var testDescription: String { name }
  }
  let cases: [Case]

  static let all: [Case] = load("lora", LoRAVectors.self).cases
  static func cases(_ kinds: String...) -> [Case] { all.filter { kinds.contains($0.kind) } }
}

/// Adapters and what PEFT 0.21.2 makes of several of them.
struct MergingVectors: Decodable {
  struct Adapter: Decodable {
    let name: String
    let scaling: Double
    let lora_A: Rows
    let lora_B: Rows
  }

  struct Result: Decodable, CustomTestStringConvertible {
    let combination_type: String
    let adapters: [String]
    let weights: [Double]
    let svd_rank: Int?
    let density: Double?
    let majority_sign_method: String?
    let result_r: Int
    let delta_weight: Rows
    let lora_A: Rows?
    let lora_B: Rows?
    let masks_A: [Rows]?
    let masks_B: [Rows]?
    var testDescription: String { "\(combination_type) of \(adapters.count), \(weights)" }
  }

  struct Group: Decodable {
    let name: String
    let adapters: [Adapter]
    let results: [Result]
  }
  let groups: [Group]

  static let all: [(Group, Result)] = load("merging", MergingVectors.self).groups.flatMap { group in
    group.results.map { (group, $0) }
  }
}

private func load<Vectors: Decodable>(_ name: String, _ type: Vectors.Type) -> Vectors {
  let path = repositoryRoot + "/Tests/AdaptersTests/Vectors/\(name).json"
  guard let data = FileManager.default.contents(atPath: path),
    let vectors = try? JSONDecoder().decode(type, from: data)
  else { fatalError("\(path) cannot be read") }
  return vectors
}

/// Expects two matrices to agree within 1e-5 absolutely and relatively, as the reference states.
func expectClose(
  _ ours: Matrix, _ theirs: Matrix, _ what: String, tolerance: Float = 1e-5,
  location: SourceLocation = #_sourceLocation
) {
  #expect(
    ours.rows == theirs.rows && ours.columns == theirs.columns, "\(what)", sourceLocation: location)
  let worst = zip(ours.values, theirs.values).map { abs($0 - $1) - tolerance * abs($1) }.max() ?? 0
  #expect(worst <= tolerance, "\(what) is off by \(worst)", sourceLocation: location)
}
