import Foundation
import HTTPServer
import Primitives
import RunStore
import Supervision

/// What jobs of one kind found: lines of results, and files.
struct JobResultRoutes: Sendable {
  let api: ControlAPI
  let jobs: JobQueue
  let kind: JobKind

  var routes: [Route] {
    let base = "/v1/\(kind.plural)/{id}"
    return [
      Route("GET", "\(base)/results", results), Route("GET", "\(base)/media", listMedia),
      Route("GET", "\(base)/media/{name...}", download),
    ]
  }

  /// Also while the job runs: the lines of the sequences that are done.
  private func results(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let isCSV = query.word("format", of: ["json", "csv"]) == "csv"
    let limit = query.integer("limit", in: 1...10_000)
    let cursor = query.text("cursor")
    if isCSV, limit != nil || cursor != nil { query.fault("format", "csv holds all lines: leave out limit and cursor") }
    try query.finish()
    let job = try jobs.job(try JobRoutes.id(request, kind), kind: kind)
    if isCSV { return csv(job, try jobs.store.jobResults(of: job.id, limit: .max - 1).rows) }
    let filter = "results \(job.id)"
    let position = try cursor.map { try Self.position($0, filter: filter) } ?? 0
    let page = try jobs.store.jobResults(of: job.id, skipping: position, limit: limit ?? 1000)
    let next = page.hasMore ? Cursor.make(last: "\(position + page.rows.count)", filter: filter) : nil
    return HTTPResponse.json([
      "job_id": .id(job.id), "state": .string(job.state.rawValue), "summary": job.summary ?? .null,
      "missing": .array(job.missing.map { .string($0) }), "notes": .array(job.notes.map { .string($0) }),
      "columns": .array(JobTable.columns(of: page.rows).map { .string($0) }),
      "items": .array(page.rows.map(JobTable.json)), "next_cursor": .text(next),
    ]).taggedByContent(for: request)
  }

  private func csv(_ job: JobRow, _ rows: [JobResultRow]) -> HTTPResponse {
    var response = HTTPResponse.text(JobTable.csv(rows), contentType: "text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = "attachment; filename=\"\(job.id)-results.csv\""
    return response
  }

  private static func position(_ cursor: String, filter: String) throws(Problem) -> Int {
    guard let position = Int(try Cursor.last(cursor, filter: filter)), position >= 0 else {
      throw .malformed("The cursor is not one of this server's; start again without it.")
    }
    return position
  }

  private func listMedia(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let limit = query.limit(upTo: 1000)
    let cursor = query.text("cursor")
    try query.finish()
    let job = try jobs.job(try JobRoutes.id(request, kind), kind: kind)
    let filter = "media \(job.id)"
    let after = try cursor.map { try Cursor.last($0, filter: filter) } ?? ""
    let media = try jobs.media(of: job.id).list().filter { $0.name > after }
    let page = media.prefix(limit)
    return api.listResponse(
      page.map { MediaResource(medium: $0, job: job).json }, media.count > limit ? page.last?.name : nil, filter,
      request)
  }

  /// The file. It is opened once and stays open while it is sent, so that it may be deleted meanwhile.
  private func download(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let job = try jobs.job(try JobRoutes.id(request, kind), kind: kind)
    let name = request.parameters["name"] ?? ""
    let missing = Problem.notFound(
      "\(kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()) \(job.id) has no file "
        + "'\(name.prefix(200))': see /v1/\(kind.plural)/\(job.id)/media.")
    guard let (medium, place) = jobs.media(of: job.id).find(name) else { throw missing }
    let file: OpenFile
    do {
      file = try OpenFile(path: place.path)
    } catch {
      // Removed, or replaced by something else, since it was looked up.
      throw missing
    }
    let type = MediaResource.contentType(of: name)
    let tag = EntityTag("f\(file.byteCount)-\(medium.modifiedNanoseconds)")
    var response = try HTTPResponse.download(
      file, tag: tag, name: name.split(separator: "/").last.map(String.init) ?? name, contentType: type, for: request)
    if MediaResource.isShown(type), let disposition = response.headers["Content-Disposition"] {
      response.headers["Content-Disposition"] = disposition.replacing("attachment", with: "inline")
    }
    return response
  }
}

/// A job's file as JSON.
struct MediaResource {
  let medium: JobMedium
  let job: JobRow

  var json: JSONValue {
    [
      "name": .string(medium.name), "bytes": .integer(medium.byteCount),
      "content_type": .string(Self.contentType(of: medium.name)),
      "modified_at": .time(Date(timeIntervalSince1970: Double(medium.modifiedNanoseconds) * 1e-9)),
      "links": ["self": .string("/v1/\(job.kind.plural)/\(job.id)/media/\(Self.escaped(medium.name))")],
    ]
  }

  /// By the name's ending; what is not known is bytes, which no browser opens.
  static func contentType(of name: String) -> String {
    switch name.split(separator: ".").last?.lowercased() {
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "mp4": "video/mp4"
    case "json": HTTPResponse.jsonType
    case "csv": "text/csv; charset=utf-8"
    case "txt": "text/plain; charset=utf-8"
    default: "application/octet-stream"
    }
  }

  /// Whether a browser shows it rather than keeping it.
  static func isShown(_ contentType: String) -> Bool {
    contentType.hasPrefix("image/") || contentType.hasPrefix("video/")
  }

  /// The name as a path: everything but unreserved characters (RFC 3986) and `/` in escapes.
  static func escaped(_ name: String) -> String {
    let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
    return name.addingPercentEncoding(withAllowedCharacters: plain) ?? name
  }
}
