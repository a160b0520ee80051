public import Drawing

/// A claim of the article that the course starts from, in words of the course.
public struct ArticleClaim: Sendable {
  /// Such as `C7`, as lesson files call it.
  public let id: String
  public let sentence: Phrase

  private init(_ id: String, es spanish: String, en english: String) {
    self.id = id
    sentence = Phrase(es: spanish, en: english)
  }

  /// All claims, in the article's order.
  public static let all = [
    ArticleClaim(
      "C1",
      es: "El ajuste fino tradicional mueve todos los parámetros, y eso cuesta tiempo y memoria.",
      en: "Traditional fine-tuning moves every parameter, which costs time and memory."),
    ArticleClaim(
      "C2",
      es: "Puede sobreajustar: quien se atiborra de divisiones olvida el resto de las cuentas.",
      en: "It can overfit: a class that crams divisions forgets the rest of its sums."),
    ArticleClaim(
      "C3", es: "LoRA congela los pesos y entrena a su lado una pequeña matriz de rango bajo.",
      en: "LoRA freezes the weights and trains a small matrix of low rank beside them."),
    ArticleClaim(
      "C4", es: "Es como añadir a la matriz una fila o una columna.",
      en: "It is like adding a row or a column to the matrix."),
    ArticleClaim(
      "C5", es: "Ya entrenada se funde con la original: una sola matriz que no ocupa más.",
      en: "Once trained it merges with the original: one matrix that takes no more room."),
    ArticleClaim(
      "C6",
      es:
        "Menos parámetros, menos sobreajuste, más rapidez, menos memoria; y puede dejar partes fuera.",
      en: "Fewer parameters, less overfitting, more speed, less memory; and it can leave parts out."
    ),
    ArticleClaim(
      "C7", es: "QLoRA acorta los números con NF4: hasta cuatro veces menos, y basta una GPU.",
      en: "QLoRA shortens the numbers with NF4: up to four times smaller, and one GPU is enough."),
    ArticleClaim(
      "C8",
      es: "Doce parámetros de colores se quedan en cuatro: uno verde, dos azules, uno amarillo.",
      en: "Twelve coloured parameters become four: one green, two blue, one yellow."),
    ArticleClaim(
      "C9", es: "El rosa se pierde: es una parte demasiado pequeña para conservarla.",
      en: "The pink one is lost: too small a share to be carried over."),
    ArticleClaim(
      "C10", es: "Lo perdido quizá se recupere al fundir la matriz recién entrenada.",
      en: "What is lost may come back when the newly trained matrix is merged."),
    ArticleClaim(
      "C11",
      es: "QLoRA ocupa menos que LoRA, evita el sobreajuste, conserva la precisión y es rápida.",
      en: "QLoRA takes less than LoRA, avoids overfitting, keeps precision and is fast."),
    ArticleClaim(
      "C12", es: "Se elige según el almacenamiento y los recursos que se tengan.",
      en: "One chooses by the storage and the resources that one has."),
  ]
}
