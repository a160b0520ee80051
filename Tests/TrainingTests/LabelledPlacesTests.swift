import Adapters
import Autograd
import Models
import Testing
import Training

/// Where few places have a label, the others are left out of what only the loss needs.
@Suite struct LabelledPlacesTests {
  private static let tokens: [[Int32]] = (0..<4).map { row in
    (0..<8).map { place in
      let token = row * 3 + place * (row + 1)
      return Int32(token % 13)
    }
  }
  /// Three labels, one, none and two.
  private static let labels: [[Int32]] = {
    let labelled = [5..<8, 3..<4, 0..<0, 1..<3]
    return tokens.indices.map { row in
      tokens[row].indices.map { place in
        labelled[row].contains(place) ? tokens[row][place] : Indices.ignored
      }
    }
  }()

  private static func model(_ method: String) throws -> Transformer {
    let tuning = LoRATuning(try LoRAConfiguration(rank: 2, alpha: 4), start: .pissa)
    let configuration = TrainerTests.configuration
    return try Transformer(
      configuration,
      weights: Transformer.randomWeights(for: configuration, seed: 5, standardDeviation: 0.2),
      method: method == "full" ? .full : .lora(tuning))
  }

  @Test(arguments: ["full", "lora"])
  func lossAndGradientsAreThoseOfAllPlaces(_ method: String) throws {
    let short = try Self.model(method)
    let task = try LanguageTask(
      short, examples: LanguageExamples(tokens: Self.tokens, labels: Self.labels), batchSize: 4)
    #expect(task.logits.shape == [4, 3, 13])
    let loss = task.loss(of: [0, 1, 2, 3])
    task.plan.backward()

    let long = try Self.model(method)
    let (tokens, labels) = (Indices(count: 32), Indices(count: 32))
    tokens.set(Self.tokens.flatMap { $0 })
    labels.set(Self.labels.flatMap { $0.dropFirst() + [Indices.ignored] })
    var graph = Graph()
    let (logits, _) = try long.outputs(of: tokens, batch: 4, length: 8, in: &graph, trains: true)
    let longLoss = try graph.crossEntropy(logits: logits, labels: labels)
    let plan = Plan(graph, loss: longLoss)
    plan.forward()
    plan.backward()

    #expect(abs(loss - plan.value(of: longLoss)) < 1e-6)
    #expect(task.plan.trainable.count == plan.trainable.count)
    for (one, other) in zip(short.parameters, long.parameters) {
      #expect(one.name == other.name)
      guard let gradient = one.gradient, let expected = other.gradient else { continue }
      for (value, other) in zip(gradient.values, expected.values) {
        #expect(abs(value - other) < 1e-6)
      }
    }
  }

  @Test func aTaskThatDoesNotTrainHasTheLogitsOfAllPlaces() throws {
    let task = try LanguageTask(
      Self.model("full"), examples: LanguageExamples(tokens: Self.tokens, labels: Self.labels),
      batchSize: 4, trains: false)
    #expect(task.logits.shape == [4, 8, 13])
  }
}
