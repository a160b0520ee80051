internal import FoundationEssentials
public import Experiments

/// The results of training that came with the lessons.
public enum ShippedRecords {
  /// The records of experiments, by their keys; those that did not come with the lessons are missing.
  public static func of(_ experiments: [any Experiment]) throws -> [String: ExperimentRecord] {
    let files = try files.get()
    var records: [String: ExperimentRecord] = [:]
    for experiment in experiments {
      records[experiment.key] =
        files.lazy.compactMap {
          $0.record(of: experiment, base: $0.base)
        }.first
    }
    return records
  }

  private static let files = Result {
    let folder = repositoryRoot + "/Lessons/Data/results"
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    return try names.filter { $0.hasSuffix(".json") }.map {
      try RecordFile(
        parsing: Array(FileManager.default.contents(atPath: folder + "/" + $0) ?? .init()))
    }
  }
}
