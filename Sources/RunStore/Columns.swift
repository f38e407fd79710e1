import Foundation
import GRDB
import Primitives

/// How values are written to columns and read back. A column that the store wrote and cannot read is damage, and said so.
enum Columns {
  static func milliseconds(_ time: Date) -> Int64 {
    Int64((time.timeIntervalSince1970 * 1000).rounded())
  }

  static func date(_ milliseconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ text: String, column: String) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw unreadable(column, text)
    }
  }

  static func unreadable(_ column: String, _ text: String) -> DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "column \(column) holds '\(text.prefix(40))'")
  }
}

extension Row {
  func word<Word: RawRepresentable<String>>(_ column: String) throws -> Word {
    let text: String = self[column]
    guard let word = Word(rawValue: text) else { throw Columns.unreadable(column, text) }
    return word
  }

  func time(_ column: String) -> Date {
    Columns.date(self[column])
  }

  func optionalTime(_ column: String) -> Date? {
    (self[column] as Int64?).map(Columns.date)
  }

  func id(_ column: String) -> ULID {
    ULID(stored: self[column])
  }
}

/// A page of a longer list.
public struct Page<Element: Sendable>: Sendable {
  /// In the order of the list.
  public var rows: [Element]
  /// There are rows after the last one.
  public var hasMore: Bool

  /// From one row more than the page holds.
  init(_ fetched: [Element], limit: Int) {
    rows = Array(fetched.prefix(limit))
    hasMore = fetched.count > limit
  }
}

extension Page: Equatable where Element: Equatable {}
