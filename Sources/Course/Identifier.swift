/// Names of lessons, steps and files: lower-case words and hyphens.
public enum Identifier {
  /// Whether a name is made of lower-case letters and digits, with single hyphens between them.
  public static func isValid(_ name: String) -> Bool {
    guard !name.isEmpty, name.utf8.count <= 64 else { return false }
    // Scalars, because a letter with a combining mark that has no letter of its own lies, as a
    // character, between “a” and “z”.
    let words = name.unicodeScalars.split(separator: "-", omittingEmptySubsequences: false)
    return words.allSatisfy { word in
      !word.isEmpty && word.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
    }
  }
}
