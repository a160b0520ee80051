import Foundation
import Interchange
import LinearAlgebra
import TestSupport

/// The logits of a Llama of two layers, made with transformers 5.23.0 and PEFT 0.21.2.
struct LlamaVectors: Decodable {
  let input_ids: [[Int]]
  let logits: [String: [[[Float]]]]

  static let folder = repositoryRoot + "/Tests/Vectors/llama-tiny/untied"

  static func load() throws -> LlamaVectors {
    let path = folder + "/logits.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FixtureError(path: path)
    }
    return try JSONDecoder().decode(LlamaVectors.self, from: data)
  }
}

/// The forward pass of that model in double precision, for what a merged file computes.
struct TinyLlama {
  private let file: Safetensors
  private let heads = 4
  private let sharedHeads = 2
  private let headSize = 8

  init(path: String) throws { file = try Safetensors(path: path) }

  private typealias Rows = [[Double]]

  private func weight(_ name: String) throws -> Rows {
    let tensor = try file.tensor(named: name + ".weight")
    let values = try file.values(of: tensor).map(Double.init)
    let columns = tensor.shape[tensor.shape.count - 1]
    return stride(from: 0, to: values.count, by: columns).map {
      Array(values[$0..<$0 + columns])
    }
  }

  private func dot(_ one: some Collection<Double>, _ other: some Collection<Double>) -> Double {
    zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func linear(_ input: Rows, _ name: String) throws -> Rows {
    let weight = try weight(name)
    return input.map { row in weight.map { dot(row, $0) } }
  }

  private func normalized(_ input: Rows, _ name: String) throws -> Rows {
    let gains = try weight(name)[0]
    return input.map { row in
      let scale = 1 / (dot(row, row) / Double(row.count) + 1e-6).squareRoot()
      return zip(row, gains).map { $0 * $1 * scale }
    }
  }

  /// One head of a projection, turned by the places of its rows.
  private func head(_ rows: Rows, _ index: Int, rotated: Bool) -> Rows {
    rows.enumerated().map { place, row in
      let part = Array(row[index * headSize..<(index + 1) * headSize])
      guard rotated else { return part }
      let half = headSize / 2
      return (0..<headSize).map { entry in
        let angle = Double(place) * pow(10_000, -2 * Double(entry % half) / Double(headSize))
        let other = entry < half ? -part[entry + half] : part[entry - half]
        return part[entry] * cos(angle) + other * sin(angle)
      }
    }
  }

  private func attention(_ input: Rows, _ layer: String) throws -> Rows {
    let queries = try linear(input, layer + "self_attn.q_proj")
    let keys = try linear(input, layer + "self_attn.k_proj")
    let values = try linear(input, layer + "self_attn.v_proj")
    var output = input.map { _ in [Double]() }
    for index in 0..<heads {
      let shared = index * sharedHeads / heads
      let query = head(queries, index, rotated: true)
      let key = head(keys, shared, rotated: true)
      let value = head(values, shared, rotated: false)
      for place in input.indices {
        let scores = (0...place).map { dot(query[place], key[$0]) / Double(headSize).squareRoot() }
        let largest = scores.max() ?? 0
        let shares = scores.map { exp($0 - largest) }
        let total = shares.reduce(0, +)
        output[place] += (0..<headSize).map { entry in
          (0...place).reduce(0) { $0 + shares[$1] / total * value[$1][entry] }
        }
      }
    }
    return try linear(output, layer + "self_attn.o_proj")
  }

  /// The logits of every place of a text.
  func logits(of ids: [Int]) throws -> [[Double]] {
    let embeddings = try weight("model.embed_tokens")
    var state = ids.map { embeddings[$0] }
    func add(_ other: Rows) {
      state = zip(state, other).map { zip($0, $1).map { $0 + $1 } }
    }
    for index in 0..<2 {
      let layer = "model.layers.\(index)."
      add(try attention(try normalized(state, layer + "input_layernorm"), layer))
      let inner = try normalized(state, layer + "post_attention_layernorm")
      let gates = try linear(inner, layer + "mlp.gate_proj")
      let ups = try linear(inner, layer + "mlp.up_proj")
      let gated = zip(gates, ups).map { zip($0, $1).map { $0 / (1 + exp(-$0)) * $1 } }
      add(try linear(gated, layer + "mlp.down_proj"))
    }
    return try linear(try normalized(state, "model.norm"), "lm_head")
  }

  /// The largest difference between the logits of texts and those that are expected.
  func largestDifference(to expected: [[[Float]]], on texts: [[Int]]) throws -> Double {
    var largest = 0.0
    for (text, rows) in zip(texts, expected) {
      for (ours, theirs) in zip(try logits(of: text), rows) {
        for (one, other) in zip(ours, theirs) { largest = max(largest, abs(one - Double(other))) }
      }
    }
    return largest
  }
}
