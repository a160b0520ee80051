extension Registry {
  static let overfitting: [any Demonstration] = [
    KnownRankGap(), KnownRankElbow(), KnownRankSpectrum(), KnownRankExamples(), ExamReportCard(),
    ExamCurves(), ExamRates(), ExamMap(), ExamRemedies(), AdapterRemoval(), OverfittingVerdict(),
  ]
}
