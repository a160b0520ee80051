/// What a file says about itself besides its picture.
public struct FigureMetadata: Hashable, Sendable {
  /// The name and version of the software.
  public var software: String
  /// The command that makes the file again.
  public var command: String?
  /// The title of a document; that of its first figure where nothing is given.
  public var title: String?
  /// What the picture is about; the alternative text where nothing is given.
  public var subject: String?
  public var keywords: [String]
  /// Seconds since 1970 in UTC: the date of a PDF, which would otherwise be that of the clock.
  public var timestamp: Int

  /// The first moment of the year 2000, for files that shall not depend on when they are made.
  public static let fixedTimestamp = 946_684_800

  public init(
    software: String, command: String? = nil, title: String? = nil, subject: String? = nil,
    keywords: [String] = [], timestamp: Int = fixedTimestamp
  ) {
    self.software = software
    self.command = command
    self.title = title
    self.subject = subject
    self.keywords = keywords
    self.timestamp = timestamp
  }

  /// The date in the form `2000-01-01T00:00:00Z`.
  var date: String {
    let (days, seconds) = timestamp.quotientAndRemainder(dividingByFloored: 86_400)
    let (year, month, day) = Self.civilDate(daysSince1970: days)
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T"
      + padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":"
      + padded(seconds % 60, 2) + "Z"
  }

  /// The Gregorian date, counted in years that begin in March so that leap days come last.
  private static func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingByFloored: 146_097)
    let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}

extension Int {
  /// The quotient rounded down and the remainder that is never negative.
  fileprivate func quotientAndRemainder(dividingByFloored divisor: Int) -> (Int, Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
