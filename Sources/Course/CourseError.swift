/// Why a lesson cannot be found or run.
public enum CourseError: Error, Equatable, CustomStringConvertible {
  /// No folder with lessons was found in these places.
  case noLessonsFolder(searched: [String])
  case notALessonID(String)
  case unknownLesson(String, known: [String])
  case brokenLesson(String, findings: [Diagnostic])
  case unknownStep(String, lesson: String, known: [String])
  case unknownDemonstration(String, lesson: String, step: String)
  case unknownSetting(String, lesson: String, known: [String])
  case noWeightsAccepted(lesson: String)
  case dataOutside(file: String, lesson: String, step: String)
  case missingValue(String, lesson: String, step: String, known: [String])
  case notAFlag(String, lesson: String, step: String)
  case noVerdict(claim: String, lesson: String, step: String, problem: String)

  public var description: String {
    switch self {
    case .noLessonsFolder(let searched):
      "no lessons in \(searched.joined(separator: ", ")): name their folder with --lessons DIR"
    case .notALessonID(let name):
      "“\(name)” is not the name of a lesson: those are lower-case words and hyphens"
        + (name.contains("/") ? "; the folder that holds it goes with --lessons DIR" : "")
    case .unknownLesson(let name, let known):
      "there is no lesson “\(name)”" + hint(name, known)
    case .brokenLesson(let lesson, let findings):
      findings.map(\.description).joined(separator: "\n")
        + "\nthe lesson “\(lesson)” cannot be run before this is put right"
    case .unknownStep(let step, let lesson, let known):
      "\(lesson): there is no step “\(step)”" + hint(step, known)
    case .unknownDemonstration(let name, let lesson, let step):
      "\(lesson), step \(step): there is no demonstration “\(name)”"
    case .unknownSetting(let name, let lesson, let known):
      "\(lesson): nothing can be set by the name “\(name)”" + hint(name, known)
    case .noWeightsAccepted(let lesson):
      "\(lesson): none of these steps works on the reader's weights"
    case .dataOutside(let file, let lesson, let step):
      "\(lesson), step \(step): “\(file)” lies outside the folder of the lessons"
    case .noVerdict(let claim, let lesson, let step, let problem):
      "\(lesson), step \(step): tests the claim \(claim), and \(problem)"
    case .missingValue(let name, let lesson, let step, let known):
      "\(lesson), step \(step): there is no value “\(name)”" + hint(name, known)
    case .notAFlag(let name, let lesson, let step):
      "\(lesson), step \(step): “\(name)” is not a flag"
    }
  }

  private func hint(_ name: String, _ known: [String]) -> String {
    let nearest = Spelling.nearest(to: name, among: known)
    let list = known.isEmpty ? "" : "; there are: \(known.joined(separator: ", "))"
    return (nearest.map { "; did you mean “\($0)”?" } ?? "") + list
  }
}
