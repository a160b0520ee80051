/// Text from a file or a user, safe to print on one line of a terminal.
///
/// Control characters are escaped, so that a name in a hostile file cannot move the cursor, and text
/// longer than `limit` characters is cut.
public func printable(_ text: String, limit: Int = 200) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return result + "…" }
    count += 1
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default:
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Printable text between quotation marks.
func quoted(_ text: String) -> String { "“\(printable(text, limit: 80))”" }
