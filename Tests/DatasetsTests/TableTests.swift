import Datasets
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@Suite("A table for a perceptron") struct TableTests {
  private static let flowers = """
    length,species,width
    # measured in May
    5.1,setosa,3.5
    7.0,versicolor,3.2

    6.3,"virginica",3.3
    4.9,setosa,3.0
    """

  @Test("The target becomes classes, all other columns inputs")
  func classes() throws {
    let table = try reading(Self.flowers) { try TableDataset(path: $0, target: "species") }
    #expect(
      table.schema
        == .init(
          features: ["length", "width"], target: "species",
          classes: ["setosa", "versicolor", "virginica"]))
    #expect(
      table.examples
        == Examples(
          inputs: Matrix(rows: 4, columns: 2, values: [5.1, 3.5, 7, 3.2, 6.3, 3.3, 4.9, 3]),
          targets: .classes([0, 1, 2, 0], names: ["setosa", "versicolor", "virginica"])))
    #expect(table.lines == [3, 4, 6, 7])
  }

  @Test("Without a target the last column is it, and numbers stay numbers unless told otherwise")
  func numbers() throws {
    let text = "a;b;y\n1,5;2;0\n3;4;1\n5;6;0\n"
    let table = try reading(text) { try TableDataset(path: $0) }
    #expect(table.schema.classes == nil)
    #expect(table.examples.inputs.values == [1.5, 2, 3, 4, 5, 6])
    #expect(
      table.examples.targets == .numbers(Matrix(rows: 3, columns: 1, values: [0, 1, 0])))
    let classes = try reading(text) { try TableDataset(path: $0, kind: .classes) }
    #expect(classes.examples.targets == .classes([0, 1, 0], names: ["0", "1"]))
  }

  @Test("Another file is read in the way of the first")
  func schema() throws {
    let first = try reading(Self.flowers) { try TableDataset(path: $0, target: "species") }
    let data = try JSONEncoder().encode(first.schema)
    let schema = try JSONDecoder().decode(TableDataset.Schema.self, from: data)
    let second = try reading("width\tnote\tspecies\tlength\n1\tx\tvirginica\t2\n") {
      try TableDataset(path: $0, schema: schema)
    }
    #expect(second.examples.inputs.values == [2, 1])
    #expect(second.examples.labels == [2])
    let unknown = try message(about: Array("length,width,species\n1,2,rosa\n".utf8)) {
      try TableDataset(path: $0, schema: schema)
    }
    #expect(
      unknown == "f:2: column “species”: the class “rosa” is none of “setosa”, “versicolor”, "
        + "“virginica”")
    let missing = try message(about: Array("length,species\n1,setosa\n".utf8)) {
      try TableDataset(path: $0, schema: schema)
    }
    #expect(missing == "f: the column “width” is missing")
  }

  @Test("Bad rows are all reported, each with its line")
  func badRows() throws {
    let text = """
      a,b,y
      1,2,3
      1,2
      x,2,3
      1,,nan
      1,2,3,4
      1,1e39,3
      "1,2,3
      """
    let found = try message(about: Array(text.utf8)) { try TableDataset(path: $0) }
    // Rows of another length or with an open quotation mark hide what their cells mean.
    #expect(
      found.split(separator: "\n") == [
        "f:3: the row has 2 cells instead of 3",
        "f:6: the row has 4 cells instead of 3",
        "f:8: a quotation mark in column 1 is not closed on its line",
      ])
    let cells = try message(about: Array("a,b,y\n1,2,3\nx,2,3\n1,,nan\n1,1e39,3\n".utf8)) {
      try TableDataset(path: $0)
    }
    #expect(
      cells.split(separator: "\n") == [
        "f:3: column “a”: “x” is not a number",
        "f:4: column “b”: the cell is empty",
        "f:4: column “y”: “nan” is not a finite number",
        "f:5: column “b”: “1e39” is too large for single precision",
      ])
  }

  @Test(
    "Hostile tables are refused in one sentence",
    arguments: [
      ("", "f: the file is empty"),
      ("\n# only a comment\n", "f: the file has no examples"),
      ("a,b\n", "f: the file has no examples"),
      ("a\n1\n2\n", "f: the only column is “a”; a target needs at least one more beside it"),
      ("1,2\n3,4\n", "f: the first line has to name the columns, and it has the number “1”"),
      ("a,a\n1,2\n", "f: two columns have the name “a”"),
      ("\"a,b\n1,2\n", "f:1: a quotation mark in column 1 is not closed on its line"),
      ("a,,c\n1,2,3\n", "f: column 2 has no name in the first line"),
      ("a,b\n1,\u{0}\n", "f: byte 6 is a zero, which no text has; the file seems to be binary"),
      ("a,y\n1,x\n2,x\n", "f: every row has the class “x”, so that there is nothing to tell apart"),
      ("a,y\n1,\n2,x\n3,z\n", "f:2: column “y”: the cell is empty"),
      ("a,\u{1b}[2J\n1,2\nx,3\n", "f:3: column “a”: “x” is not a number"),
    ])
  func hostile(text: String, expected: String) throws {
    #expect(try message(about: Array(text.utf8)) { try TableDataset(path: $0) } == expected)
  }

  @Test("Bytes that are no UTF-8, lines without end and too many classes are refused")
  func hostileBytes() throws {
    #expect(
      try message(about: Array("a,y\n1,".utf8) + [0xff, 0x0a]) { try TableDataset(path: $0) }
        == "f:2: the line is not valid UTF-8")
    #expect(
      try message(about: Array("a,y\n".utf8) + Array(repeating: 0x31, count: (1 << 20) + 3)) {
        try TableDataset(path: $0)
      } == "f:2: the line has 1048579 bytes, more than the limit of 1048576")
    let rows = (0..<300).map { "1,k\($0)\n" }.joined()
    #expect(
      try message(about: Array("a,y\n\(rows)".utf8)) { try TableDataset(path: $0) }
        == "f: the target has 300 different values, more than the limit of 256 classes")
  }

  @Test("A column that is not there is answered with a similar one")
  func unknownColumn() throws {
    let found = try message(about: Array(Self.flowers.utf8)) {
      try TableDataset(path: $0, target: "specis")
    }
    #expect(found == "f: there is no column “specis”; did you mean “species”?")
    let other = try message(about: Array(Self.flowers.utf8)) {
      try TableDataset(path: $0, target: "q")
    }
    #expect(other == "f: there is no column “q”; the columns are “length”, “species”, “width”")
  }

  @Test("Standardized columns have mean 0 and deviation 1, and come back")
  func standardization() throws {
    let matrix = Matrix(
      rows: 4, columns: 3, values: [1, 1000, 0.1, 2, 1001, 0.1, 3, 1002, 0.1, 4, 1003, 0.1])
    let standardization = Standardization(of: matrix)
    let result = standardization.standardized(matrix)
    for column in 0..<2 {
      #expect(abs(Statistics.mean(result.column(column))) < 1e-6)
      #expect(abs(Statistics.standardDeviation(result.column(column)) - 1) < 1e-6)
    }
    // A constant column has nothing to say.
    #expect(result.column(2) == [0, 0, 0, 0])
    #expect(standardization.restored(result).relativeError(to: matrix) < 1e-6)
    let data = try JSONEncoder().encode(standardization)
    #expect(try JSONDecoder().decode(Standardization.self, from: data) == standardization)
    let other = standardization.standardized(
      Examples(inputs: matrix, targets: .classes([0, 1, 0, 1], names: ["a", "b"])))
    #expect(other.inputs == result)
    #expect(other.labels == [0, 1, 0, 1])
  }
}
