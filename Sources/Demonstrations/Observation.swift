public import Charts
public import Drawing

/// What a demonstration found: named values, tables and a picture, all from one computation.
public struct Observation: Sendable {
  /// The values that fill the placeholders of the prose, by name.
  public var values: [String: Value]
  /// The numbers of the picture as tables: for the terminal and for files.
  public var tables: [DataTable]
  public var picture: Picture

  public init(values: [String: Value], tables: [DataTable] = [], picture: Picture) {
    self.values = values
    self.tables = tables
    self.picture = picture
  }
}

/// A picture before its size, colours and language are chosen.
public struct Picture: Sendable {
  /// What the picture claims, in at most 60 characters.
  public var title: @Sendable (Words) -> String
  /// What a reader who cannot see the picture needs: kind, shape, extremes and what follows.
  public var alternativeText: @Sendable (Words) -> String
  /// Draws the picture below its title.
  public var draw: @Sendable (_ canvas: inout Canvas, _ frame: Rectangle) -> Void

  public init(
    title: @escaping @Sendable (Words) -> String,
    alternativeText: @escaping @Sendable (Words) -> String,
    draw: @escaping @Sendable (inout Canvas, Rectangle) -> Void
  ) {
    self.title = title
    self.alternativeText = alternativeText
    self.draw = draw
  }
}

/// A table of what a picture shows.
public struct DataTable: Sendable {
  /// A name made of lower-case words and hyphens, unique in its observation.
  public var id: String
  public var title: Phrase
  /// The heading of each column; empty for a plain matrix.
  public var columns: [Phrase]
  /// The heading of each row; empty where rows have none.
  public var rowLabels: [Phrase]
  public var rows: [[Cell]]

  public init(
    id: String, title: Phrase, columns: [Phrase] = [], rowLabels: [Phrase] = [], rows: [[Cell]]
  ) {
    self.id = id
    self.title = title
    self.columns = columns
    self.rowLabels = rowLabels
    self.rows = rows
  }

  /// One value of a table, with the colour behind it.
  public struct Cell: Sendable, Equatable {
    public var value: Value
    public var shade: Shade

    public init(_ value: Value, shade: Shade = .none) {
      self.value = value
      self.shade = shade
    }
  }

  /// The colour behind a value.
  public enum Shade: Sendable, Equatable {
    case none
    /// A place on the scale of signed values, from -1 to 1.
    case signed(Double)
    /// A place on the scale of magnitudes, from 0 to 1.
    case magnitude(Double)
    case valueClass(ValueClass)
    case role(Role)
  }
}
