import Foundation
import HTTPServer
import Primitives
import RunStore
import Supervision

/// The benchmark's own pictures of what an evaluation worked on, to be looked at beside what it found: read only, pictures
/// only, and only of a folder that an evaluation was allowed to read.
struct JobSourceRoutes: Sendable {
  let jobs: JobQueue

  var routes: [Route] {
    let base = "/v1/\(JobKind.evaluation.plural)/{id}/source"
    return [Route("GET", base, list), Route("GET", "\(base)/{name...}", show)]
  }

  /// Frames of one sequence, in order: `{"sequence", "sides": [{"kind": "truth"|"frames", "frames": [path]}]}`.
  private func list(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let sequence = query.text("sequence") ?? ""
    if sequence.isEmpty { query.fault("sequence", "is required: the name of a sequence, as results have it") }
    try query.finish()
    let job = try jobs.job(try JobRoutes.id(request, .evaluation), kind: .evaluation)
    let source = try jobs.source(of: job)
    let sides: [JSONValue] = Self.folders(of: job.task).compactMap { side in
      let pictures = (source?.list("\(side.folder)/\(sequence)") ?? []).filter { Self.isPicture($0.name) }
      guard !pictures.isEmpty else { return nil }
      let frames = pictures.map { JSONValue.string("\(Self.path(job))/\(MediaResource.escaped($0.name))") }
      return ["kind": .string(side.kind), "frames": .array(frames)]
    }
    return HTTPResponse.json(["sequence": .string(sequence), "sides": .array(sides)]).taggedByContent(for: request)
  }

  private func show(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let job = try jobs.job(try JobRoutes.id(request, .evaluation), kind: .evaluation)
    let name = request.parameters["name"] ?? ""
    let missing = Problem.notFound(
      "Evaluation \(job.id) was given no picture '\(name.prefix(200))': see \(Self.path(job))?sequence=NAME.")
    guard Self.isPicture(name), let (medium, place) = try jobs.source(of: job)?.find(name) else { throw missing }
    let file: OpenFile
    do {
      file = try OpenFile(path: place.path)
    } catch {
      // Removed since it was looked up.
      throw missing
    }
    var response = try HTTPResponse.download(
      file, tag: EntityTag("f\(file.byteCount)-\(medium.modifiedNanoseconds)"), name: place.lastPathComponent,
      contentType: MediaResource.contentType(of: name), for: request)
    if let disposition = response.headers["Content-Disposition"] {
      response.headers["Content-Disposition"] = disposition.replacing("attachment", with: "inline")
    }
    return response
  }

  /// Where a benchmark keeps a sequence's pictures: the truth first.
  private static func folders(of task: JobTask) -> [(kind: String, folder: String)] {
    switch task {
    case .davis2017: [("truth", "Annotations/480p"), ("frames", "JPEGImages/480p")]
    case .jhmdb: [("frames", "Rename_Images")]
    case .propagation, .pca, .match: []
    }
  }

  private static func isPicture(_ name: String) -> Bool {
    MediaResource.contentType(of: name).hasPrefix("image/")
  }

  private static func path(_ job: JobRow) -> String { "/v1/\(job.kind.plural)/\(job.id)/source" }
}
