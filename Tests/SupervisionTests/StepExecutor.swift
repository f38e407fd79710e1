import Foundation
import Primitives
import RunStore
import Supervision
import Training

/// An executor without a network: writes files, reports each frame, stands at a gate, fails when told to.
///
/// Parameters: `frames` of each sequence (default 3), `preset` ("crw", or "identity", which needs no weights), and for
/// tests `fail_at`, `crash_text`. A sequence is a folder of the source; a video is one sequence.
final class StepExecutor: JobExecutor {
  struct State {
    var limit: Int
    var executed: [ResolvedJob] = []
    var folders: [[String]] = []
    var threads = 0
  }

  let state: Lock<State>

  /// - Parameter limit: frames of a job after which it waits, until the test lets it go on.
  init(limit: Int = .max) { state = Lock(State(limit: limit)) }

  func allow(_ limit: Int) { state.withLock { $0.limit = limit } }

  func resolve(_ request: JobRequest) throws -> ResolvedJob {
    var parameters: [String: JSONValue] = ["frames": 3, "preset": "crw"]
    guard case .object(let given) = request.parameters else { return ResolvedJob(request: request, parameters: [:]) }
    var issues: [ConfigurationIssue] = []
    for name in given.keys.sorted() where !["frames", "preset", "fail_at"].contains(name) {
      issues.append(ConfigurationIssue(pointer: "/params/\(name)", detail: "is not a known parameter"))
    }
    parameters.merge(given) { $1 }
    if request.weights == nil, parameters["preset"] != "identity" {
      issues.append(ConfigurationIssue(pointer: "/checkpoint_id", detail: "is required but for preset identity"))
    }
    if !issues.isEmpty { throw ConfigurationIssues(issues) }
    return ResolvedJob(request: request, parameters: .object(parameters), step: request.weights == nil ? nil : 5)
  }

  func execute(_ job: ResolvedJob, in context: JobContext) throws -> JobOutcome {
    let found = try FileManager.default.contentsOfDirectory(atPath: context.folder.path)
    state.withLock { state in
      state.executed.append(job)
      state.folders.append(found)
      state.threads = context.threads
    }
    let frames = Self.integer(job.parameters["frames"])
    let names = try sequences(job.request.source)
    var rows: [JobResultRow] = []
    for (index, name) in names.enumerated() {
      try FileManager.default.createDirectory(
        at: context.folder.appending(path: "masks/\(name)"), withIntermediateDirectories: true)
      for frame in 1...frames {
        let done = index * frames + frame
        try wait(for: done, context)
        if done == Self.integer(job.parameters["fail_at"]) { throw JobFailure("'\(name)' has no frame \(frame)") }
        try Data("\(done)".utf8).write(to: context.folder.appending(path: "masks/\(name)/\(frame).png"))
        let row = JobResultRow(sequence: name, subject: "1", values: [JobValue("j_mean", 1 / Double(index + 1))])
        if frame == frames { rows.append(row) }
        context.report(
          JobProgress(stage: name, done: done, total: names.count * frames, newRows: frame == frames ? [row] : []))
      }
    }
    return JobOutcome(
      summary: ["j_and_f_mean": 0.75], rows: rows.reversed(), missing: ["judo"], notes: ["done"],
      metrics: ["davis/j_and_f": 0.75])
  }

  private func wait(for done: Int, _ context: JobContext) throws {
    while true {
      if context.isCancelled() { throw CancellationError() }
      if state.withLock({ $0.limit >= done }) { return }
      usleep(1_000)
    }
  }

  private func sequences(_ source: URL) throws -> [String] {
    guard source.hasDirectoryPath else { return [source.deletingPathExtension().lastPathComponent] }
    return try FileManager.default.contentsOfDirectory(atPath: source.path).sorted()
  }

  private static func integer(_ value: JSONValue?) -> Int {
    if case .integer(let value)? = value { return Int(value) }
    return 0
  }
}
