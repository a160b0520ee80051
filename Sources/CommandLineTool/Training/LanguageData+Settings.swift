internal import Course
internal import Datasets
internal import Experiments

extension LanguageData {
  /// What a transformer learns, as the settings say; the same ones give the same, so that what was held out
  /// in training is held out whenever the model is asked again.
  ///
  /// - Parameters:
  ///   - settings: Those of a transformer.
  ///   - tokenizer: The vocabulary of the base; nothing for that of the data.
  ///   - length: The most tokens of a window of text.
  ///   - tool: Where files are.
  /// - Throws: `DatasetError` with the lines that are wrong.
  init(
    _ settings: TrainingSettings, tokenizer: CharacterTokenizer?, length: Int, _ tool: Tool
  ) throws(DatasetError) {
    let setsApart = settings.validateEvery != nil
    switch settings.source {
    case .file(let path) where settings.source.isText:
      try self.init(
        text: TextFile(path: Paths.joined(tool.workingDirectory, path)).text, path: path,
        tokenizer: tokenizer, length: length, setsApart: setsApart)
    case .file(let path):
      try self.init(
        path: Paths.joined(tool.workingDirectory, path), tokenizer: tokenizer,
        seed: settings.seed, setsApart: setsApart)
    case .stories(let language):
      // Always the same stories, so that the seed moves the training alone.
      try self.init(
        text: LittleStories(language).make(seed: 0), path: settings.source.name,
        tokenizer: tokenizer, length: length, setsApart: setsApart)
    case .exam, .moons, .turnedMoons, .spirals, .knownRank:
      try self.init(exam: settings.subjects, setsApart: setsApart)
    }
  }
}
