import Datasets
import Foundation
import Testing

@Suite("The school exam") struct ExamTests {
  private static let subjects = Exercise.Subject.allCases

  @Test("Every answer is right", arguments: subjects)
  func answers(subject: Exercise.Subject) throws {
    let sets = try SchoolExam().exercises(of: subject, train: 100, heldOut: 60, seed: 1)
    for exercise in sets.train + sets.heldOut {
      let parts = exercise.answer.split(separator: "r").compactMap { Int($0) }
      let (left, right) = (exercise.left, exercise.right)
      #expect(exercise.prompt == "\(left)\(subject.sign)\(right)=")
      switch subject {
      case .addition: #expect(parts == [left + right])
      case .subtraction: #expect(parts == [left - right] && left >= right)
      case .multiplication: #expect(parts == [left * right])
      case .division:
        #expect(parts.count == 2 && parts[0] * right + parts[1] == left && parts[1] < right)
      }
    }
  }

  @Test("The exercise of the course is written as it is there")
  func example() throws {
    var exam = SchoolExam()
    exam.ranges[.division] = ExerciseRange(left: 97...97, right: 4...4)
    let sets = try exam.exercises(of: .division, heldOut: 0, seed: 1)
    #expect(sets.train.map { $0.prompt + $0.answer } == ["97/4=24r1"])
  }

  @Test("No exercise comes twice, in one set or in both", arguments: subjects, [nil, 100])
  func noDuplicates(subject: Exercise.Subject, train: Int?) throws {
    let sets = try SchoolExam().exercises(of: subject, train: train, heldOut: 60, seed: 9)
    #expect(sets.heldOut.count == 60)
    let all = sets.train + sets.heldOut
    #expect(Set(all.map(\.prompt)).count == all.count)
    let counts: [Exercise.Subject: Int] = [
      .addition: 10_000, .subtraction: 5050, .multiplication: 169, .division: 7920,
    ]
    #expect(all.count == train.map { $0 + 60 } ?? counts[subject])
  }

  @Test("Wide ranges are drawn from without listing them, and without duplicates")
  func wideRanges() throws {
    let range = ExerciseRange(left: 0...1_000_000, right: 1...1_000_000)
    let exam = SchoolExam(ranges: [.subtraction: range, .division: range])
    for subject in [Exercise.Subject.subtraction, .division] {
      let sets = try exam.exercises(of: subject, train: 1000, heldOut: 500, seed: 4)
      #expect(Set(sets.train + sets.heldOut).count == 1500)
      // Both numbers come from the whole range.
      #expect(
        sets.train.contains { $0.left > 800_000 } && sets.train.contains { $0.right > 400_000 })
    }
  }

  @Test(
    "The same seed gives the same exercises, and more to learn from do not move the held-out ones")
  func seeds() throws {
    let exam = SchoolExam()
    let one = try exam.exercises(of: .addition, train: 100, heldOut: 50, seed: 1)
    #expect(try exam.exercises(of: .addition, train: 100, heldOut: 50, seed: 1) == one)
    #expect(try exam.exercises(of: .addition, train: 100, heldOut: 50, seed: 2) != one)
    let more = try exam.exercises(of: .addition, train: 900, heldOut: 50, seed: 1)
    #expect(more.heldOut == one.heldOut)
    #expect(Array(more.train.prefix(100)) == one.train)
  }

  @Test("These exercises come of seed 1, today and tomorrow")
  func fixedSequence() throws {
    let sets = try SchoolExam().exercises(of: .division, train: 3, heldOut: 2, seed: 1)
    #expect(
      (sets.heldOut + sets.train).map { $0.prompt + $0.answer } == [
        "316/9=35r1", "588/2=294r0", "118/8=14r6", "882/7=126r0", "85/5=17r0",
      ])
  }

  @Test("Sequences hold the whole exercise, and labels only its answer and end")
  func sequences() throws {
    var exam = SchoolExam()
    exam.ranges[.division] = ExerciseRange(left: 97...97, right: 4...4)
    let exercises = try exam.exercises(of: .division, heldOut: 0, seed: 1).train
    let sequences = try exam.sequences(of: exercises, length: 12)
    let tokens = try CharacterTokenizer.exam.tokens(of: "97/4=24r1").map(Int32.init)
    #expect(sequences.count == 1)
    #expect(Array(sequences.tokens(at: 0)) == [1] + tokens + [2, 0])
    let ignored = TokenSequences.ignored
    #expect(
      Array(sequences.labels(at: 0))
        == Array(repeating: ignored, count: 6) + tokens[5...] + [2, ignored])
    #expect(sequences.labelCount == 5)
    #expect(
      message { try exam.sequences(of: exercises, length: 10) }
        == "the length is 10, and it has to be at least 11 for “97/4=24r1”")
    #expect(
      message { try exam.sequences(of: exercises, length: -1) }
        == "the length is -1, and it has to be from 3 to 1048576")
  }

  @Test("The longest sequence holds every exercise, and one is as long", arguments: subjects)
  func longest(subject: Exercise.Subject) throws {
    let exam = SchoolExam()
    let sets = try exam.exercises(of: subject, heldOut: 0, seed: 1)
    let longest = sets.train.map { $0.prompt.count + $0.answer.count + 2 }.max()
    #expect(exam.longestSequence(of: [subject]) == longest)
    #expect(exam.longestSequence() == 13)
    let sequences = try exam.sequences(of: sets.train)
    #expect(sequences.length == 13)
    #expect(sequences.count == sets.train.count)
  }

  @Test("More exercises than there are, and ranges without any, are refused")
  func impossible() {
    func exam(
      _ left: ClosedRange<Int>, _ right: ClosedRange<Int>, _ subject: Exercise.Subject
    ) -> SchoolExam {
      SchoolExam(ranges: [subject: ExerciseRange(left: left, right: right)])
    }
    #expect(
      message {
        try exam(0...3, 0...3, .subtraction).exercises(
          of: .subtraction, train: 9, heldOut: 2, seed: 1)
      }
        == "11 different exercises of subtraction were asked for, and there are 10; widen the ranges "
        + "or ask for fewer")
    #expect(
      message { try SchoolExam().exercises(of: .addition, train: .max, heldOut: 1, seed: 1) }
        .hasPrefix("9223372036854775807 different exercises"))
    #expect(
      message { try SchoolExam().exercises(of: .addition, train: -1, heldOut: 1, seed: 1) }
        == "the number of exercises is -1, and it has to be 0 or more")
    #expect(
      message { try exam(0...9, 0...9, .division).exercises(of: .division, heldOut: 1, seed: 1) }
        == "the range of the second number for division is 0 to 9, and it has to be between 1 and "
        + "1000000")
    #expect(
      message {
        try exam(Int.min...Int.max, 0...9, .addition).exercises(of: .addition, heldOut: 1, seed: 1)
      }
      .hasPrefix("the range of the first number for addition"))
    #expect(exam(Int.min...Int.max, 1...9, .multiplication).longestSequence() > 0)
    let wide = ExerciseRange(left: 0...1_000_000, right: 0...1_000_000)
    #expect(
      message {
        try SchoolExam(ranges: [.addition: wide]).exercises(of: .addition, heldOut: 1, seed: 1)
      }.hasPrefix("the number of exercises is 1000002000001, and it has to be up to 1048576"))
  }

  @Test("Settings are stored with the same bytes every time, and read back")
  func stored() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let range = ExerciseRange(left: 1...2, right: 3...4)
    let exam = SchoolExam(ranges: [.division: range, .addition: range])
    let data = try encoder.encode(exam)
    #expect(try JSONDecoder().decode(SchoolExam.self, from: data) == exam)
    #expect(
      String(decoding: data, as: UTF8.self).hasPrefix(
        #"{"ranges":{"addition":{"left":[1,2],"right":[3,4]},"division":{"#))
  }
}

