internal import Glibc

/// The memory of this machine and of this process, as the system counts it.
enum MachineMemory {
  /// The bytes that a process can still take without others being put aside; nothing where it is not known.
  static var available: Int? {
    let free = kilobytes("MemAvailable", in: "/proc/meminfo").map { $0 * 1024 }
    // A container may have less than the machine.
    guard let limit = lines(of: "/sys/fs/cgroup/memory.max").first.flatMap({ Int($0) }),
      let taken = lines(of: "/sys/fs/cgroup/memory.current").first.flatMap({ Int($0) })
    else { return free }
    return min(free ?? .max, max(limit - taken, 0))
  }

  /// The most bytes that this process has had in memory so far.
  static var peak: Int? { kilobytes("VmHWM", in: "/proc/self/status").map { $0 * 1024 } }

  /// A number in a file of lines such as `MemAvailable:  123 kB`.
  private static func kilobytes(_ name: String, in path: String) -> Int? {
    lines(of: path).first { $0.hasPrefix(name + ":") }
      .flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }
  }

  private static func lines(of path: String) -> [Substring] {
    guard let file = unsafe fopen(path, "re") else { return [] }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = unsafe fgetc(file), byte != EOF, bytes.count < 1 << 16 {
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }
}
