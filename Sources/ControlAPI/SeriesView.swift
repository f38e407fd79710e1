import HTTPServer
import Primitives
import RunStore

/// What a client wants to see of one metric of a run, and how it is put together.
///
/// Buckets are powers of two steps wide and lie at multiples of their width, whatever the window: a view does not flicker
/// when steps are added, two views agree where they overlap, and a spike never vanishes (minimum and maximum are exact).
/// A bucket that the window cuts is shown whole.
struct SeriesView {
  /// How points are put together.
  enum Aggregation: String, CaseIterable {
    /// Minimum, maximum and mean of each bucket.
    case minmax
    /// Every point.
    case none
  }

  /// The metric.
  let key: String
  /// First step wanted.
  let from: Int
  /// Last step wanted; nil for the last recorded.
  let through: Int?
  /// Only what came after this step, in buckets of the same width as the whole view.
  let sinceStep: Int?
  /// Most rows.
  let maxPoints: Int
  let aggregation: Aggregation

  /// Reads `from`, `to`, `since_step`, `max_points` and `agg`.
  ///
  /// - Throws: 422 with every fault.
  init(_ request: HTTPRequest) throws(Problem) {
    var query = QueryReader(request)
    key = request.parameters["key"] ?? ""
    from = query.integer("from", in: 0...Int(Int32.max)) ?? 0
    through = query.integer("to", in: 0...Int(Int32.max))
    sinceStep = query.integer("since_step", in: 0...Int(Int32.max))
    maxPoints = query.integer("max_points", in: 1...10_000) ?? 1000
    aggregation = query.word("agg", of: Aggregation.allCases.map(\.rawValue)).flatMap(Aggregation.init) ?? .minmax
    if let through, through < from { query.fault("to", "must not be less than from") }
    try query.finish()
  }

  /// Names this view of the series as it is: changes with the last step, the attempt (a resume discards steps) and the view.
  func tag(run: RunRow, lastStep: Int) -> EntityTag {
    let view = "\(key)\n\(from) \(through ?? -1) \(sinceStep ?? -1) \(maxPoints) \(aggregation)"
    let digest = EntityTag(contentOf: Array(view.utf8)).description.filter { $0 != "\"" }
    // Jobs end in any order, so that a point may come before the last one; whatever changes the run may have added it.
    let revision = key.contains("/") ? "-\(run.revision)" : ""
    return EntityTag("m\(run.id)-\(lastStep)-\(run.attempt)\(revision)-\(digest)")
  }

  /// Members of the reply.
  func read(_ store: Store, run: ULID, lastStep: Int) throws -> [String: JSONValue] {
    switch aggregation {
    case .minmax: try readBuckets(store, run: run, lastStep: lastStep)
    case .none: try readPoints(store, run: run)
    }
  }

  /// The least power of two with at most `maxPoints` buckets between `from` and `through`.
  static func bucketWidth(from: Int, through: Int, maxPoints: Int) -> Int {
    var width = 1
    while through / width - from / width + 1 > maxPoints { width *= 2 }
    return width
  }

  private func readBuckets(_ store: Store, run: ULID, lastStep: Int) throws -> [String: JSONValue] {
    let last = min(through ?? lastStep, lastStep)
    // Of the whole window, also when only its end is asked for: else the pieces would not fit together.
    let width = Self.bucketWidth(from: from, through: max(from, last), maxPoints: maxPoints)
    let first = max(from, sinceStep.map { $0 + 1 } ?? 0) / width * width
    let range = MetricRange(from: first, through: (last / width + 1) * width - 1)
    let buckets = first > last ? [] : try store.metricBuckets(of: run, key: key, steps: range, width: width)
    return [
      "agg": "minmax", "bucket_width": .int(width),
      "columns": ["step", "mean", "min", "max", "last_step", "count", "kind", "ts"],
      "rows": .array(buckets.map(Self.row)),
    ]
  }

  /// All buckets but those of one point have a first and a last step; `kind` tells of values that JSON cannot express.
  private static func row(_ bucket: MetricBucket) -> JSONValue {
    let extremes = [bucket.maximum, bucket.minimum].compactMap { $0 }
    let kind = bucket.nanCount > 0 ? "nan" : extremes.first(where: \.isInfinite).map { JSONValue.kind(of: $0) } ?? .null
    return [
      .int(bucket.firstStep), .double(bucket.mean), .double(bucket.minimum), .double(bucket.maximum),
      .int(bucket.lastStep), .int(bucket.count), kind, .time(bucket.time),
    ]
  }

  private func readPoints(_ store: Store, run: ULID) throws -> [String: JSONValue] {
    let range = MetricRange(from: max(from, sinceStep.map { $0 + 1 } ?? 0), through: through)
    let points = try store.metricPoints(of: run, key: key, steps: range, limit: maxPoints + 1)
    let rows = points.prefix(maxPoints).map { point -> JSONValue in
      [.int(point.step), .double(point.value), .kind(of: point.value), .time(point.time)]
    }
    return [
      "agg": "none", "bucket_width": 1, "columns": ["step", "value", "kind", "ts"], "rows": .array(rows),
      "next_since_step": points.count > maxPoints ? .int(points[maxPoints - 1].step) : .null,
    ]
  }
}
