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
           0       1,50   1,00  2,00
           1       3,50   3,00  4,00

      Figura: Output/tiny/es/slide-light/01-four.svg

      Quedan dos.

      Algún color se pierde.

      Para repetirlo: lora-lessons run tiny --step four --lang es
      """
    let text = try text("es")
    #expect(String(text.prefix(expected.count)) == expected)
    #expect(!text.contains("Ningún color se pierde"))
    #expect(!text.contains("Esto no se enseña"))
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
