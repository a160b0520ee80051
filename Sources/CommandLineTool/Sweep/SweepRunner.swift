internal import Autograd
internal import Course
internal import Dispatch
internal import Experiments
internal import FoundationEssentials
internal import Interchange
internal import Synchronization
internal import Training

/// Trains the cells of a sweep, some side by side: models this small gain nothing from more threads.
struct SweepRunner {
  let plan: SweepPlan
  /// The path of the folder for the system.
  let folder: String
  /// How many are trained at a time, each on its share of the processors.
  let jobs: Int
  let tool: Tool

  /// What is told about the work, one call at a time.
  enum Event {
    /// The share of all steps that are done.
    case progress(Double)
    /// A cell whose result is on the disk.
    case finished(SweepPlan.Cell, score: Double?, stop: String?)
  }

  /// Refuses what would fail later, before anything is written or trained.
  ///
  /// - Throws: What is wrong with the settings of a cell, or with its inputs.
  static func check(_ plan: SweepPlan, _ tool: Tool) throws {
    var ranks: Set<Int> = []
    for setting in try plan.cells.map({ try plan.settings(of: $0) })
    where ranks.insert(setting.rank).inserted {
      _ = try setting.run(tool, threads: Threads(count: 1))
    }
  }

  /// Trains cells and keeps each result as soon as it is there.
  ///
  /// - Throws: The failure of the first cell, in their order, that failed; results that are there stay.
  func run(_ cells: [SweepPlan.Cell], report: (Event) -> Void) throws {
    let settings = try cells.map { try plan.settings(of: $0) }
    try FileManager.default.createDirectory(
      atPath: Paths.joined(folder, SweepPlan.resultsName), withIntermediateDirectories: true)
    let workers = max(min(cells.count, jobs), 1)
    let threads = Threads(count: max(Interrupts.processorCount / workers, 1))
    let totalSteps = settings.reduce(0) { $0 + $1.steps }
    let failure = Mutex<(index: Int, error: any Error)?>(nil)
    let next = Atomic(0)
    let steps = Atomic(0)
    let turnToSpeak = Mutex(())
    withoutActuallyEscaping(report) { report in
      nonisolated(unsafe) let (report, this) = (report, self)
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        while failure.withLock({ $0 == nil }) {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < cells.count else { return }
          do {
            let made = try unsafe Self.train(settings[index], this.tool, threads) {
              let done = steps.wrappingAdd(1, ordering: .relaxed).newValue
              turnToSpeak.withLock { _ in
                unsafe report(.progress(Double(done) / Double(max(totalSteps, 1))))
              }
            }
            try turnToSpeak.withLock { _ in
              try unsafe this.keep(made.report, score: made.score, of: cells[index])
              unsafe report(
                .finished(cells[index], score: made.score, stop: made.report.stop))
            }
          } catch {
            failure.withLock { if $0.map({ index < $0.index }) ?? true { $0 = (index, error) } }
          }
        }
      }
    }
    if let error = failure.withLock({ $0?.error }) { throw error }
  }

  private func keep(_ report: TrainingReport, score: Double?, of cell: SweepPlan.Cell) throws {
    let path = Paths.joined(
      Paths.joined(folder, SweepPlan.resultsName), cell.name + ".json")
    try Interrupts.protecting { _ in
      try AtomicFile.write(SweepResult.text(report, plan, score: score), to: path)
    }
  }

  /// Trains one cell; a loss that is not finite ends it with the last weights whose loss was.
  private static func train(
    _ settings: TrainingSettings, _ tool: Tool, _ threads: Threads, step: () -> Void
  ) throws -> (report: TrainingReport, score: Double?) {
    let run = try settings.run(tool, threads: threads)
    let loop = try TrainingLoop(settings, run, threads: threads)
    let ending = try loop.train(
      isDue: { _ in false }, isInterrupted: { false }, keep: { _ in }, report: { _, _ in step() })
    let keptStep = loop.settle()
    let scores = try run.scores { _ in }
    let trained = run.task.plan.trainable.reduce(0) { $0 + $1.count }
    let report = TrainingReport(
      settings: settings, log: loop.log, scores: scores, measures: try run.measures(),
      sample: nil, memory: loop.trainer.memory,
      parameters: (run.task.parameters.reduce(0) { $0 + $1.count }, trained), ending: ending,
      keptStep: keptStep)
    return (report, SweepResult.score(of: scores))
  }
}
