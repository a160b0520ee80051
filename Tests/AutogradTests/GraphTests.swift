import Autograd
import Testing

@Suite struct GraphTests {
  @Test func aFrozenWeightHasNoGradient() throws {
    var graph = Graph()
    let frozen = Parameter(
      name: "frozen", shape: [4, 4], values: randomValues(16, seed: 1), isTrainable: false)
    let trained = Parameter(
      name: "trained", shape: [4], values: randomValues(4, seed: 2), isTrainable: true)
    let x = try graph.rmsNorm(
      GradientCheck.tensor(&graph, [3, 4], seed: 3), weight: graph.parameter(trained),
      epsilon: 1e-6)
    let y = try graph.matmul(x, graph.parameter(frozen))
    let loss = try graph.meanSquaredError(y, target: GradientCheck.tensor(&graph, [3, 4], seed: 4))
    let plan = Plan(graph, loss: loss)
    plan.forward()
    plan.backward()
    #expect(frozen.gradient == nil)
    #expect(trained.gradient != nil)
    #expect(plan.trainable.map(\.name) == ["trained"])
  }

  @Test func nothingIsTrainedWhereNothingIsTrainable() throws {
    var graph = Graph()
    let x = GradientCheck.tensor(&graph, [3, 4], seed: 3)
    let loss = try graph.meanSquaredError(x, target: GradientCheck.tensor(&graph, [3, 4], seed: 4))
    let plan = Plan(graph, loss: loss)
    plan.forward()
    plan.backward()
    #expect(plan.trainable.isEmpty)
  }

  @Test func shapesThatDoNotFitAreNamed() throws {
    var graph = Graph()
    let x = GradientCheck.tensor(&graph, [3, 4], seed: 1)
    let weight = GradientCheck.tensor(&graph, [2, 5], seed: 2)
    #expect(throws: AutogradError.self) { try graph.matmul(x, weight) }
    do {
      _ = try graph.matmul(x, weight)
    } catch {
      #expect("\(error)" == "matmul cannot take 3×4 and 2×5 together")
    }
  }

  @Test func aPlanThatOnlyGoesForwardTakesLessMemory() throws {
    func memory(trains: Bool) throws -> Int {
      var graph = Graph()
      var x = GradientCheck.tensor(&graph, [64, 32], seed: 1)
      for layer in 0..<8 {
        let weight = Parameter(
          name: "\(layer)", shape: [32, 32], values: randomValues(1024, seed: 2), isTrainable: true)
        x = try graph.silu(graph.matmul(x, graph.parameter(weight)))
      }
      let loss = try graph.meanSquaredError(
        x, target: GradientCheck.tensor(&graph, [64, 32], seed: 3))
      return Plan(graph, loss: trains ? loss : nil, keeping: [loss]).memory.activations
    }
    let (forward, both) = try (memory(trains: false), memory(trains: true))
    #expect(forward <= 3 * 64 * 32 * 4)
    #expect(both >= 8 * 64 * 32 * 4)
  }

  @Test func dropoutKeepsTheMeanAndDependsOnTheStepAlone() throws {
    let randomness = Randomness(seed: 5)
    var graph = Graph(randomness: randomness)
    let count = 20_000
    let x = graph.input(Floats([Float](repeating: 1, count: count)), shape: [count])
    let y = try graph.dropout(x, probability: 0.25)
    let z = try graph.dropout(x, probability: 0.25)
    let plan = Plan(graph, keeping: [y, z])
    plan.forward()
    let first = plan.values(of: y)
    #expect(Set(first) == [0, Float(1 / 0.75)])
    #expect(abs(first.reduce(0, +) / Float(count) - 1) < 0.02)
    #expect(first != plan.values(of: z))
    randomness.step = 1
    plan.forward()
    let second = plan.values(of: y)
    #expect(first != second)
    randomness.step = 0
    plan.forward()
    #expect(plan.values(of: y) == first)
  }

  @Test(arguments: [-0.1, 1, .nan])
  func dropoutRefusesWhatIsNoProbability(_ probability: Double) {
    var graph = Graph()
    let x = GradientCheck.tensor(&graph, [3, 4], seed: 1)
    #expect(throws: AutogradError.self) { try graph.dropout(x, probability: probability) }
  }

  @Test func aNumberThatIsNotFiniteReachesTheLoss() throws {
    var graph = Graph()
    let floats = Floats([0, 1, 2, 3, 4, 5])
    let logits = graph.input(floats, shape: [2, 3])
    let loss = try graph.crossEntropy(logits: logits, labels: GradientCheck.indices([1, 2]))
    let plan = Plan(graph, keeping: [loss])
    for bad in [Float.nan, .infinity] {
      floats.set([0, 1, 2, bad, 4, 5])
      plan.forward()
      #expect(!plan.value(of: loss).isFinite)
    }
  }

  @Test func aCompressedWeightIsRefusedWhereItWouldBeReadDirectly() throws {
    var graph = Graph()
    let weight = GradientCheck.compressed(&graph, [3, 4])
    let x = GradientCheck.tensor(&graph, [3, 4], seed: 1)
    #expect(throws: AutogradError.compressed(name: "halves", operation: "multiply")) {
      try graph.multiply(x, weight)
    }
    #expect(throws: AutogradError.self) { try graph.add(x, weight) }
    #expect(throws: AutogradError.self) { try graph.matmul(weight, x) }
    #expect(throws: AutogradError.self) {
      try graph.embedding(GradientCheck.indices([0]), shape: [1], table: weight)
    }
  }
}
