internal import Autograd
internal import Training

/// Everything from which a run goes on as if it had never stopped.
struct TrainingSnapshot: Equatable {
  var state: TrainerState
  var log: TrainingLog
  /// The trained weights of the best measurement, by name.
  var best: [String: [Float]]?
}

/// Trains step by step, measures on what was set apart, and goes back where a loss is not finite.
///
/// Nothing that is kept or watched on the way changes what comes out.
final class TrainingLoop {
  enum Ending: Equatable {
    case allSteps
    /// Nothing better came for as long as `patience` says.
    case noBetter
    /// A loss or a gradient is not finite.
    case failed(TrainingError)
  }

  /// The steps between copies of the state in memory, from which the last good weights are computed again.
  private static let stepsBetweenCopies = 50

  let trainer: Trainer
  private let run: any TrainingRun
  private let settings: TrainingSettings
  private(set) var log: TrainingLog
  private var best: [String: [Float]]?
  /// A state whose weights gave a finite loss.
  private var good: TrainerState?

  /// - Throws: `TrainingError` for settings that are not usable.
  init(
    _ settings: TrainingSettings, _ run: any TrainingRun, threads: Threads = .processors
  ) throws(TrainingError) {
    self.settings = settings
    self.run = run
    trainer = try Trainer(run.task, settings.trainer, threads: threads)
    log = TrainingLog()
  }

  /// Puts a run of the same settings where it stopped.
  ///
  /// - Throws: `TrainingError.stateDoesNotFit`, before anything is changed.
  func restore(_ snapshot: TrainingSnapshot) throws(TrainingError) {
    for (name, count) in run.task.plan.trainable.map({ ($0.name, $0.count) }) {
      if let best = snapshot.best, best[name]?.count != count {
        throw .stateDoesNotFit(name: name)
      }
    }
    try trainer.restore(snapshot.state)
    log = snapshot.log
    best = snapshot.best
    good = snapshot.state
  }

  /// What a run needs to go on from here.
  var snapshot: TrainingSnapshot {
    TrainingSnapshot(state: trainer.state, log: log, best: best)
  }

  /// Does the steps that are left.
  ///
  /// A snapshot is handed over one step late: its weights are then known to give a finite loss.
  ///
  /// - Parameters:
  ///   - isDue: Whether a snapshot is wanted after a number of steps.
  ///   - isInterrupted: Whether to hand one over and stop.
  ///   - keep: Takes the snapshot.
  ///   - report: Called after each step, with the measurement that followed it.
  /// - Returns: Why it ended.
  /// - Throws: `ToolError.interrupted`, what `keep` throws, or `TrainingError` where the first step fails.
  func train(
    isDue: (Int) -> Bool, isInterrupted: () -> Bool, keep: (TrainingSnapshot) throws -> Void,
    report: (TrainingStep, TrainingLog.Measurement?) -> Void
  ) throws -> Ending {
    while trainer.stepCount < settings.steps {
      if isPatienceOver { return .noBetter }
      let isLast = isInterrupted()
      let isKept = isLast || isDue(trainer.stepCount)
      let age = good.map { trainer.stepCount - $0.stepCount } ?? .max
      let copy = isKept || age >= Self.stepsBetweenCopies ? trainer.state : nil
      let step: TrainingStep
      do {
        step = try trainer.step()
      } catch {
        return try goBack(error)
      }
      if let copy {
        good = copy
        if isKept { try keep(TrainingSnapshot(state: copy, log: log, best: best)) }
        if isLast { throw ToolError.interrupted }
      }
      log.add(step)
      let measured = try measure()
      if let measured, !measured.loss.isFinite {
        return try goBack(.heldOutLossNotFinite(step: step.step, loss: measured.loss))
      }
      if let measured { add(measured) }
      report(step, measured)
    }
    return isPatienceOver && log.steps.count < settings.steps ? .noBetter : .allSteps
  }

  private var isPatienceOver: Bool {
    settings.patience.map { log.measurementsSinceBest >= $0 } ?? false
  }

  /// Puts the weights in place that the settings ask for.
  ///
  /// - Returns: The step after which they were so.
  func settle() -> Int {
    guard settings.keep == .best, let best, let step = log.best?.step else {
      return trainer.stepCount
    }
    for parameter in run.task.plan.trainable {
      if let values = best[parameter.name] { parameter.dense?.set(values) }
    }
    return step
  }

  // MARK: Measuring

  private func measure() throws -> TrainingLog.Measurement? {
    let step = trainer.stepCount
    guard let validation = run.validation, let every = settings.validateEvery,
      step % every == 0 || step == settings.steps
    else { return nil }
    let loss = validation.loss()
    return TrainingLog.Measurement(
      step: step, loss: loss, score: loss.isFinite ? try run.validationScore() : nil)
  }

  private func add(_ measurement: TrainingLog.Measurement) {
    if log.best.map({ measurement.loss < $0.loss }) ?? true {
      best = run.task.plan.trainable.reduce(into: [:]) { $0[$1.name] = $1.values }
    }
    log.add(measurement)
  }

  // MARK: Going back

  /// Goes back to the last weights that gave a finite loss: to a copy, and on from there, which gives the
  /// same weights again.
  ///
  /// - Throws: `error` where there are no such weights.
  private func goBack(_ error: TrainingError) throws -> Ending {
    let target: Int
    switch error {
    // The weights of the step gave the loss; those before it gave one that was finite.
    case .lossNotFinite(let step, _): target = step - 2
    // The weights before the measurement did.
    case .heldOutLossNotFinite(let step, _): target = step - 1
    // The weights are as they were, and their loss is finite.
    case .gradientNotFinite where trainer.stepCount > 0: return .failed(error)
    default: throw error
    }
    guard let good, target >= 0 else { throw error }
    try trainer.restore(good)
    while trainer.stepCount < target { _ = try trainer.step() }
    return .failed(error)
  }
}