@Suite("The marks of the exam") struct ExamScoreTests {
  private let exercise: Exercise

  init() throws {
    let range = ExerciseRange(left: 97...97, right: 4...4)
    exercise = try SchoolExam(ranges: [.division: range])
      .exercises(of: .division, heldOut: 0, seed: 1).train[0]
  }

  @Test(
    "Only the exact answer is right",
    arguments: [
      ("24r1", true), ("24", false), ("24r1 ", false), (" 24r1", false), ("024r1", false),
      ("24r01", false), ("24r12", false), ("", false), ("24R1", false), ("２4r1", false),
    ])
  func exact(answer: String, isRight: Bool) {
    var score = ExamScore()
    score.count(answer, of: exercise)
    #expect(score.right == (isRight ? 1 : 0))
    #expect(score.total == 1)
  }

  @Test("Generated tokens count up to their end, and need one")
  func generated() throws {
    let answer = try CharacterTokenizer.exam.tokens(of: "24r1")
    let cases: [([Int], Bool)] = [
      (answer + [2], true), (answer + [2, 5, 5, 0], true), (answer, false),
      (answer + [0, 0], false),
      ([0] + answer + [2], false), (answer + [0, 2], false), ([2], false), ([], false),
      (answer + [999, 2], false),
    ]
    for (tokens, isRight) in cases {
      var score = ExamScore()
      score.count(generated: tokens, of: exercise)
      #expect(score.right == (isRight ? 1 : 0), "\(tokens)")
      #expect(score.total == 1)
    }
  }

  @Test("Scores add up, by subject")
  func bySubject() throws {
    let exam = SchoolExam()
    var answers: [(exercise: Exercise, answer: String)] = []
    for subject in [Exercise.Subject.division, .addition] {
      for (index, exercise) in try exam.exercises(of: subject, train: 4, heldOut: 0, seed: 1).train
        .enumerated()
      {
        let isRight = index < (subject == .addition ? 3 : 1)
        answers.append((exercise, isRight ? exercise.answer : "x"))
      }
    }
    let scores = ExamScore.bySubject(answers)
    #expect(scores.map(\.subject) == [.addition, .division])
    #expect(scores.map(\.score.share) == [0.75, 0.25])
    #expect((scores[0].score + scores[1].score).share == 0.5)
    #expect(ExamScore().share == 0)
  }
}
