import Adapters
import Autograd
import Testing

@testable import Models

@Suite struct DecoderTests {
  private static let length = 16

  enum Form: CaseIterable { case frozen, full, lora, dora, qlora }

  /// A model whose adapters say something from the start.
  private func model(_ form: Form) throws -> Transformer {
    let tuning = LoRATuning(
      try LoRAConfiguration(rank: 3, alpha: 6), start: .pissa, usesDoRA: form == .dora)
    let method: TuningMethod =
      switch form {
      case .frozen: .frozen
      case .full: .full
      case .lora, .dora: .lora(tuning)
      case .qlora: .qlora(tuning)
      }
    let configuration = TargetTests.configuration
    return try Transformer(
      configuration,
      weights: Transformer.randomWeights(for: configuration, seed: 3, standardDeviation: 0.1),
      method: method)
  }

  /// Tokens of some sequences, each as long as the model allows.
  private static let sequences: [[Int32]] = (0..<5).map { row in
    (0..<length).map { place in
      let token = row * 5 + place * (row + 2) + place * place
      return Int32(token % 11)
    }
  }

  private func wholeLogits(_ model: Transformer) throws -> [Float] {
    let tokens = Indices(count: Self.sequences.count * Self.length)
    tokens.set(Self.sequences.flatMap { $0 })
    var graph = Graph()
    let (logits, _) = try model.outputs(
      of: tokens, batch: Self.sequences.count, length: Self.length, in: &graph, trains: false)
    let plan = Plan(graph, keeping: [logits])
    plan.forward()
    return plan.values(of: logits)
  }

  @Test(arguments: Form.allCases)
  func aTokenAfterTheOtherGivesTheLogitsOfTheWholeSequence(_ form: Form) throws {
    let model = try model(form)
    let whole = try wholeLogits(model)
    let decoder = Decoder(
      try DecoderWeights(model, length: Self.length), sequences: Self.sequences.count,
      length: Self.length)
    // The first tokens at once, the others one by one, and every sequence from another place on.
    let parts: [[Int]] = Self.sequences.indices.map { index in
      [index + 1] + [Int](repeating: 1, count: Self.length - 1 - index)
    }
    var reached = Self.sequences.map { _ in 0 }
    for round in 0..<Self.length {
      var places: [Decoder.Place] = []
      for sequence in Self.sequences.indices where round < parts[sequence].count {
        for _ in 0..<parts[sequence][round] {
          let position = reached[sequence]
          places.append(
            Decoder.Place(
              sequence: sequence, position: position,
              token: Self.sequences[sequence][position]))
          reached[sequence] += 1
        }
      }
      let logits = unsafe Array(decoder.logits(of: places[...], wanted: Array(places.indices)))
      for (row, place) in places.enumerated() {
        let start = (place.sequence * Self.length + place.position) * 11
        for token in 0..<11 {
          #expect(abs(logits[row * 11 + token] - whole[start + token]) < 1e-5)
        }
      }
    }
    #expect(reached.allSatisfy { $0 == Self.length })
  }

  /// The likeliest token after each, computed from the whole sequence every time.
  private func longWay(_ model: Transformer, _ prompt: [Int32]) throws -> [Int32] {
    let tokens = Indices(count: Self.length)
    var graph = Graph()
    let (logits, _) = try model.outputs(
      of: tokens, batch: 1, length: Self.length, in: &graph, trains: false)
    let plan = Plan(graph, keeping: [logits])
    var sequence = prompt
    while sequence.count < Self.length {
      tokens.set(sequence)
      plan.forward()
      let values = plan.values(of: logits)[(sequence.count - 1) * 11..<sequence.count * 11]
      let best = try #require(values.max())
      sequence.append(Int32(try #require(values.firstIndex(of: best)) - values.startIndex))
    }
    return Array(sequence.dropFirst(prompt.count))
  }

  @Test(arguments: Form.allCases)
  func answersAreThoseOfTheLongWay(_ form: Form) throws {
    let model = try model(form)
    // More sequences than one thread takes at a time, and more tokens than are computed together.
    let prompts = (0..<40).map { Array(Self.sequences[$0 % 5].prefix($0 % 13 + 1)) }
    let answers = try TextGenerator(
      model, batch: 64, length: Self.length, threads: Threads(count: 2)
    ).continuations(of: prompts, end: -1)
    for (prompt, answer) in zip(prompts, answers) {
      #expect(try answer == longWay(model, prompt))
    }
  }

  @Test func aLongSequenceIsRefused() throws {
    #expect(throws: ModelError.sequenceTooLong(length: 17, longest: 16)) {
      try TextGenerator(TargetTests.model(.frozen), batch: 1, length: 17)
    }
  }
}
