import Adapters
import Autograd
import Course
import Experiments
import Foundation
import Interchange
import LinearAlgebra
import Models
import TestSupport
import Testing
import Training

@testable import CommandLineTool

@Suite("The loop of a training") struct TrainingLoopTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TrainingPairs.write(to: folder, withBase: true)
  }

  private var tool: Tool {
    Tool(environment: [:], workingDirectory: folder.path, output: { _ in }, messages: { _ in })
  }

  private func settings(_ json: [(String, JSONNode)]) throws -> TrainingSettings {
    try TrainingSettings(
      json: .object([("task", .string("pairs.jsonl")), ("batch", .integer(8))] + json), file: "test"
    )
  }

  private func trained(
    _ settings: TrainingSettings
  ) throws -> (run: LanguageRun, loop: TrainingLoop, ending: TrainingLoop.Ending) {
    let run = try LanguageRun(settings, tool)
    let loop = try TrainingLoop(settings, run)
    let ending = try loop.train(
      isDue: { _ in false }, isInterrupted: { false }, keep: { _ in }, report: { _, _ in })
    return (run, loop, ending)
  }

  @Test(
    "leaves an adapter whose files are the function that was learned, whatever it started with",
    arguments: ["default", "gaussian", "pissa", "olora"], [true, false])
  func starts(start: String, isPlain: Bool) throws {
    let settings = try settings([
      ("method", .string("lora")), ("base", .string("base")), ("rank", .integer(3)),
      ("alpha", .integer(5)), ("steps", .integer(8)), ("learningRate", .number(0.02)),
      ("init", .string(start)), ("dora", JSONNode(.boolean(!isPlain))),
      ("rankStabilized", JSONNode(.boolean(!isPlain))),
    ])
    let run = try trained(settings).run
    try run.write(to: folder("adapter"))
    let file = try PEFTAdapter(path: folder("adapter"))
    let takesPart = ["pissa", "olora"].contains(start)
    for module in file.modules {
      let layer = try #require(
        run.model.linearLayers.first { $0.name == module.path }?.layer as? LoRALinear)
      let shape = layer.base.weight.shape
      let weight = Matrix(
        rows: shape[0], columns: shape[1],
        values: try run.base.weights.values(module.weightName, shape: shape))
      let adapter = try file.adapter(of: module)
      #expect(adapter.rank == (takesPart ? 6 : 3))
      #expect((adapter.magnitude == nil) == isPlain)
      let written = try adapter.merged(into: weight).weight.values
      let learned = try layer.mergedWeight()
      let difference = zip(written, learned).map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 1e-6, "\(module.path): \(difference)")
      #expect(zip(written, weight.values).contains { abs($0 - $1) > 1e-4 })
    }
    #expect(file.modules.count == 14)
  }

  @Test(
    "goes back to the last weights with a finite loss, which are those of a run that ends there",
    arguments: [1, 2, 49, 50, 51, 120])
  func goesBack(broken: Int) throws {
    func settings(steps: Int) throws -> TrainingSettings {
      try self.settings([
        ("method", .string("lora")), ("base", .string("base")), ("rank", .integer(2)),
        ("dropout", .number(0.2)), ("schedule", .string("constant")), ("warmUpSteps", .integer(3)),
        ("steps", .integer(steps)),
      ])
    }
    let run = try LanguageRun(settings(steps: 200), tool)
    let loop = try TrainingLoop(run.settings, run)
    let ending = try loop.train(
      isDue: { _ in false }, isInterrupted: { false }, keep: { _ in },
      report: { step, _ in
        guard step.step == broken, let weight = run.task.plan.trainable.first else { return }
        weight.dense?.set([Float](repeating: .infinity, count: weight.count))
      })
    guard case .failed(.lossNotFinite(let step, _)) = ending else {
      Issue.record("\(ending)")
      return
    }
    #expect(step == broken + 1)
    #expect(loop.log.steps.count == broken)
    #expect(loop.settle() == broken - 1)
    guard broken > 1 else { return }
    let short = try trained(settings(steps: broken - 1))
    #expect(loop.snapshot.state == short.loop.snapshot.state)
  }

  @Test("keeps the best weights, which are those of a run that ends there, and stops in time")
  func keepsTheBest() throws {
    func settings(_ json: [(String, JSONNode)]) throws -> TrainingSettings {
      try self.settings(
        [
          ("schedule", .string("constant")), ("warmUpSteps", .integer(0)),
          ("learningRate", .number(0.05)), ("validateEvery", .integer(3)),
        ] + json)
    }
    let (run, loop, ending) = try trained(
      settings([("steps", .integer(400)), ("patience", .integer(4))]))
    #expect(ending == .noBetter)
    let best = try #require(loop.log.best)
    #expect(loop.log.steps.count == best.step + 12)
    #expect(loop.log.measurements.allSatisfy { $0.loss >= best.loss && $0.score != nil })
    #expect(loop.settle() == best.step)
    let short = try trained(settings([("steps", .integer(best.step)), ("keep", .string("last"))]))
    #expect(run.model.parameters.map(\.values) == short.run.model.parameters.map(\.values))
  }

  @Test("what was measured has columns of its own")
  func metrics() throws {
    let result = run(
      "train --data pairs.jsonl --steps 5 --batch 8 --validate 2 --out x", in: folder)
    #expect(result.code == 0, "\(result.messages)")
    let text = String(decoding: try #require(folder.bytes("x/metrics.csv")), as: UTF8.self)
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows[0].suffix(2) == ["validation_loss", "validation_score"])
    #expect(rows.allSatisfy { $0.count == 7 })
    #expect(rows.dropFirst().map { !$0[5].isEmpty } == [false, true, false, true, true])
    let lines = String(decoding: try #require(folder.bytes("x/metrics.jsonl")), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.map { $0.contains("validation_loss") } == [false, true, false, true, true])
  }

  @Test("is refused where the machine has less memory than it needs")
  func memory() throws {
    let shape = ModelShape(
      "toy", vocabulary: 32_000, hidden: 2048, intermediate: 8192, layers: 16, heads: 16)
    let full = try settings([])
    try MemoryEstimate.check(full, shape, length: 64, available: 1 << 40)
    try MemoryEstimate.check(full, shape, length: 64, available: nil)
    let error = #expect(throws: ToolError.self) {
      try MemoryEstimate.check(full, shape, length: 64, available: 1_000_000_000)
    }
    #expect((error.map { ExitCode.message($0, tool: "") } ?? "").contains("1.00\u{A0}GB are free"))
    #expect((MachineMemory.peak ?? 0) > 10_000_000 && (MachineMemory.available ?? 0) > 0)
  }
}
