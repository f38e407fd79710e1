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
  }

  private let state = Lock(Totals())

  /// Counts one request. What fits no route counts as "none"; a method that HTTP does not know as "other".
  func count(_ summary: RequestSummary) {
    let route = summary.routeTemplate ?? "none"
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    let method = methods.contains(summary.method) ? summary.method : "other"
    state.withLock { totals in
      totals.requests[Kind(route: route, method: method, status: summary.status), default: 0] += 1
      totals.durations[route, default: Histogram()].add(summary.seconds)
    }
  }

  /// All so far.
  var totals: Totals { state.withLock { $0 } }
}
