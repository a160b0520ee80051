import Glibc

/// The times of our side of the comparison; the same work in other libraries is in Benchmarks/peers.
///
/// Usage: `lora-lessons-bench [--json] [--count N] [--threads N] [--runs N] [--tool PATH]`
@main struct Benchmark {
  static func main() throws {
    let options: Options
    do {
      options = try Options(arguments: CommandLine.arguments.dropFirst())
    } catch {
      printError("\(error)")
      exit(64)
    }
    var report = Report(count: options.count, threads: options.threads)
    try report.addQuantization(runs: options.runs)
    try report.addLinearAlgebra(runs: options.runs)
    try report.addFigures(runs: options.runs)
    var failures: [String] = []
    if let tool = options.tool { failures = report.addProcesses(of: tool, runs: options.runs) }
    print(options.isJSON ? report.json : report.text)
    for failure in failures { printError(failure) }
    if !failures.isEmpty { exit(1) }
  }
}
