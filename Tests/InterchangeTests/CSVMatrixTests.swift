import Interchange
import LinearAlgebra
import Testing

@Suite("Tables of numbers as text")
struct CSVMatrixTests {
  @Test(
    "separators, decimal commas, line ends, comments and marks",
    arguments: [
      "1,2.5,-3e2\n4,5,6\n",
      "1;2.5;-3e2\n4;5;6",
      "1;2,5;-3e2\n4;5,0;6,0\n",
      "1\t2.5\t-300\n4\t5\t6\n",
      "1\t2,5\t-300\n4\t5\t6\n",
      "1 2.5  -300\n 4 5 6 \n",
      "\u{feff}1,2.5,-300\r\n4,5,6\r\n",
      "1,2.5,-300\r4,5,6\r",
      "\n# three by two\n  \n1 , 2.5 ,\t-300\n\n# the end\n4, 5, 6\n\n",
      "\"1\",\"2.5\",\"-300\"\n4,\"5\",6\n",
      "+1,2.5,-300.\n4,5,6.0e+0",
    ])
  func spellings(text: String) throws {
    try withFile(Array(text.utf8), named: "w.csv") { path in
      let weights = try WeightsFile.load(path: path)
      #expect(weights.matrix == Matrix(rows: 2, columns: 3, values: [1, 2.5, -300, 4, 5, 6]))
      #expect(weights.name == "w" && weights.storedType == "text")
    }
  }

  @Test("a first line without numbers gives names")
  func names() throws {
    try withFile(Array("first,\"second, with comma\",\"\"\"\"\n1,2,3\n".utf8)) { path in
      let table = try CSVMatrix(path: path)
      #expect(table.columnNames == ["first", "second, with comma", "\""])
      #expect(table.matrix.values == [1, 2, 3])
      #expect(table.lines == [2])
    }
    try withFile(Array("1\n2\n".utf8)) { path in
      let table = try CSVMatrix(path: path)
      #expect(table.columnNames == nil)
      #expect(table.matrix == Matrix(rows: 2, columns: 1, values: [1, 2]))
    }
  }

  @Test("numbers are rounded once, to single precision")
  func rounding() throws {
    // Just above the middle of two neighbours; rounding to double precision first would lose it.
    try withFile(Array("1.000000059604644775390626,1e-45,1e-60,-0\n".utf8)) { path in
      let values = try CSVMatrix(path: path).matrix.values
      #expect(values.map(\.bitPattern) == [0x3f80_0001, 1, 0, 0x8000_0000])
    }
  }

  @Test(
    "a mistake has its line and column",
    arguments: [
      ("1,2\n3,x\n", "line 2, column 2: “x” is not a number"),
      ("# c\n\na,b\n1,2\n3,\n", "line 5, column 2: the cell is empty"),
      ("1,2\n3\n", "line 2: the row has 1 cell instead of 2"),
      ("1,2\n3,4,5\n", "line 2: the row has 3 cells instead of 2"),
      ("a,b\n1,2,3\n", "line 2: the row has 3 cells instead of 2"),
      ("a,1\n1,2\n", "line 1, column 1: “a” is not a number"),
      (",1\n1,2\n", "line 1, column 1: the cell is empty"),
      ("1;2,5\n1.234,5;2\n", "line 2, column 1: “1.234,5” is not a number"),
      ("1,2\n0x10,2\n", "line 2, column 1: “0x10” is not a number"),
      ("1,2\n1_000,2\n", "line 2, column 1: “1_000” is not a number"),
      ("1,2\n1 2,3\n", "line 2, column 1: “1 2” is not a number"),
      ("1,2\n--1,3\n", "line 2, column 1: “--1” is not a number"),
      ("1,2\n1e,3\n", "line 2, column 1: “1e” is not a number"),
      ("1,2\n3,1e39\n", "line 2, column 2: “1e39” is too large for single precision"),
      ("1,2\n3,nan\n", "line 2, column 2: NaN is not a finite number, as weights must be"),
      ("1,2\n\n-Infinity,3\n", "line 3, column 1: -inf is not a finite number, as weights must be"),
      ("1,\"2\n3,4\n", "line 1, column 2: a quotation mark is not closed on its line"),
      ("a,b\n", "line 1: the file has no numbers"),
      ("\n# nothing\n", "line 2: the file has no numbers"),
      ("\u{feff}", "line 1: the file has no numbers"),
      ("1,\u{1b}[2J\n", "line 1, column 2: “\\u{1b}[2J” is not a number"),
      ("1\0,2\n", "line 1: the text is not UTF-8 but UTF-16 or UTF-32; save it as UTF-8"),
    ])
  func mistakes(text: String, sentence: String) throws {
    try withFile(Array(text.utf8), named: "x.csv") { path in
      let error = try #require(interchangeError { try WeightsFile.load(path: path) })
      #expect(error.description == "\(path): \(sentence)")
      #expect(error.category == .invalidContents)
    }
  }

  @Test("a part of a table is read, and only that part must be finite")
  func slices() throws {
    try withFile(Array("1,2,3\n4,5,6\n7,8,nan\n".utf8), named: "w.csv") { path in
      let weights = try WeightsFile.load(path: path, slice: "1:,:2")
      #expect(weights.matrix == Matrix(rows: 2, columns: 2, values: [4, 5, 7, 8]))
      #expect(weights.rows == 1..<3 && weights.columns == 0..<2)
      #expect(
        interchangeError { try WeightsFile.load(path: path, slice: "2") }
          == .csv(file: path, line: 3, column: 3, .notFinite("NaN")))
      #expect(try WeightsFile.load(path: path, nonFinite: .count).nonFiniteCount == 1)
    }
  }
}
