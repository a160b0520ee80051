internal import Course
internal import Demonstrations

extension LessonSession {
  /// A session with the options of a command.
  convenience init(
    lesson: Lesson, options: RunOptions, weights: NamedWeights?, records: TrainedRecords,
    _ tool: Tool
  ) {
    self.init(
      lesson: lesson, demonstrations: tool.demonstrations,
      options: SessionOptions(
        settings: options.settings, seed: options.seed, weights: weights,
        isQuick: options.isQuick),
      readWeights: { path, tensor, slice in
        try NamedWeights(path: path, tensor: tensor, slice: slice)
      }, records: records.callAsFunction)
  }
}
