internal import Course
internal import Interchange
internal import Training

/// A run on the disk, from which it goes on bit for bit: one safetensors file.
///
/// It holds the trained weights and what the optimiser remembers (`state.`), the weights of the best
/// measurement (`best.`), and the log; its metadata hold all settings, what the run reads as a hash, and a
/// hash of all the rest.
struct TrainingCheckpoint: Equatable {
  static let folderName = "checkpoint"
  static let fileName = "state.safetensors"
  /// The path below the folder of the results.
  static let path = folderName + "/" + fileName
  private static let format = "lora-lessons training 1"

  /// The settings and the look of the figure, as JSON.
  var configuration: String
  /// The hash of what the run reads: the base and the user's data.
  var inputs: String
  var snapshot: TrainingSnapshot

  init(configuration: String, inputs: String, snapshot: TrainingSnapshot) {
    self.configuration = configuration
    self.inputs = inputs
    self.snapshot = snapshot
  }

  // MARK: Writing

  /// Writes the file; an earlier one is there until the new one is whole.
  ///
  /// - Throws: `InterchangeError.unwritable`.
  func write(to path: String) throws {
    var metadata: [(key: String, value: String)] = [
      ("format", Self.format), ("version", Tool.version), ("configuration", configuration),
      ("inputs", inputs), ("steps", "\(snapshot.state.stepCount)"),
    ]
    let tensors = tensors
    metadata.append(("hash", Self.hash(metadata, tensors)))
    try Safetensors.write(tensors, metadata: metadata, to: path)
  }

  private static func hash(
    _ metadata: [(key: String, value: String)], _ tensors: [Safetensors.NewTensor]
  ) -> String {
    var bytes: [UInt8] = []
    for (key, value) in metadata { bytes += Array("\(key)=\(value)\n".utf8) }
    let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for tensor in sorted {
      bytes += Array("\(tensor.name) \(tensor.dtype.rawValue) \(tensor.shape)\n".utf8)
      bytes += tensor.bytes
    }
    return SHA256.hexadecimal(of: bytes)
  }

  private var tensors: [Safetensors.NewTensor] {
    let (steps, measurements) = (snapshot.log.steps, snapshot.log.measurements)
    func named(_ prefix: String, _ values: [String: [Float]]) -> [Safetensors.NewTensor] {
      values.sorted { $0.key < $1.key }.map {
        .init(name: prefix + $0.key, shape: [$0.value.count], values: $0.value)
      }
    }
    return named("state.", snapshot.state.values) + named("best.", snapshot.best ?? [:]) + [
      .init(name: "log.loss", shape: [steps.count], values: steps.map(\.loss)),
      .init(name: "log.rate", numbers: steps.map(\.learningRate)),
      .init(name: "log.norm", numbers: steps.map(\.gradientNorm)),
      .init(name: "log.tokens", numbers: steps.map { Double($0.tokens) }),
      .init(name: "measured.step", numbers: measurements.map { Double($0.step) }),
      .init(
        name: "measured.loss", shape: [measurements.count], values: measurements.map(\.loss)),
      .init(name: "measured.score", numbers: measurements.map { $0.score ?? .nan }),
    ]
  }

  // MARK: Reading

