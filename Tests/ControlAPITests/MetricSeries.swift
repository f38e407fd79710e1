import Foundation
import Primitives
import RunStore

@testable import ControlAPI

extension TestDaemon {
  /// Records points of a metric of a run, as training does.
  func record(_ points: [(step: Int, value: Double)], of run: String, key: String = "curve") throws {
    guard let id = ULID(run) else { throw Failure(description: "no identifier: \(run)") }
    for point in points {
      store.record(
        MetricSample(
          run: id, step: point.step, time: Date(timeIntervalSince1970: 1_700_000_000 + Double(point.step) / 4),
          values: [key: point.value], epoch: 0, clipsPerSecond: 1, loss: 1))
    }
    try store.flushMetrics()
  }
}

/// A reply about one series.
struct SeriesReply {
  let json: JSONValue

  init(_ json: JSONValue) {
    self.json = json
  }

  var width: Int { json["bucket_width"]?.intValue ?? 0 }
  var columns: [String] { json["columns"]?.elements.compactMap(\.stringValue) ?? [] }
  var rows: [JSONValue] { json["rows"]?.elements ?? [] }

  func column(_ name: String) -> [JSONValue] {
    guard let index = columns.firstIndex(of: name) else { return [] }
    return rows.map { $0.elements[index] }
  }

  func numbers(_ name: String) -> [Double] { column(name).compactMap(\.doubleValue) }
  func steps() -> [Int] { column("step").compactMap(\.intValue) }
}

extension TestDaemon {
  func series(_ run: String, _ query: String = "", key: String = "curve") throws -> SeriesReply {
    let reply = try ask("GET", "/v1/runs/\(run)/metrics/\(key)?\(query)")
    guard reply.status == 200 else { throw Failure(description: reply.text) }
    return SeriesReply(reply.json)
  }
}
