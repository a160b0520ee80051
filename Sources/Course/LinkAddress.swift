/// The addresses that links of a lesson may have.
enum LinkAddress {
  /// The schemes that lead to a page; others run programs or code, or open other files.
  static let schemes = ["http", "https"]

  /// Whether an address is of the web, or relative to the page.
  static func isAllowed(_ address: String) -> Bool {
    // What starts with two strokes takes its scheme from the page, which here may be a file.
    guard !plain(address).hasPrefix("//") else { return false }
    return scheme(of: address).map(schemes.contains) ?? true
  }

  /// The scheme before the first colon, in lower case; `nil` for a relative address.
  static func scheme(of address: String) -> String? {
    let text = plain(address)
    guard let end = text.unicodeScalars.firstIndex(where: { ":/?#".unicodeScalars.contains($0) }),
      text.unicodeScalars[end] == ":"
    else { return nil }
    return text[..<end].lowercased()
  }

  /// The address without the spaces and controls that browsers leave out of it.
  private static func plain(_ address: String) -> String {
    var text = ""
    text.unicodeScalars.append(
      contentsOf: address.unicodeScalars.filter { $0 > "\u{20}" && $0 != "\u{7F}" })
    // Browsers read strokes of both kinds alike.
    return String(text.map { $0 == "\\" ? "/" : $0 })
  }
}
