import Autograd
import Models
import Testing

@Suite struct TextGeneratorTests {
  private static let prompts: [[Int32]] = [[1, 4], [1, 7, 3], [2], [1, 9, 9, 5], []]

  private func answers(
    batch: Int, length: Int = 8, threads: Int = 1, end: Int32 = -1,
    choice: TextGenerator.Choice = .greedy
  ) throws -> [[Int32]] {
    try TextGenerator(
      TargetTests.model(.frozen), batch: batch, length: length, threads: Threads(count: threads)
    ).continuations(of: Self.prompts, end: end, choice: choice)
  }

  @Test(arguments: [.greedy, .sampling(temperature: 1.5, seed: 3)] as [TextGenerator.Choice])
  func answersDependNeitherOnTheirNeighboursNorOnThreads(_ choice: TextGenerator.Choice) throws {
    let alone = try answers(batch: 1, choice: choice)
    #expect(try answers(batch: 2, choice: choice) == alone)
    #expect(try answers(batch: 8, threads: 3, choice: choice) == alone)
    #expect(alone.map(\.count) == [6, 5, 7, 4, 0])
  }

  @Test func anAnswerEndsWithTheEndToken() throws {
    let whole = try answers(batch: 3)
    let end = try #require(whole[0].last)
    let ended = try answers(batch: 3, end: end)
    for (answer, long) in zip(ended, whole) {
      let place = long.firstIndex(of: end).map { $0 + 1 } ?? long.count
      #expect(answer == Array(long[..<place]))
    }
  }

  @Test func aVeryLowTemperatureChoosesTheLikeliest() throws {
    let cold = TextGenerator.Choice.sampling(temperature: 1e-9, seed: 1)
    #expect(try answers(batch: 2, choice: cold) == answers(batch: 2))
  }

  @Test func aHighTemperatureChoosesOthersWithAnotherSeed() throws {
    let hot = try (0..<4).map { try answers(batch: 2, choice: .sampling(temperature: 5, seed: $0)) }
    #expect(Set(hot).count == 4)
  }
}
