import HTTPServer
import Primitives
import RunStore
import Supervision

extension ControlAPI {
  /// Folders of videos.
  var datasetRoutes: [Route] {
    [
      Route("GET", "/v1/datasets", listDatasets),
      Route("POST", "/v1/datasets", registerDataset),
      Route("GET", "/v1/datasets/{id}", showDataset),
      Route("DELETE", "/v1/datasets/{id}", deleteDataset),
      Route("POST", "/v1/datasets/{id}/verify", verifyDataset),
      Route("GET", "/v1/datasets/{id}/files", listDatasetFiles),
    ]
  }

  private func listDatasets(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let limit = query.limit()
    let wantsTotal = query.includesTotal()
    let cursor = query.text("cursor")
    try query.finish()
    let after = try cursor.map { try Cursor.id($0, filter: "datasets") }
    let page = try store.datasets(after: after, limit: limit)
    return listResponse(
      page.rows.map(DatasetResource.json), page.hasMore ? page.rows.last?.id.text : nil, "datasets", request,
      total: wantsTotal ? try store.datasetCount() : nil)
  }

  private func registerDataset(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    var body = try BodyReader(request)
    let path = body.string("path", required: true)
    let name = body.string("name", limit: 200)
    try body.finish()
    return try creations.perform(
      request, store: store, now: { supervisor.now },
      reply: { (created: (dataset: DatasetRow, isNew: Bool)) in
        StoredReply(
          DatasetResource.json(created.dataset), at: "/v1/datasets/\(created.dataset.id)",
          ResourceRevision(created.dataset), status: created.isNew ? 201 : 200)
      }
    ) { memory in
      let registration = try supervisor.registerDataset(path: path ?? "", name: name, memory: memory)
      return (registration.dataset, registration.isNew)
    }
  }

  private func showDataset(_ request: HTTPRequest) throws -> HTTPResponse {
    // A text that is no identifier names nothing, which the look-up says.
    guard let id = ULID(request.parameters["id"] ?? "") else { return .json(try showRejected(try dataset(request))) }
    return try resourceResponse(
      request, id, read: { try dataset(request) }, revision: { ResourceRevision($0) }, render: showRejected)
  }

  /// The dataset with the first files that cannot be trained on.
  private func showRejected(_ dataset: DatasetRow) throws -> JSONValue {
    let rejected = try store.datasetFiles(dataset.id, rejectedOnly: true, after: nil, limit: 200)
    guard case .object(var members) = DatasetResource.json(dataset) else { return .null }
    members["rejected"] = .array(rejected.rows.map(DatasetResource.json))
    members["rejected_is_complete"] = .bool(!rejected.hasMore)
    return .object(members)
  }

  /// 202: every file is opened again, those that have not changed too.
  private func verifyDataset(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectMembers()
    let dataset = try supervisor.verifyDataset(try dataset(request).id)
    return .json(
      DatasetResource.json(dataset), status: 202,
      headers: ["Location": "/v1/datasets/\(dataset.id)", "ETag": ResourceRevision(dataset).tag.description])
  }

  private func deleteDataset(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let dataset = try dataset(request)
    try request.checkGivenIfMatch(ResourceRevision(dataset)) { $0 != ResourceRevision(dataset) }
    try supervisor.deleteDataset(dataset.id)
    return HTTPResponse(status: 204)
  }

  private func listDatasetFiles(_ request: HTTPRequest) throws -> HTTPResponse {
    var query = QueryReader(request)
    let limit = query.limit(upTo: 1000)
    let rejectedOnly = query.flag("rejected")
    let cursor = query.text("cursor")
    try query.finish()
    let dataset = try dataset(request)
    let filter = "files \(dataset.id) \(rejectedOnly)"
    let after = try cursor.map { try Cursor.last($0, filter: filter) }
    let page = try store.datasetFiles(dataset.id, rejectedOnly: rejectedOnly, after: after, limit: limit)
    return listResponse(
      page.rows.map(DatasetResource.json), page.hasMore ? page.rows.last?.relativePath : nil, filter, request)
  }

  private func dataset(_ request: HTTPRequest) throws -> DatasetRow {
    let text = request.parameters["id"] ?? ""
    guard let id = ULID(text), let dataset = try store.dataset(id) else {
      throw Problem.notFound(
        "There is no dataset \(text.prefix(100)): list them at /v1/datasets, or register the folder.")
    }
    return dataset
  }
}

/// Datasets and their files as JSON.
enum DatasetResource {
  static func json(_ dataset: DatasetRow) -> JSONValue {
    [
      "id": .id(dataset.id), "name": .string(dataset.name), "path": .string(dataset.root),
      "state": .string(dataset.state.rawValue), "problem": .text(dataset.problem),
      "revision": .integer(dataset.revision), "created_at": .time(dataset.createdAt),
      "updated_at": .time(dataset.updatedAt),
      "scanned_at": .time(dataset.scannedAt),
      "progress": ["scanned_files": .int(dataset.scannedFiles), "total_files": .int(dataset.totalFiles)],
      "usable_files": .int(dataset.usableFiles), "rejected_files": .int(dataset.rejectedFiles),
      "duration_seconds": .double(dataset.durationSeconds), "frame_count": .integer(dataset.frameCount),
      "size_bytes": .integer(dataset.sizeBytes), "fingerprint": .text(dataset.fingerprint),
      "links": [
        "self": .string("/v1/datasets/\(dataset.id)"), "files": .string("/v1/datasets/\(dataset.id)/files"),
      ],
    ]
  }

  static func json(_ file: DatasetFileRow) -> JSONValue {
    [
      "path": .string(file.relativePath), "kind": .string(file.kind.rawValue), "size_bytes": .integer(file.sizeBytes),
      "codec": .text(file.codec), "container": .text(file.container), "width": .int(file.width),
      "height": .int(file.height), "rotation_degrees": .int(file.rotationDegrees),
      "duration_seconds": .double(file.durationSeconds), "frame_count": .int(file.frameCount),
      "average_frame_rate": .double(file.averageFrameRate),
      "rejection": file.rejectionReason.map { reason in
        ["reason": .string(reason), "detail": .text(file.rejectionDetail)]
      } ?? .null,
    ]
  }
}
