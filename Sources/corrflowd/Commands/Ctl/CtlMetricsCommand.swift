import ArgumentParser
import ControlClient
import Foundation
import HTTPServer
import Primitives

/// `corrflowd ctl metrics`: what a run has recorded.
struct CtlMetricsCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Lists the metrics of a run, draws one, or prints them all as CSV.")

  @OptionGroup var client: ClientOptions
  @OptionGroup var argument: RunArgument

  @Argument(help: "The metric to draw.", completion: CtlCompletion.metrics) var metric: String?

  @Flag(help: "Print every value of every metric as CSV.") var csv = false

  @Option(help: "Points of the curve at most.") var maxPoints = 400

  func validate() throws {
    if csv, metric != nil { throw ValidationError("--csv prints all metrics: leave '\(metric ?? "")' out") }
    if !(1...10_000).contains(maxPoints) { throw ValidationError("--max-points must be 1 to 10000, got \(maxPoints)") }
  }

  func run(_ session: ClientSession) throws {
    let id = try session.client.runID(argument.run)
    let path = ControlClient.path("v1", "runs", id)
    if csv {
      try printAll(path + "/metrics.csv", session)
    } else if let metric {
      let reply = try session.client.get(
        ControlClient.path("v1", "runs", id, "metrics", metric), query: [("max_points", "\(maxPoints)")])
      try session.print(reply, MetricText.drawing)
    } else {
      try session.print(try session.client.get(path + "/metrics"), MetricText.table)
    }
  }

  /// As it comes: a million points are not kept.
  private func printAll(_ path: String, _ session: ClientSession) throws {
    let output = OutputSink()
    do throws(ClientError) {
      _ = try session.client.stream(path, goesOn: { true }) { output.take($1) }
    } catch {
      throw output.failure ?? error
    }
  }
}

/// Standard output, as a place for a reply that is passed on while it arrives.
private final class OutputSink {
  /// Why no more can be taken.
  private(set) var failure: ClientError?

  func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(piece))
      return true
    } catch {
      failure = .cannotWrite(path: "the output", reason: error.localizedDescription)
      return false
    }
  }
}

/// Metrics, as people read them.
enum MetricText {
  /// Metrics, a line each.
  static func table(_ reply: JSONValue) -> String {
    var table = TextTable([
      .init(title: "METRIC"), .init(title: "POINTS", isNumeric: true), .init(title: "LAST", isNumeric: true),
      .init(title: "AT", isNumeric: true), .init(title: "MIN", isNumeric: true), .init(title: "AT", isNumeric: true),
      .init(title: "MAX", isNumeric: true), .init(title: "AT", isNumeric: true),
    ])
    let items = reply["items"]?.elements ?? []
    for item in items {
      let step = { (value: JSONValue?) in value?["step"]?.integer.map(String.init) ?? "-" }
      table.add([
        item["key"]?.text ?? "", "\(item["count"]?.integer ?? 0)",
        item["last_kind"]?.text ?? TerminalText.number(item["last"]?.double), "\(item["last_step"]?.integer ?? 0)",
        TerminalText.number(item["min"]?["value"]?.double), step(item["min"]),
        TerminalText.number(item["max"]?["value"]?.double), step(item["max"]),
      ])
    }
    return items.isEmpty ? "nothing is recorded yet" : table.text
  }

  /// A curve.
  static func drawing(_ reply: JSONValue) -> String {
    let terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    let (width, height) = terminal.size
    let lines = TerminalCurve(points: points(reply), isUnicode: terminal.isUnicode)
      .lines(width: width, height: min(20, max(8, height - 4)))
    let title = "\(reply["key"]?.text ?? "")  last step \(reply["last_step"]?.integer ?? 0)"
    return ([TerminalText.printable(title)] + lines).joined(separator: "\n")
  }

  /// The points of a series: of each bucket its first step with its least, its greatest and its mean value, so that no spike
  /// is lost in the drawing.
  static func points(_ reply: JSONValue) -> [TerminalCurve.Point] {
    let columns = reply["columns"]?.elements.compactMap(\.text) ?? []
    guard let step = columns.firstIndex(of: "step") else { return [] }
    let values = ["min", "max", "mean", "value"].compactMap { columns.firstIndex(of: $0) }
    return (reply["rows"]?.elements ?? []).flatMap { row -> [TerminalCurve.Point] in
      let cells = row.elements
      guard cells.count == columns.count, let at = cells[step].double else { return [] }
      return values.compactMap { cells[$0].double.map { TerminalCurve.Point(step: at, value: $0) } }
    }
  }
}
