import HTTPServer
import Primitives

extension ControlAPI {
  /// The OpenAPI document.
  var openAPIRoutes: [Route] {
    [Route("GET", "/openapi.json", showOpenAPI)]
  }

  private func showOpenAPI(_ request: HTTPRequest) throws -> HTTPResponse {
    try request.rejectParameters()
    let document = try openAPI.document(of: dependencies)
    return HTTPResponse(
      status: 200, headers: ["Content-Type": HTTPResponse.jsonType], body: .bytes(document.bytes)
    ).tagged(document.tag, for: request)
  }
}

/// Puts the document together when it is asked for the first time, and keeps it.
final class OpenAPICache: Sendable {
  private let kept = Lock<OpenAPIDocument?>(nil)

  /// The document; always of the same daemon.
  func document(of daemon: ControlDependencies) throws -> OpenAPIDocument {
    try kept.withLock { kept in
      if let kept { return kept }
      let document = try OpenAPIDocument(
        version: daemon.build.version, hasJobs: daemon.jobs != nil, openPaths: daemon.openPaths)
      kept = document
      return document
    }
  }
}
