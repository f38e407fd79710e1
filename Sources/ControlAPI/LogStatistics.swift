import Logging
import Primitives

/// Messages of the daemon's log since it started, by level, for `/metrics`.
///
///     let statistics = LogStatistics()
///     let logger = Logger(label: "corrflowd") { CountingLogHandler(StreamLogHandler.standardError(label: $0), statistics) }
public final class LogStatistics: Sendable {
  private let counts = Lock(Dictionary(uniqueKeysWithValues: Logger.Level.allCases.map { ($0, 0) }))

  /// Nothing counted yet.
  public init() {}

  /// Messages by level; every level is present.
  public var totals: [Logger.Level: Int] { counts.withLock { $0 } }

  fileprivate func count(_ level: Logger.Level) {
    counts.withLock { $0[level, default: 0] += 1 }
  }
}

/// Counts messages and hands them on.
public struct CountingLogHandler: LogHandler {
  private var handler: any LogHandler
  private let statistics: LogStatistics

  /// - Parameters:
  ///   - handler: writes the messages.
  ///   - statistics: counts them.
  public init(_ handler: any LogHandler, _ statistics: LogStatistics) {
    self.handler = handler
    self.statistics = statistics
  }

  /// The least level that is written.
  public var logLevel: Logger.Level {
    get { handler.logLevel }
    set { handler.logLevel = newValue }
  }

  /// What is written with every message.
  public var metadata: Logger.Metadata {
    get { handler.metadata }
    set { handler.metadata = newValue }
  }

  /// Where further metadata comes from.
  public var metadataProvider: Logger.MetadataProvider? {
    get { handler.metadataProvider }
    set { handler.metadataProvider = newValue }
  }

  /// One value of `metadata`.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { handler[metadataKey: key] }
    set { handler[metadataKey: key] = newValue }
  }

  /// Counts a message and hands it on.
  public func log(event: LogEvent) {
    statistics.count(event.level)
    handler.log(event: event)
  }
}
