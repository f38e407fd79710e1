/// A path with parameters: `/v1/runs/{id}/metrics/{key}`, `/files/{name...}`.
public struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
  private enum Part: Sendable, Hashable {
    case literal(String)
    case parameter(String)
    case rest(String)
  }

  /// The template as written.
  public let description: String
  private let parts: [Part]

  /// A template; a segment in braces is a parameter that matches one non-empty segment. With dots behind its name, as the
  /// last one, it matches one or more, which are joined with `/` once they are decoded: whoever takes it for the name of a
  /// file must expect any text.
  public init(_ text: String) {
    precondition(text.hasPrefix("/"), "a path template begins with '/', got \(text)")
    description = text
    parts = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
      guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
      let name = String(part.dropFirst().dropLast())
      return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .parameter(name)
    }
  }

  /// The parameters' values when the path fits, else nil.
  public func match(_ segments: [String]) -> [String: String]? {
    var values: [String: String] = [:]
    for (index, part) in parts.enumerated() {
      guard index < segments.count else { return nil }
      switch part {
      case .literal(let literal):
        guard literal == segments[index] else { return nil }
      case .parameter(let name):
        guard !segments[index].isEmpty else { return nil }
        values[name] = segments[index]
      case .rest(let name):
        guard segments[index...].allSatisfy({ !$0.isEmpty }) else { return nil }
        values[name] = segments[index...].joined(separator: "/")
        return values
      }
    }
    return segments.count == parts.count ? values : nil
  }
}

/// One method on one path.
public struct Route: Sendable {
  /// Makes the reply; what it throws becomes a problem.
  public typealias Handler = @Sendable (HTTPRequest) throws -> HTTPResponse

  /// GET, POST, PATCH or DELETE. GET answers HEAD too.
  public let method: String
  /// The path.
  public let template: PathTemplate
  /// Makes the reply.
  public let handler: Handler

  /// A route.
  public init(_ method: String, _ template: String, _ handler: @escaping Handler) {
    self.method = method
    self.template = PathTemplate(template)
    self.handler = handler
  }
}

/// Routes in order; the first whose path fits is taken. Answers HEAD, OPTIONS, 404 and 405 itself.
public struct Router: Sendable {
  /// Makes a problem of an error that is none; the router's own makes 500 without telling why.
  public typealias ErrorMapper = @Sendable (any Error, HTTPRequest) -> Problem

  /// The routes.
  public let routes: [Route]
  private let problem: ErrorMapper

  /// A router. `problem` sees every error that is not a `Problem`, and should log what it hides.
  public init(_ routes: [Route], problem: @escaping ErrorMapper = Self.internalProblem) {
    self.routes = routes
    self.problem = problem
  }

  /// 500, with nothing about the inside.
  public static let internalProblem: ErrorMapper = { _, request in
    Problem(
      status: 500, slug: .internal,
      detail: "The daemon could not answer; its log says why, under request \(request.id).")
  }

  /// The reply to `request`; never throws.
  public func respond(to request: HTTPRequest) -> HTTPResponse {
    if request.isServerWide { return serverOptions(request) }
    let candidates = routes.compactMap { route in
      route.template.match(request.segments).map { (route: route, parameters: $0) }
    }
    guard let template = candidates.first?.route.template.description else {
      return Problem.notFound("There is nothing at \(request.path).").response(to: request)
    }
    let method = request.method == "HEAD" ? "GET" : request.method
    var response: HTTPResponse
    if let match = candidates.first(where: { $0.route.method == method }) {
      var request = request
      request.parameters = match.parameters
      response = run(match.route, request)
    } else {
      response = otherMethod(request, allow: Self.allowed(candidates.map(\.route.method)))
    }
    response.routeTemplate = template
    return response
  }

  private func run(_ route: Route, _ request: HTTPRequest) -> HTTPResponse {
    do {
      if let problem = request.bodyProblem { throw problem }
      return try route.handler(request)
    } catch let problem as Problem {
      return problem.response(to: request)
    } catch {
      return problem(error, request).response(to: request)
    }
  }

  private func otherMethod(_ request: HTTPRequest, allow: String) -> HTTPResponse {
    if request.method == "OPTIONS" { return HTTPResponse(status: 204, headers: ["Allow": allow]) }
    return Problem(
      status: 405, slug: .methodNotAllowed, detail: "\(request.method) is not possible here; possible: \(allow).",
      headers: ["Allow": allow]
    ).response(to: request)
  }

  private func serverOptions(_ request: HTTPRequest) -> HTTPResponse {
    guard request.method == "OPTIONS" else {
      return Problem.malformed("'*' as a target is for OPTIONS only.").response(to: request)
    }
    return HTTPResponse(status: 204, headers: ["Allow": Self.allowed(routes.map(\.method))])
  }

  private static func allowed(_ methods: [String]) -> String {
    var all = Set(methods)
    if all.contains("GET") { all.insert("HEAD") }
    all.insert("OPTIONS")
    return all.sorted().joined(separator: ", ")
  }
}

extension Problem {
  /// The reply to `request`.
  func response(to request: HTTPRequest) -> HTTPResponse {
    response(requestID: request.id, path: request.path)
  }
}
