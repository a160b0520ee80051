internal import Datasets
internal import Demonstrations
internal import Experiments
internal import LinearAlgebra
internal import Models

/// How good a perceptron is, in numbers and as a figure.
struct PerceptronEvaluation {
  private let model: PerceptronModel
  private let examination: TableExamination

  init(_ model: PerceptronModel, _ network: MultilayerPerceptron) {
    self.model = model
    examination = TableExamination(model, network)
  }

  /// How many rows get their class; nothing where the target is a number.
  func scores(_ examples: Examples, group: String) throws -> [Score] {
    guard let labels = examples.labels, !labels.isEmpty else { return [] }
    let found = try examination.classes(of: examples)
    return [
      Score(group: group, right: zip(found, labels).count { $0 == $1 }, total: labels.count)
    ]
  }

  /// The loss for classes; the typical error and the variance explained for numbers.
  func measures(_ examples: Examples) throws -> [Measure] {
    guard examples.count > 0 else { return [] }
    guard examples.labels == nil else {
      return [Measure(kind: .loss, value: try examination.loss(of: examples))]
    }
    let (root, determination) = try examination.errors(of: examples)
    return [
      Measure(kind: .rootMeanSquaredError, value: root, subject: model.schema.target)
    ] + (determination.map { [Measure(kind: .determination, value: $0)] } ?? [])
  }

  /// What the model answers all over the plane; nothing where its numbers are not finite any more.
  func boundary(
    learned: Examples, heldOut: Examples, isPlane: Bool
  ) throws -> DecisionBoundary? {
    guard let classes = model.schema.classes else { return nil }
    var examples: [DecisionBoundary.Example] = []
    for (part, isHeldOut) in [(learned, false), (heldOut, true)] where part.count > 0 {
      let found = try examination.classes(of: part)
      for (index, label) in (part.labels ?? []).enumerated() {
        let row = part.inputs.row(index)
        examples.append(
          .init(
            x: Double(row[row.startIndex]), y: Double(row[row.startIndex + 1]), label: label,
            isHeldOut: isHeldOut, isRight: found[index] == label))
      }
    }
    let domain = DecisionBoundary.Domain(around: examples.map { ($0.x, $0.y) })
    let places = DecisionBoundary.places(in: domain)
    let probabilities = try examination.probabilities(
      of: Examples(
        inputs: Matrix(
          rows: places.count, columns: 2,
          values: places.flatMap { [Float($0.x), Float($0.y)] }),
        targets: .classes(Array(repeating: 0, count: places.count), names: classes)))
    guard probabilities.allSatisfy(\.isFinite) else { return nil }
    return DecisionBoundary(
      features: (x: model.schema.features[0], y: model.schema.features[1]), classes: classes,
      examples: examples, domain: domain, isPlane: isPlane, probabilities: probabilities)
  }
}
