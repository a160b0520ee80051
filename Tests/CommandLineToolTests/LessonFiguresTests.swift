import CairoRendering
import Charts
@testable import Course
import Demonstrations
import Drawing
import Interchange
import TestSupport
import Testing

@Suite("Figures of all lessons") struct LessonFiguresTests {
  /// Every lesson that the project ships.
  private static let catalogue = Catalogue(folders: [repositoryRoot + "/Lessons"])

  private static func session(_ id: String) throws -> LessonSession {
    LessonSession(
      lesson: try catalogue.lesson(id), demonstrations: Registry.all,
      options: SessionOptions(settings: [:], seed: nil, weights: nil),
      readWeights: { path, tensor, slice in
        let weights = try WeightsFile.load(path: path, tensor: tensor, slice: slice)
        return NamedWeights(name: weights.name, matrix: weights.matrix)
      }, records: ShippedRecords.of)
  }

  @Test(
    "can be read: nothing overlaps, leaves its box or the canvas, is too small or without contrast",
    arguments: catalogue.ids, Language.allCases)
  func layout(lesson: String, language: Language) throws {
    let session = try Self.session(lesson)
    let measurer = try PangoTextMeasurer()
    for step in session.lesson.plan.steps {
      let picture = try session.run(step.id).observation.picture
      for preset in Preset.all {
        for theme in Theme.all {
          let figure = picture.figure(
            id: "\(lesson)-\(step.id)",
            context: FigureContext(
              preset: preset, theme: theme, words: Words(language), measurer: measurer))
          let inspection = FigureInspection(figure: figure, preset: preset)
          // Colours move nothing, so places are looked at once.
          let problems =
            theme == .light
            ? inspection.problems + inspection.contrastProblems : inspection.contrastProblems
          #expect(problems.isEmpty, "\(step.id), \(preset.name), \(theme.name)")
        }
      }
    }
  }

  @Test(
    "can be read with their captions below them, on the same canvas",
    arguments: catalogue.ids, Language.allCases)
  func captions(lesson: String, language: Language) throws {
    let session = try Self.session(lesson)
    let measurer = try PangoTextMeasurer()
    for step in session.lesson.plan.steps {
      let page = try session.page(step.id, words: Words(language))
      for preset in Preset.all {
        let context = FigureContext(
          preset: preset, theme: .dark, words: Words(language), measurer: measurer)
        let figure = page.run.observation.picture.figure(
          id: "\(lesson)-\(step.id)", context: context, caption: page.caption)
        let inspection = FigureInspection(figure: figure, preset: preset)
        let problems = inspection.problems + inspection.contrastProblems
        #expect(problems.isEmpty, "\(step.id), \(preset.name)")
        #expect(figure.size == preset.size)
        let lines = figure.marks.compactMap { mark -> [Mark]? in
          if case .group("caption", let inner) = mark { inner } else { nil }
        }
        #expect(lines.count == 1 && lines[0].count >= 1, "\(step.id), \(preset.name)")
      }
    }
  }

  @Test("are told in words of each language", arguments: catalogue.ids)
  func words(lesson: String) throws {
    let session = try Self.session(lesson)
    for step in session.lesson.plan.steps {
      let picture = try session.run(step.id).observation.picture
      let texts = Language.allCases.map { picture.alternativeText(Words($0)) }
      let titles = Language.allCases.map { picture.title(Words($0)) }
      #expect(texts[0] != texts[1], "\(step.id)")
      #expect(titles[0] != titles[1], "\(step.id)")
    }
  }

  @Test("have a question, a hint or a quiz beside them in every step", arguments: catalogue.ids)
  func questions(lesson: String) throws {
    for text in try Self.catalogue.lesson(lesson).texts {
      for step in text.steps {
        #expect(
          step.directives.contains { $0.text.hasPrefix("predict") || $0.text == "choice" },
          "\(text.language.rawValue) \(step.id)")
      }
    }
  }
}
