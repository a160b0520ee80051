internal import Autograd

/// Everything that a run needs to go on where it stopped: trained weights and what the optimiser remembers.
///
/// The order of examples and the randomness of dropout follow from the number of steps.
public struct TrainerState: Equatable, Sendable {
  /// The number of steps that were done.
  public let stepCount: Int
  /// Trained weights by name, and with `.first` and `.second` behind the name the optimiser's memory.
  public let values: [String: [Float]]

  public init(stepCount: Int, values: [String: [Float]]) {
    self.stepCount = stepCount
    self.values = values
  }
}

extension Trainer {
  /// A copy of the present state.
  public var state: TrainerState {
    var values: [String: [Float]] = [:]
    for parameter in task.plan.trainable { values[parameter.name] = parameter.values }
    for (name, floats) in optimizer.memory { values[name] = floats.values }
    return TrainerState(stepCount: stepCount, values: values)
  }

  /// Goes back, or on, to a state of a run with the same settings.
  ///
  /// - Throws: `TrainingError.stateDoesNotFit`, before anything is changed.
  public func restore(_ state: TrainerState) throws(TrainingError) {
    guard (0...configuration.steps).contains(state.stepCount) else {
      throw .stateDoesNotFit(name: "stepCount")
    }
    let places =
      task.plan.trainable.compactMap { parameter in
        parameter.dense.map { (name: parameter.name, values: $0) }
      } + optimizer.memory
    for (name, floats) in places where state.values[name]?.count != floats.count {
      throw .stateDoesNotFit(name: name)
    }
    for (name, floats) in places { state.values[name].map { floats.set($0) } }
    optimizer.stepCount = state.stepCount
  }
}
