internal import Training

extension TrainingConfiguration {
  /// The settings of the short trainings of lessons: AdamW with a short warm-up and a cosine down to 0, on
  /// examples in their own order.
  static func short(steps: Int, learningRate: Double) -> TrainingConfiguration {
    TrainingConfiguration(
      steps: steps, learningRate: learningRate, optimizer: .adamW(weightDecay: 0.01),
      schedule: LearningRateSchedule(.cosine, warmUpSteps: min(20, steps / 10)), clip: 1,
      shuffleSeed: nil)
  }
}
