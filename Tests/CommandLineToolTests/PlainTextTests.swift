import TestSupport
import Testing

@Suite("A lesson as plain text") struct PlainTextTests {
  private func text(_ language: String, _ more: String = "") throws -> String {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    let result = run(
      "run tiny --lessons Lessons --format svg --lang \(language) \(more)", in: folder)
    #expect(result.code == 0)
    return result.output
  }

  @Test("has question, answer, table, figure, prose and command in their order")
  func spanish() throws {
    let expected = """
      Diminuta
      Dos pasos.

      1/2 Cuatro números
      ──────────────────

      Hay 4 números.

      ▸ Antes de ver
        ¿Cuántos en cada grupo?

        Pista: Son 2 grupos.

        Respuesta: 2

      los pesos
       1,00  2,00
       3,00  4,00

      grupos y valor que se guarda
       grupo  se guarda  pesos
           0       1,50  1,00  2,00
           1       3,50  3,00  4,00

      Figura: Output/tiny/es/slide-light/01-four.svg

      Quedan dos.

      Algún color se pierde.

      Para repetirlo: lora-lessons run tiny --step four --lang es --lessons Lessons
      """
    let text = try text("es")
    #expect(String(text.prefix(expected.count)) == expected)
    #expect(!text.contains("Ningún color se pierde"))
    #expect(!text.contains("Esto no se enseña"))
  }

  @Test("is the same lesson in English from its first line to its last")
  func english() throws {
    #expect(
      try text("en") == """
        Tiny
        Two steps.

        1/2 Four numbers
        ────────────────

        There are 4 numbers.

        ▸ Before you look
          How many in each group?

          Hint: There are 2 groups.

          Answer: 2

        the weights
         1.00  2.00
         3.00  4.00

        groups and value kept
         group  kept  weights
             0  1.50  1.00  2.00
             1  3.50  3.00  4.00

        Figure: Output/tiny/en/slide-light/01-four.svg

        Two remain.

        Some colour is lost.

        Make it again: lora-lessons run tiny --step four --lang en --lessons Lessons

        2/2 The curve
        ─────────────

        It has 16 levels.

        the sixteen levels
         code  bits  quantile    level
            0  0000   −1.8481  −1.0000
            1  0001   −1.2867  −0.6962
            2  0010   −0.9704  −0.5251
            3  0011   −0.7299  −0.3949
            4  0100   −0.5257  −0.2844
            5  0101   −0.3415  −0.1848
            6  0110   −0.1683  −0.0911
            7  0111    0.0000   0.0000
            8  1000    0.1471   0.0796
            9  1001    0.2974   0.1609
           10  1010    0.4548   0.2461
           11  1011    0.6245   0.3379
           12  1100    0.8145   0.4407
           13  1101    1.0398   0.5626
           14  1110    1.3361   0.7230
           15  1111    1.8481   1.0000

        Figure: Output/tiny/en/slide-light/02-curve.svg

        Make it again: lora-lessons run tiny --step curve --lang en --lessons Lessons

        ▸ Question
          How many are negative?

          1) Eight.
          2) Seven.

          Answer: 2
          ✗ 1) Those are the positive ones.
          ✓ 2) And then there is zero.

        The figures are in Output/tiny/en/slide-light

        """)
  }

  @Test("shows the options of a quiz by number, and why each is right or wrong")
  func quiz() throws {
    let text = try text("en", "--step 2")
    #expect(
      text.hasSuffix(
        """
        ▸ Question
          How many are negative?

          1) Eight.
          2) Seven.

          Answer: 2
          ✗ 1) Those are the positive ones.
          ✓ 2) And then there is zero.

        The figures are in Output/tiny/en/slide-light

        """))
  }

  @Test("writes decimals as asked")
  func decimals() throws {
    #expect(try text("es", "--decimal point").contains(" 1.00  2.00"))
    #expect(try text("en", "--decimal comma").contains(" 1,00  2,00"))
  }

  @Test("is nothing but paths when quiet")
  func quiet() throws {
    let output = try text("es", "--quiet")
    #expect(
      output == """
        Output/tiny/es/slide-light/01-four.svg
        Output/tiny/es/slide-light/02-curve.svg
        Output/tiny/manifest.json

        """)
  }

  @Test("is values, settings and files as JSON when asked")
  func json() throws {
    let output = try text("es", "--json --set levels=4")
    for part in [
      "\"lesson\": \"tiny\"", "\"language\": \"es\"", "\"levels\": 4",
      "\"number\": 4", "\"alternativeText\": \"A la izquierda",
      "\"Output/tiny/es/slide-light/01-four.svg\"",
    ] {
      #expect(output.contains(part), "\(part)")
    }
  }

  @Test("takes the reader's weights where a step accepts them")
  func weights() throws {
    let folder = try TemporaryFolder()
    try writeTinyLesson(to: folder)
    try folder.write("1,2,3,4,5,6\n", to: "six.csv")
    let result = run(
      "run tiny --lessons Lessons --format svg --lang en --weights six.csv", in: folder)
    #expect(result.output.contains("There are 6 numbers."))
    #expect(result.output.contains("--weights six.csv"))
    let refused = run("run tiny --lessons Lessons --step curve --weights six.csv", in: folder)
    #expect(refused.code == 64)
  }
}
