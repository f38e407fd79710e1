import Foundation
import Primitives
import RunStore

extension JSONValue {
  /// RFC 3339, UTC, milliseconds: "2026-11-23T12:41:44.123Z".
  static func time(_ date: Date) -> JSONValue { .string(date.rfc3339) }

  /// A time, or null.
  static func time(_ date: Date?) -> JSONValue { date.map { .time($0) } ?? .null }

  /// An integer.
  static func int(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  /// An integer, or null.
  static func int(_ value: Int?) -> JSONValue { value.map { .int($0) } ?? .null }

  /// A number, or null when there is none or JSON cannot express it.
  static func double(_ value: Double?) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .number(value)
  }

  /// A string, or null.
  static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  /// An identifier.
  static func id(_ id: ULID) -> JSONValue { .string(id.text) }

  /// What a number is that JSON cannot express: "nan", "inf", "-inf"; null for all others.
  static func kind(of value: Double) -> JSONValue {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value > 0 ? "inf" : "-inf" }
    return .null
  }

  /// A page of a list.
  static func page(_ items: [JSONValue], nextCursor: String?) -> JSONValue {
    ["items": .array(items), "next_cursor": .text(nextCursor)]
  }
}

extension Date {
  /// RFC 3339, UTC, milliseconds. Computed by hand: formatters cost a hundred times more.
  var rfc3339: String {
    let milliseconds = Int64((timeIntervalSince1970 * 1000).rounded())
    let day = Int64((Double(milliseconds) / 86_400_000).rounded(.down))
    let rest = Int(milliseconds - day * 86_400_000)
    let (year, month, dayOfMonth) = Self.civil(fromDay: Int(day))
    let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { Self.padded($0, 2) }
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(dayOfMonth, 2))T"
      + clock.joined(separator: ":") + "." + Self.padded(rest % 1000, 3) + "Z"
  }

  /// Year, month and day of a number of days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms").
  private static func civil(fromDay day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
