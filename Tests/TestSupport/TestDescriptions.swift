public import Drawing
public import Testing

// Tests with themes and presets as arguments would otherwise print all their colours and lengths.

extension Theme: CustomTestStringConvertible {
  public var testDescription: String { name }
}

extension Preset: CustomTestStringConvertible {
  public var testDescription: String { name }
}
