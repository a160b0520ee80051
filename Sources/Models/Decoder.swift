internal import Autograd
internal import CKernels

/// Computes tokens one by one: what earlier ones left behind, their keys and values, is remembered.
///
/// A token's numbers depend on its own sequence alone, to the last bit, whatever is computed beside it.
final class Decoder {
  /// A token at a position of one of the sequences.
  struct Place {
    let sequence: Int
    let position: Int
    let token: Int32
  }

  /// The most tokens that are computed together.
  static let mostPlaces = 64

  private let weights: DecoderWeights
  private let shape: lora_attention
  /// What each block remembers of each sequence.
  private let memory: [Floats]
  private let x: Floats
  private let normed: Floats
  private let wide: Floats
  private let inner: Floats
  private let logits: Floats
  private let factors = Floats(count: mostPlaces)
  private let scores: Floats

  /// - Parameters:
  ///   - weights: The model.
  ///   - sequences: How many sequences are remembered at a time.
  ///   - length: The most tokens of a sequence.
  init(_ weights: DecoderWeights, sequences: Int, length: Int) {
    let configuration = weights.configuration
    self.weights = weights
    shape = lora_attention(
      length: length, heads: configuration.headCount, key_heads: configuration.keyValueHeadCount,
      size: configuration.headSize)
    let size = sequences * lora_memory_of_sequence(shape)
    memory = weights.blocks.map { _ in Floats(count: size) }
    func rows(_ columns: Int) -> Floats { Floats(count: Self.mostPlaces * columns) }
    let queries = configuration.headCount * configuration.headSize
    x = rows(configuration.hiddenSize)
    normed = rows(configuration.hiddenSize)
    wide = rows(weights.blocks.map { max($0.attention.outputs, $0.inner.outputs) }.max() ?? 0)
    inner = rows(max(queries, configuration.intermediateSize))
    logits = rows(configuration.vocabularySize)
    scores = Floats(count: lora_attention_scratch(shape))
  }

  /// Computes tokens, and the logits of what follows some of them.
  ///
  /// - Parameters:
  ///   - places: At most ``mostPlaces``; those of one sequence in order, with nothing left out since the
  ///     last call.
  ///   - wanted: Which of them logits are wanted for.
  /// - Returns: A row of logits for each that is wanted, valid until the next call.
  func logits(
    of places: ArraySlice<Place>, wanted: [Int]
  ) -> UnsafeBufferPointer<Float> {
    precondition(places.count <= Self.mostPlaces, "\(places.count) tokens at a time.")
    let hidden = weights.configuration.hiddenSize
    for (row, place) in places.enumerated() {
      let token = Int(place.token)
      precondition(
        token >= 0 && token < weights.configuration.vocabularySize, "Token \(token) is unknown.")
      unsafe (x.start + row * hidden).update(
        from: weights.embedding.start + token * hidden, count: hidden)
    }
    for (block, memory) in zip(weights.blocks, memory) {
      normalize(rows: places.count, by: block.inputNorm)
      attend(places, block, memory)
      normalize(rows: places.count, by: block.attentionNorm)
      goThroughInner(rows: places.count, block)
    }
    for (row, place) in wanted.enumerated() {
      unsafe lora_rms_norm(
        x.start + place * hidden, weights.norm.start, epsilon, 1, hidden,
        normed.start + row * hidden, factors.start)
    }
    unsafe weights.head.run(normed.start, rows: wanted.count, into: logits.start)
    return unsafe UnsafeBufferPointer(
      start: logits.start, count: wanted.count * weights.head.outputs)
  }

  private var epsilon: Float { Float(weights.configuration.normEpsilon) }

  private func normalize(rows: Int, by weight: Floats) {
    unsafe lora_rms_norm(
      x.start, weight.start, epsilon, rows, weights.configuration.hiddenSize, normed.start,
      factors.start)
  }

  /// Adds the layer's output for what was normalized to x.
  private func add(_ layer: DecoderWeights.Product, of rows: Int) {
    unsafe layer.run(inner.start, rows: rows, into: normed.start)
    unsafe lora_add_scaled(normed.start, 1, rows * layer.outputs, x.start)
  }

  private func attend(_ places: ArraySlice<Place>, _ block: DecoderWeights.Block, _ memory: Floats)
  {
    let columns = block.attention.outputs
    let (queries, keys) = (shape.heads * shape.size, shape.key_heads * shape.size)
    unsafe block.attention.run(normed.start, rows: places.count, into: wide.start)
    let size = lora_memory_of_sequence(shape)
    for (row, place) in places.enumerated() {
      let q = unsafe wide.start + row * columns
      // The heads of keys stand behind those of queries and are turned with them.
      unsafe lora_rotate(
        q, weights.angles.cosines.start, weights.angles.sines.start, 1, place.position, 1,
        weights.angles.length, shape.heads + shape.key_heads, shape.size, q, 0)
      unsafe lora_remember(
        shape, place.position, q + queries, q + queries + keys,
        memory.start + place.sequence * size)
    }
    for (row, place) in places.enumerated() {
      unsafe lora_recall(
        shape, place.position, wide.start + row * columns, memory.start + place.sequence * size,
        inner.start + row * queries, scores.start)
    }
    add(block.output, of: places.count)
  }

  private func goThroughInner(rows: Int, _ block: DecoderWeights.Block) {
    let columns = weights.configuration.intermediateSize
    unsafe block.inner.run(normed.start, rows: rows, into: wide.start)
    for row in 0..<rows {
      let gate = unsafe wide.start + row * 2 * columns
      unsafe lora_swiglu(gate, gate + columns, columns, inner.start + row * columns)
    }
    add(block.down, of: rows)
  }
}
