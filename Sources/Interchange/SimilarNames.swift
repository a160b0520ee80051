/// The names that a mistyped one may mean, closest first and at most three.
///
/// A name is close if a third of the typed characters or fewer must change, or if one of the two
/// contains the other.
package func similarNames(to name: String, among names: [String]) -> [String] {
  let typed = Array(name.lowercased().utf8.prefix(256))
  guard !typed.isEmpty else { return [] }
  var found: [(distance: Int, name: String)] = []
  for candidate in names {
    let letters = Array(candidate.lowercased().utf8.prefix(256))
    let limit = max(1, typed.count / 3)
    if abs(letters.count - typed.count) <= limit {
      let distance = editDistance(typed, letters)
      if distance <= limit {
        found.append((distance, candidate))
        continue
      }
    }
    if typed.count >= 3 && (contains(letters, typed) || contains(typed, letters)) {
      // After all names that differ by a few characters.
      found.append((1000 + abs(letters.count - typed.count), candidate))
    }
  }
  return found.enumerated()
    .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
    .prefix(3).map(\.element.name)
}

/// The least number of bytes to insert, remove or replace that turns one text into another.
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var row = Array(0...other.count)
  for (i, byte) in one.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in other.indices {
      let replaced = diagonal + (byte == other[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, min(row[j], row[j + 1]) + 1)
    }
  }
  return row[other.count]
}

private func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
  guard !part.isEmpty, part.count <= text.count else { return false }
  return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
}
