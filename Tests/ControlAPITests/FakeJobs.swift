import Foundation
import Primitives
import RunStore
import Supervision
import Training

/// An executor without a network: its numbers are made up, its files are small and real.
///
/// `params`: `preset` ("crw" or "identity", which needs no weights), `set`, `overlays`, and for tests `hold_at`
/// (does not go beyond that frame until it is cancelled) and `fail_at`. A benchmark has two sequences of four frames; a
/// video has four.
struct FakeJobs: JobExecutor {
  static let defaults: [String: JSONValue] = ["preset": "crw", "set": "val", "overlays": true]
  static let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])

  func resolve(_ request: JobRequest) throws -> ResolvedJob {
    guard case .object(let given) = request.parameters else { return ResolvedJob(request: request, parameters: [:]) }
    let known = Set(Self.defaults.keys).union(["hold_at", "fail_at"])
    var issues = given.keys.sorted().filter { !known.contains($0) }
      .map { ConfigurationIssue(pointer: "/params/\($0)", detail: "is not a known parameter") }
    let resolved = Self.defaults.merging(given) { $1 }
    if resolved["preset"] != "crw", resolved["preset"] != "identity" {
      issues.append(ConfigurationIssue(pointer: "/params/preset", detail: "must be crw or identity"))
    }
    if request.weights == nil, resolved["preset"] != "identity" {
      issues.append(
        ConfigurationIssue(pointer: "/checkpoint_id", detail: "is required, as is checkpoint, but for preset identity"))
    }
    if !issues.isEmpty { throw ConfigurationIssues(issues) }
    return ResolvedJob(request: request, parameters: .object(resolved))
  }

  func execute(_ job: ResolvedJob, in context: JobContext) throws -> JobOutcome {
    let isBenchmark = job.request.task.kind == .evaluation
    let video = job.request.source.deletingPathExtension().lastPathComponent
    let names = isBenchmark ? ["blackswan", "two, libby"] : [video]
    var rows: [JobResultRow] = []
    for (index, name) in names.enumerated() {
      for frame in 0..<4 {
        let done = 4 * index + frame + 1
        try pass(done, job, context)
        try write(Self.png, "masks/\(name)/0000\(frame).png", context)
        let finished = frame == 3 ? Self.rows(name, index) : []
        rows += finished
        context.report(JobProgress(stage: name, done: done, total: 4 * names.count, newRows: finished))
      }
      try write(Data((0..<5000).map { UInt8(truncatingIfNeeded: $0) }), "overlays/\(name).mp4", context)
    }
    try write(Data("{\"made\":\"up\"}".utf8), "summary.json", context)
    guard isBenchmark else { return JobOutcome(summary: ["frames": 4], rows: []) }
    return JobOutcome(
      summary: ["j_and_f_mean": 0.625, "j_mean": 0.5, "f_mean": 0.75], rows: rows, missing: ["judo"],
      notes: ["2 of 3 sequences of the set are there"], metrics: ["davis/j_and_f": 0.625])
  }

  private func pass(_ done: Int, _ job: ResolvedJob, _ context: JobContext) throws {
    if job.parameters["fail_at"] == .integer(Int64(done)) { throw JobFailure("frame \(done) cannot be decoded") }
    while job.parameters["hold_at"] == .integer(Int64(done)), !context.isCancelled() { usleep(2_000) }
    if context.isCancelled() { throw CancellationError() }
  }

  private static func rows(_ name: String, _ index: Int) -> [JobResultRow] {
    let last = JobValue("f_mean", index == 0 ? 0.75 : .nan)
    return [JobResultRow(sequence: name, subject: "1", values: [JobValue("j_mean", 0.5), last])]
  }

  private func write(_ data: Data, _ name: String, _ context: JobContext) throws {
    let file = context.folder.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }
}
