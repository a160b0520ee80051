internal import Autograd
internal import Course
internal import Datasets
internal import Experiments
internal import Interchange

extension PerceptronModel {
  /// The files of the model with other weights.
  func files(parameters: [Parameter]) throws -> [(name: String, bytes: [UInt8])] {
    let tensors = parameters.map {
      Safetensors.NewTensor(name: $0.name, shape: $0.shape, values: $0.values)
    }
    func numbers(_ values: [Double]) -> JSONNode { .array(values.map(JSONNode.number)) }
    var members: [(String, JSONNode)] = [
      ("sizes", .array(sizes.map { .integer($0) })), ("activation", .string("tanh")),
      ("features", .array(schema.features.map(JSONNode.string))),
      ("means", numbers(inputs.means)), ("deviations", numbers(inputs.deviations)),
      ("target", .string(schema.target)),
    ]
    if let classes = schema.classes {
      members.append(("classes", .array(classes.map(JSONNode.string))))
    }
    if let target {
      members += [
        ("targetMeans", numbers(target.means)), ("targetDeviations", numbers(target.deviations)),
      ]
    }
    return [
      (Self.weightsName, try Safetensors.serialized(tensors, metadata: [("format", "pt")])),
      (Self.descriptionName, Array((JSONNode.object(members).serialized() + "\n").utf8)),
    ]
  }
}
