import Adapters
import Autograd
import Glibc
import Models
import Training

/// The time of a training step, by model and method; the same in PyTorch is in `peers/train.py`.
///
/// Prints a line for each: size, method, median and fastest step in milliseconds, peak memory in KiB; and
/// the speed of a large matrix product. With `--cpu` times are those of the processor, which a busy
/// machine disturbs less: compare them on one thread.
///
/// Usage: `training-bench [--threads N] [--only SIZE] [--method METHOD] [--seconds S] [--cpu]`
@main struct TrainingBenchmark {
  struct Size {
    let name: String
    let hidden, layers, length, batch: Int
  }

  static let sizes = [
    Size(name: "d64", hidden: 64, layers: 2, length: 24, batch: 64),
    Size(name: "d128", hidden: 128, layers: 4, length: 64, batch: 32),
    Size(name: "d256", hidden: 256, layers: 4, length: 128, batch: 16),
  ]
  static let vocabulary = 64

  static func main() throws {
    var threads = Threads.processors
    var only: String?
    var methods = ["full", "lora", "qlora"]
    var seconds = 2.0
    var clock = CLOCK_MONOTONIC
    var words = CommandLine.arguments.dropFirst().makeIterator()
    while let word = words.next() {
      switch word {
      case "--threads": threads = Threads(count: words.next().flatMap { Int($0) } ?? 1)
      case "--only": only = words.next()
      case "--seconds": seconds = words.next().flatMap { Double($0) } ?? 2
      case "--method": methods = words.next().map { [$0] } ?? methods
      case "--cpu": clock = CLOCK_PROCESS_CPUTIME_ID
      default:
        print(
          "usage: training-bench [--threads N] [--only SIZE] [--method METHOD] [--seconds S] [--cpu]"
        )
        exit(64)
      }
    }
    for size in sizes where only == nil || only == size.name {
      for method in methods {
        let trainer = try trainer(size, method, threads)
        let time = try milliseconds(trainer, seconds, clock)
        print("\(size.name) \(method) \(time.median) \(time.fastest) \(peakMemory)")
      }
    }
    if only == nil || only == "mlp" {
      let time = try milliseconds(perceptron(threads), seconds / 4, clock)
      print("mlp full \(time.median) \(time.fastest) \(peakMemory)")
    }
    if only == nil || only == "generation" {
      print("generation - \(try generation(threads, clock)) \(peakMemory)")
    }
    if only == nil || only == "peak" {
      print("peak \(try billionsASecond(threads, clock))")
    }
  }

  /// The most memory that the process has had, in KiB.
  static var peakMemory: Int {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }

  /// The operations a second of a large matrix product, in billions.
  static func billionsASecond(_ threads: Threads, _ clock: clockid_t) throws -> Double {
    let (rows, side) = (2048, 512)
    var graph = Graph()
    let x = graph.input(Floats([Float](repeating: 1, count: rows * side)), shape: [rows, side])
    let weight = Parameter(
      name: "weight", shape: [side, side],
      values: [Float](repeating: 0.5, count: side * side), isTrainable: false)
    _ = try graph.matmul(x, graph.parameter(weight))
    let plan = Plan(graph, threads: threads)
    var fastest = Double.infinity
    for _ in 0..<20 {
      let before = now(clock)
      plan.forward()
      fastest = min(fastest, now(clock) - before)
    }
    return (Double(2 * rows * side * side) / fastest / 1e8).rounded() / 10
  }

  /// Median and fastest time of 512 answers of 12 tokens to prompts of 12, by the d64 model.
  static func generation(_ threads: Threads, _ clock: clockid_t) throws -> String {
    let size = sizes[0]
    let configuration = configuration(size)
    let model = try Transformer(
      configuration, weights: Transformer.randomWeights(for: configuration, seed: 1),
      method: .frozen)
    let prompts: [[Int32]] = (0..<512).map { row in
      (0..<12).map { Int32((row * 7 + $0 * (row % 5 + 1)) % vocabulary) }
    }
    var times: [Double] = []
    for _ in 0..<7 {
      let before = now(clock)
      _ = try TextGenerator(model, batch: 64, length: 24, threads: threads)
        .continuations(of: prompts, end: -1)
      times.append((now(clock) - before) * 1000)
    }
    times.sort()
    return "\(times[3]) \(times[0])"
  }

  static func configuration(_ size: Size) -> TransformerConfiguration {
    TransformerConfiguration(
      vocabularySize: vocabulary, hiddenSize: size.hidden, intermediateSize: 3 * size.hidden,
      layerCount: size.layers, headCount: 4, longestSequence: size.length)
  }

  static func trainer(_ size: Size, _ method: String, _ threads: Threads) throws -> Trainer {
    let configuration = configuration(size)
    let tuning = LoRATuning(try LoRAConfiguration(rank: 8, alpha: 16))
    let methods: [String: TuningMethod] = ["lora": .lora(tuning), "qlora": .qlora(tuning)]
    let model = try Transformer(
      configuration, weights: Transformer.randomWeights(for: configuration, seed: 1),
      method: methods[method] ?? .full)
    let tokens: [[Int32]] = (0..<size.batch).map { row in
      let stride = row % 5 + 1
      return (0..<size.length).map { place in Int32((row * 7 + place * stride) % vocabulary) }
    }
    let task = try LanguageTask(
      model, examples: LanguageExamples(tokens: tokens, labels: tokens), batchSize: size.batch,
      threads: threads)
    return try Trainer(
      task, TrainingConfiguration(steps: 1 << 30, learningRate: 1e-3, clip: 1), threads: threads)
  }

  static func perceptron(_ threads: Threads) throws -> Trainer {
    let sizes = [2, 64, 64, 1]
    let model = try MultilayerPerceptron(
      sizes: sizes, weights: MultilayerPerceptron.randomWeights(sizes: sizes, seed: 1),
      method: .full)
    let points: [[Float]] = (0..<256).map { index in
      let other = Float(index * 37 % 256)
      return [Float(index) / 128 - 1, other / 128 - 1]
    }
    let examples = try TableExamples(
      inputs: points, targets: .binary(points.map { $0[0] > $0[1] ? 1 : 0 }))
    let task = try TableTask(model, examples: examples, batchSize: 256, threads: threads)
    return try Trainer(
      task, TrainingConfiguration(steps: 1 << 30, learningRate: 1e-3), threads: threads)
  }

  static func milliseconds(
    _ trainer: Trainer, _ seconds: Double, _ clock: clockid_t
  ) throws -> (median: Double, fastest: Double) {
    for _ in 0..<3 { _ = try trainer.step() }
    var times: [Double] = []
    let start = now(clock)
    while now(clock) - start < seconds || times.count < 5 {
      let before = now(clock)
      _ = try trainer.step()
      times.append((now(clock) - before) * 1000)
    }
    times.sort()
    func rounded(_ time: Double) -> Double { (time * 1000).rounded() / 1000 }
    return (rounded(times[times.count / 2]), rounded(times[0]))
  }

  static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
