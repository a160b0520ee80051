import Glibc

/// What to measure and how to print it.
struct Options {
  var isJSON = false
  /// The number of weights; the peers use the same.
  var count = 1 << 24
  var threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  var runs = 5
  /// The path of the command line tool, to time whole processes.
  var tool: String?

  struct UsageError: Error, CustomStringConvertible {
    let description: String
  }

  init(arguments: some Sequence<String>) throws(UsageError) {
    var iterator = arguments.makeIterator()
    while let word = iterator.next() {
      switch word {
      case "--json": isJSON = true
      case "--count": count = try Self.number(iterator.next(), of: word)
      case "--threads": threads = try Self.number(iterator.next(), of: word)
      case "--runs": runs = try Self.number(iterator.next(), of: word)
      case "--tool": tool = iterator.next()
      default: throw UsageError(description: "\(word) is not known")
      }
    }
  }

  private static func number(_ word: String?, of option: String) throws(UsageError) -> Int {
    guard let number = word.flatMap({ Int($0) }), (1...1 << 30).contains(number) else {
      throw UsageError(description: "\(option) needs a whole number from 1 to \(1 << 30)")
    }
    return number
  }
}

/// Prints a line to standard error.
func printError(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}
