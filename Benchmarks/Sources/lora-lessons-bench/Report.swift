/// The measured times, under the names that the peers use too.
struct Report {
  let count: Int
  let threads: Int
  /// Checksums of results, to compare with those of a peer.
  var checksums: [(name: String, value: UInt32)] = []
  /// Medians of work inside this process.
  var seconds: [(name: String, value: Double)] = []
  /// The bytes that the same work reads and writes.
  var bytes: [(name: String, value: Int)] = []
  /// Medians of drawing figures inside this process.
  var inProcess: [(name: String, value: Double)] = []
  /// The figure of the lesson that takes longest to draw.
  var slowestFigure = ""
  /// The figures of the lesson that whole processes draw.
  var figures = 0
  /// Medians of whole processes.
  var wholeProcess: [(name: String, value: Double)] = []

  init(count: Int, threads: Int) {
    self.count = count
    self.threads = threads
  }

  /// The report for another program.
  var json: String {
    func object(_ members: [(name: String, value: some Any)]) -> String {
      "{" + members.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ") + "}"
    }
    return """
      {
        "count": \(count),
        "threads": \(threads),
        "figures": \(figures),
        "checksums": \(object(checksums)),
        "seconds": \(object(seconds)),
        "bytes": \(object(bytes)),
        "slowestFigure": "\(slowestFigure)",
        "inProcess": \(object(inProcess)),
        "wholeProcess": \(object(wholeProcess))
      }
      """
  }

  /// The report for a reader.
  var text: String {
    var lines = ["\(count) weights, \(threads) threads, medians"]
    for (name, value) in seconds {
      let moved = bytes.first { $0.name == name }.map {
        ", \(rounded(Double($0.value) / value / 1e9)) GB/s"
      }
      lines.append("\(name): \(rounded(value * 1e3)) ms\(moved ?? "")")
    }
    for (name, value) in inProcess {
      lines.append("\(name), in process: \(rounded(value * 1e3)) ms")
    }
    lines.append("the slowest figure is \(slowestFigure)")
    for (name, value) in wholeProcess {
      lines.append("\(name), whole process: \(rounded(value * 1e3)) ms")
    }
    return lines.joined(separator: "\n")
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
