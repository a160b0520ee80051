import Glibc

/// Whether a path leads to a folder.
func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether something has this path.
func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// The folder of a file.
func parentFolder(_ path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Whether two paths lead to one file, through links too.
public func leadToOneFile(_ one: String, _ other: String) -> Bool {
  var (first, second) = (stat(), stat())
  guard unsafe stat(one, &first) == 0, unsafe stat(other, &second) == 0 else { return false }
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino
}