  /// Reads the file.
  ///
  /// - Parameters:
  ///   - path: The path for the system.
  ///   - shown: The path as the user reads it.
  /// - Throws: `ToolError.missing` where there is none, `.failure` for one that is not as it was written.
  init(path: String, shown: String) throws {
    func broken(_ reason: String) -> ToolError {
      .failure(
        "\(printable(shown)): \(reason), so that the run cannot go on; --force without --resume "
          + "begins it again")
    }
    let file: Safetensors
    do {
      file = try Safetensors(path: path)
    } catch {
      throw Self.complaint(error, shown, broken)
    }
    func text(_ key: String) -> String? { file.metadata.first { $0.key == key }?.value }
    guard text("format") == Self.format else { throw broken("it is no checkpoint of train") }
    guard let version = text("version"), version == Tool.version else {
      throw broken(
        "another version of \(Tool.name) wrote it (\(printable(text("version") ?? "?")))")
    }
    let tensors = file.tensors.map {
      Safetensors.NewTensor(
        name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: file.bytes(of: $0))
    }
    guard text("hash") == Self.hash(file.metadata.filter { $0.key != "hash" }, tensors),
      let configuration = text("configuration"), let inputs = text("inputs"),
      let steps = text("steps").flatMap(Int.init)
    else { throw broken("the checkpoint is damaged: its hash is not that of its contents") }
    self.init(
      configuration: configuration, inputs: inputs,
      snapshot: TrainingSnapshot(
        state: TrainerState(stepCount: steps, values: Self.named("state.", tensors)),
        log: try Self.log(tensors, count: steps, broken),
        best: tensors.contains { $0.name.hasPrefix("best.") }
          ? Self.named("best.", tensors) : nil))
  }

  private static func complaint(
    _ error: InterchangeError, _ shown: String, _ broken: (String) -> ToolError
  ) -> any Error {
    switch error {
    case .unreadable(_, let obstacle) where obstacle == .missing:
      ToolError.missing(
        "\(printable(shown)): there is no checkpoint to go on from; without --resume the run begins"
      )
    case .safetensors(_, let problem): broken("the checkpoint is damaged: \(problem)")
    case .empty: broken("the checkpoint is damaged: it is empty")
    default: error
    }
  }

  private static func named(
    _ prefix: String, _ tensors: [Safetensors.NewTensor]
  ) -> [String: [Float]] {
    var values: [String: [Float]] = [:]
    for tensor in tensors where tensor.name.hasPrefix(prefix) && tensor.dtype == .f32 {
      values[String(tensor.name.dropFirst(prefix.count))] = tensor.floats
    }
    return values
  }

  private static func log(
    _ tensors: [Safetensors.NewTensor], count: Int, _ broken: (String) -> ToolError
  ) throws(ToolError) -> TrainingLog {
    func tensor(_ name: String, _ count: Int?) throws(ToolError) -> Safetensors.NewTensor {
      guard let tensor = tensors.first(where: { $0.name == name }),
        count == nil || tensor.shape == [count ?? 0]
      else { throw broken("the checkpoint has no “\(name)” of its \(count ?? 0) steps") }
      return tensor
    }
    let losses = try tensor("log.loss", count).floats
    let rates = try tensor("log.rate", count).numbers
    let norms = try tensor("log.norm", count).numbers
    let tokens = try tensor("log.tokens", count).numbers
    let places = try tensor("measured.step", nil).numbers
    let measured = try tensor("measured.loss", places.count).floats
    let scores = try tensor("measured.score", places.count).numbers
    return TrainingLog(
      steps: (0..<count).map {
        TrainingStep(
          step: $0 + 1, loss: losses[$0], learningRate: rates[$0], gradientNorm: norms[$0],
          tokens: Int(exactly: tokens[$0]) ?? 0)
      },
      measurements: places.indices.map {
        TrainingLog.Measurement(
          step: Int(exactly: places[$0]) ?? 0, loss: measured[$0],
          score: scores[$0].isNaN ? nil : scores[$0])
      })
  }
}

extension Safetensors.NewTensor {
  /// A list of numbers in double precision.
  fileprivate init(name: String, numbers: [Double]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * numbers.count)
    for number in numbers {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> UInt64(shift)))
      }
    }
    self.init(name: name, dtype: .f64, shape: [numbers.count], bytes: bytes)
  }

  fileprivate var numbers: [Double] {
    guard dtype == .f64 else { return [] }
    return stride(from: 0, to: bytes.count, by: 8).map { start in
      Double(
        bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) })
    }
  }

  fileprivate var floats: [Float] {
    guard dtype == .f32 else { return [] }
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(
        bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
    }
  }
}
