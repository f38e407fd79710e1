import Glibc
import Primitives

/// How many wrong tokens an address may show, and how long it waits after that.
///
/// A token of 64 random bits is not found by trying; this keeps those who try from filling the log and the processor, and
/// tells somebody with an old token that it is one.
public struct WrongTokenLimit: Sendable, Equatable {
  /// Wrong tokens within `windowSeconds` that are answered with 401. Default 10.
  public var count = 10
  /// The time in which they are counted, in seconds. Default 60.
  public var windowSeconds = 60.0
  /// The time for which an address that shows one more is answered with 429, whatever its tokens, in seconds. Default 60.
  public var pauseSeconds = 60.0
  /// Addresses that are remembered; of more, those that were seen longest ago are forgotten. Default 1024.
  public var addressLimit = 1024

  /// The defaults.
  public init() {}
}

/// Which addresses have shown wrong tokens lately; bounded, whatever strangers send.
final class WrongTokens: Sendable {
  private struct Record: Sendable {
    /// When wrong tokens came, oldest first; never more than the limit.
    var times: [Double] = []
    /// Until when everything is refused; in the past when nothing is.
    var pausedUntil = -Double.infinity
    /// When the last wrong token came.
    var last: Double
  }

  private let limit: WrongTokenLimit
  private let now: @Sendable () -> Double
  private let records = Lock<[String: Record]>([:])

  /// - Parameter now: seconds from any fixed point, never going back.
  init(limit: WrongTokenLimit, now: @escaping @Sendable () -> Double) {
    self.limit = limit
    self.now = now
  }

  /// How long an address must still wait, in whole seconds of at least 1; nil when it need not.
  func secondsToWait(for address: String) -> Int? {
    let (time, key) = (now(), Self.key(address))
    return records.withLock { $0[key].flatMap { Self.secondsLeft($0, at: time) } }
  }

  /// Counts a wrong token; returns how long its address must wait when it was one too many, else nil.
  func count(from address: String) -> Int? {
    let (time, key) = (now(), Self.key(address))
    return records.withLock { records in
      var record = records[key] ?? Record(last: time)
      record.times.removeAll { time - $0 >= limit.windowSeconds }
      if record.times.count < limit.count {
        record.times.append(time)
      } else {
        record.times = []
        record.pausedUntil = time + limit.pauseSeconds
      }
      record.last = time
      if records[key] == nil, records.count >= limit.addressLimit { makeRoom(in: &records, at: time) }
      records[key] = record
      return Self.secondsLeft(record, at: time)
    }
  }

  /// Addresses that are remembered.
  var addressCount: Int { records.withLock { $0.count } }

  /// Forgets the addresses that no longer matter, and if there are none the one that was seen longest ago.
  private func makeRoom(in records: inout [String: Record], at time: Double) {
    records = records.filter { time < max($0.value.pausedUntil, $0.value.last + limit.windowSeconds) }
    guard records.count >= limit.addressLimit, let oldest = records.min(by: { $0.value.last < $1.value.last }) else {
      return
    }
    records[oldest.key] = nil
  }

  private static func secondsLeft(_ record: Record, at time: Double) -> Int? {
    let left = record.pausedUntil - time
    return left > 0 ? Int(left.rounded(.up)) : nil
  }

  /// What counts as one address: of IPv6 the first 64 bits, since whoever has one of them has all.
  static func key(_ address: String) -> String {
    var bytes = in6_addr()
    guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
    let network = withUnsafeBytes(of: bytes) { Array($0.prefix(8)) }
    // ::1 and addresses of IPv4 in the form of IPv6 (::ffff:192.0.2.1) have nothing but zeros there.
    guard network.contains(where: { $0 != 0 }) else { return address }
    return network.map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
  }
}
