import Primitives
import RunStore

/// A run's metrics as CSV, piece by piece: `key,step,time,value`, by key, then step.
///
/// No transaction is held between pieces: a slow client must not keep the write-ahead log from being emptied.
final class MetricExport: Sendable {
  private enum Position {
    case beginning
    case after(MetricExportPosition)
    case end
  }

  private static let rowsOfPiece = 2000

  private let store: Store
  private let run: ULID
  private let keys: Set<String>?
  private let position = Lock(Position.beginning)

  /// - Parameter keys: only these metrics; nil for all.
  init(store: Store, run: ULID, keys: Set<String>? = nil) {
    self.store = store
    self.run = run
    self.keys = keys
  }

  /// The next piece, nil after the last. Called by one thread after another.
  func next() throws -> [UInt8]? {
    var after: MetricExportPosition?
    var text: [UInt8] = []
    switch position.withLock({ $0 }) {
    case .beginning: text += "key,step,time,value\n".utf8
    case .after(let position): after = position
    case .end: return nil
    }
    let (rows, next) = try store.metricExport(of: run, keys: keys, after: after, limit: Self.rowsOfPiece)
    for row in rows {
      text += "\(Self.quoted(row.key)),\(row.point.step),\(row.point.time.rfc3339),\(row.point.value)\n".utf8
    }
    position.withLock { $0 = next.map { .after($0) } ?? .end }
    return text
  }

  /// A field of RFC 4180.
  static func quoted(_ field: String) -> String {
    let isPlain = field.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
    return isPlain ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
