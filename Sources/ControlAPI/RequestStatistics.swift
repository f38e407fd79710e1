import HTTPServer
import Primitives

/// Requests answered since the daemon started, by route. Routes are templates, so that the number of series is bounded.
final class RequestStatistics: Sendable {
  struct Kind: Hashable, Sendable {
    var route: String
    var method: String
    var status: Int
  }

  struct Totals: Sendable {
    var requests: [Kind: Int] = [:]
    var durations: [String: Histogram] = [:]
    /// Requests that were refused before any handler saw them, by reason.
    var rejected = Dictionary(uniqueKeysWithValues: RequestStatistics.reasons.values.map { ($0, 0) })
  }

  /// Upper bounds of durations, in seconds.
  private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// Why a request was refused, by the status of the reply. A path that fits no route, 404, is no refusal.
  private static let reasons = [
    400: "malformed", 401: "unauthorized", 403: "forbidden", 413: "too_large", 415: "media_type", 421: "host",
    429: "rate", 501: "method", 503: "busy",
  ]

  private let state = Lock(Totals())

  /// Counts one request. What fits no route counts as "none"; a method that HTTP does not know as "other".
  func count(_ summary: RequestSummary) {
    let route = summary.routeTemplate ?? "none"
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    let method = methods.contains(summary.method) ? summary.method : "other"
    state.withLock { totals in
      totals.requests[Kind(route: route, method: method, status: summary.status), default: 0] += 1
      totals.durations[route, default: Histogram(bounds: Self.bounds)].add(summary.seconds)
      // A body of another type is refused at a route, but by no handler either.
      if summary.routeTemplate == nil || summary.status == 415, let reason = Self.reasons[summary.status] {
        totals.rejected[reason, default: 0] += 1
      }
    }
  }

  /// All so far.
  var totals: Totals { state.withLock { $0 } }
}
