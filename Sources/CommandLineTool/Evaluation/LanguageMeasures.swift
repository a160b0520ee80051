internal import Models
internal import Training

#if canImport(Glibc)
  internal import Glibc
#endif

/// How well a transformer predicts sequences.
enum LanguageMeasures {
  /// The sequences that go through the model together.
  private static let batch = 32

  /// The mean loss a labelled token, and the perplexity.
  ///
  /// - Throws: `TrainingError` or `ModelError` for sequences that do not suit the model.
  static func of(_ model: Transformer, _ examples: LanguageExamples) throws -> [Measure] {
    let loss = Double(try Validation(model, examples: examples, batchSize: batch).loss())
    return [Measure(kind: .loss, value: loss), Measure(kind: .perplexity, value: exp(loss))]
  }
}
