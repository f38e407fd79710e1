import ArgumentParser
import ControlClient
import Foundation
import HTTPServer
import Primitives

/// Shows a run until it ends: on a terminal a line of progress and the curve of its loss, elsewhere plain lines.
final class RunWatcher {
  private let session: ClientSession
  private let run: String
  private let isQuiet: Bool
  private let terminal: Terminal
  private let metric: String
  private var log: RunLog
  private var shownLines = 0
  private var lastState = ""
  private var lastShown = -Double.infinity
  private var lastRun: JSONValue?

  /// Points of the curve that are asked for: two for each column of a wide terminal.
  private static let points = 400
  /// Seconds between two plain lines.
  private static let interval = 10.0

  /// - Parameters:
  ///   - isQuiet: shows nothing until the end.
  ///   - metric: the curve.
  init(session: ClientSession, run: String, isQuiet: Bool = false, metric: String = "loss") {
    self.session = session
    self.run = run
    self.isQuiet = isQuiet || session.isJSON
    self.metric = metric
    terminal = Terminal(environment: ProcessInfo.processInfo.environment)
    log = RunLog(session: session, run: run)
  }

  /// Watches until the run ends or the user has seen enough.
  ///
  /// - Throws: `ExitCode` 1 when the run did not end well.
  func watch() throws {
    let interruption = Interruption()
    try RunChanges(client: try session.client.sibling(), run: run).follow(goesOn: { !interruption.came }) {
      try look()
    }
    guard !interruption.came else { return try leave() }
    let state = lastRun?["state"]?.text ?? ""
    if !isQuiet { try session.say("run \(run) is \(lastRun.map(RunText.state) ?? "?")") }
    if session.isJSON, let lastRun {
      try ClientSession.write(String(decoding: JSONText.bytes(of: lastRun), as: UTF8.self) + "\n")
    }
    if ["failed", "killed", "interrupted"].contains(state) { throw ExitCode(1) }
  }

  private func leave() throws {
    FileHandle.standardError.write(
      Data("\nnot watching any more; the run goes on. Again: corrflowd ctl watch \(run)\n".utf8))
  }

  /// Looks at the run and shows it; false once it has ended.
  private func look() throws -> Bool {
    let run = try session.client.json(ControlClient.path("v1", "runs", self.run))
    lastRun = run
    if !isQuiet {
      if terminal.isTerminal { try draw(run) } else { try tell(run) }
    }
    return !RunText.hasEnded(run["state"]?.text ?? "")
  }

  // MARK: - Plain lines

  private func tell(_ run: JSONValue) throws {
    try log.printNew()
    let state = run["state"]?.text ?? ""
    let now = HTTPServerConfiguration.systemMonotonicSeconds()
    let isNews = state != lastState || now - lastShown >= Self.interval
    if state != lastState { try session.say(state) }
    lastState = state
    guard isNews, run["last_metrics"]?["loss"]?.double != nil else { return }
    lastShown = now
    try session.say(RunText.progressLine(run))
  }

  // MARK: - On a terminal

  private func draw(_ run: JSONValue) throws {
    let (width, height) = terminal.size
    let head = "\(run["name"]?.text ?? "")  \(run["state"]?.text ?? "")  \(RunText.progressLine(run))"
    var lines = [TerminalText.shortened(TerminalText.printable(head), to: width)]
    lines += TerminalCurve(points: try curve(), isUnicode: terminal.isUnicode)
      .lines(width: width, height: min(20, height - 3))
    try ClientSession.write(erasing + lines.joined(separator: "\n") + "\n")
    shownLines = lines.count
  }

  /// Back to the first line that was drawn, and away with all behind it.
  private var erasing: String { shownLines > 0 ? "\u{1B}[\(shownLines)A\r\u{1B}[J" : "" }

  private func curve() throws -> [TerminalCurve.Point] {
    // 404: nothing is recorded yet.
    let series = try ClientError.unless(status: 404) { () throws(ClientError) in
      try session.client.json(
        ControlClient.path("v1", "runs", run, "metrics", metric), query: [("max_points", "\(Self.points)")])
    }
    return series.map(MetricText.points) ?? []
  }
}
