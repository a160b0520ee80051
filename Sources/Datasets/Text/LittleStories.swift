internal import LinearAlgebra

/// Little stories in simple sentences, for a model that learns to write letter by letter.
///
/// A story has someone who looks for a thing, meets somebody, and finds it or not. Who it is and what is
/// looked for stay the same through a story, so that there is something to learn beyond spelling.
public struct LittleStories: Equatable, Sendable {
  public enum Language: String, CaseIterable, Sendable {
    case english, spanish
  }

  public var language: Language
  /// How many stories there are.
  public var count: Int

  public init(_ language: Language, count: Int = 600) {
    self.language = language
    self.count = count
  }

  /// The stories of a seed, with an empty line between two of them.
  ///
  /// - Throws: `setting`.
  public func make(seed: UInt64) throws(DatasetError) -> String {
    guard (1...100_000).contains(count) else {
      throw .setting(name: "the number of stories", value: "\(count)", allowed: "from 1 to 100000")
    }
    var generator = RandomGenerator(seed: seed, stream: Stream.train)
    return (0..<count).map { _ in story(&generator) }.joined(separator: "\n")
  }

  private func story(_ generator: inout RandomGenerator) -> String {
    func one(_ words: [String]) -> String { words[generator.nextIndex(below: words.count)] }
    let isFound = generator.nextIndex(below: 3) > 0
    switch language {
    case .english:
      let who = one(["the cat", "the fox", "the owl", "the bear", "the girl", "the old man"])
      let thing = one(["a red ball", "the lost key", "a warm bed", "the moon", "a small boat"])
      let friend = one(["a mouse", "a frog", "a bird", "a tall tree", "the wind"])
      let place = one(["by the river", "in the garden", "under the bridge", "on the hill"])
      return """
        One \(one(["cold", "sunny", "quiet", "rainy"])) \(one(["morning", "evening", "night"])) \
        \(who) went out to look for \(thing).
        \(capitalized(friend)) was sitting \(place). "Have you seen \(thing)?" asked \(who).
        "\(one(["Yes", "No", "Maybe"])), look \(place)," said \(definite(friend)).
        \(isFound
          ? "And \(place) \(who) found \(thing), and went home singing."
          : "But \(thing) was not \(place), and \(who) went home.")

        """
    case .spanish:
      let who = one(["el gato", "el zorro", "el búho", "el oso", "la niña", "el abuelo"])
      let thing = one([
        "una pelota roja", "la llave perdida", "una cama caliente", "la luna", "un barco pequeño",
      ])
      let friend = one(["un ratón", "una rana", "un pájaro", "un árbol alto", "el viento"])
      let place = one(["junto al río", "en el jardín", "bajo el puente", "en la colina"])
      return """
        Una \(one(["mañana", "tarde", "noche"])) \(one(["fría", "tranquila", "clara", "gris"])) \
        \(who) salió a buscar \(thing).
        \(capitalized(friend)) descansaba \(place). «¿Has visto \(thing)?», preguntó \(who).
        «\(one(["Sí", "No", "Quizá"])), mira \(place)», dijo \(definite(friend)).
        \(isFound
          ? "Y \(place) \(who) encontró \(thing), y volvió a casa cantando."
          : "Pero \(thing) no estaba \(place), y \(who) volvió a casa.")

        """
    }
  }

  private func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  /// Someone who was met before: `a mouse` becomes `the mouse`.
  private func definite(_ name: String) -> String {
    for (indefinite, definite) in [("a ", "the "), ("un ", "el "), ("una ", "la ")]
    where name.hasPrefix(indefinite) {
      return definite + name.dropFirst(indefinite.count)
    }
    return name
  }
}
