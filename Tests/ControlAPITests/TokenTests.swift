import Foundation
import FoundationNetworking
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

/// Every route of the API behind tokens, over a real socket.
@Suite(.timeLimit(.minutes(2))) struct TokenTests {
  private static let tokens = "read:reader-0123456789\nadmin:admin-0123456789"
  private static let openPaths: Set<String> = ["/healthz", "/readyz"]

  let daemon: TestDaemon
  let server: HTTPServer

  init() throws {
    let daemon = try TestDaemon()
    self.daemon = daemon
    let tokens = try BearerTokens(parsing: Self.tokens)
    var configuration = HTTPServerConfiguration(address: try ListenAddress("127.0.0.1:0"))
    configuration.access.tokens = { tokens }
    configuration.access.openPaths = Self.openPaths.map { PathTemplate($0) }
    server = HTTPServer(configuration: configuration) { [router = daemon.router] in router.respond(to: $0) }
    try server.start()
  }

  private func ask(_ method: String, _ path: String, token: String? = nil) async throws -> (status: Int, slug: String) {
    let url = try #require(URL(string: "http://127.0.0.1:\(server.boundPort ?? 0)\(path)"))
    var request = URLRequest(url: url)
    request.httpMethod = method
    if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
    let (data, response) = try await URLSession.shared.data(for: request)
    let type = (try? JSONParser.parse(Array(data)))?["type"]?.stringValue ?? ""
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, type.replacing("urn:corrflow:problem:", with: ""))
  }

  /// A path that fits a route; nothing is there.
  private func path(_ route: Route) -> String {
    route.template.description.replacing("{id}", with: "01M84P2RXH6KV27PC6BKE4DE48")
      .replacing("{key...}", with: "loss").replacing("{name...}", with: "a.png")
  }

  @Test func `without a token every route answers 401, but the open ones`() async throws {
    defer { server.stop() }
    for route in daemon.router.routes {
      let reply = try await ask(route.method, path(route))
      if Self.openPaths.contains(route.template.description) {
        #expect(reply.status == 200, "\(route.method) \(route.template)")
      } else {
        #expect(reply.status == 401 && reply.slug == "unauthorized", "\(route.method) \(route.template)")
      }
    }
  }

  @Test func `a token of the scope read changes nothing`() async throws {
    defer { server.stop() }
    let changes = daemon.router.routes.filter { $0.method != "GET" }
    #expect(changes.count > 20)
    for route in changes {
      let reply = try await ask(route.method, path(route), token: "reader-0123456789")
      #expect(reply.status == 403 && reply.slug == "forbidden-scope", "\(route.method) \(route.template)")
    }
  }

  @Test func `a daemon that asks for tokens says so in its document, and where it does not`() throws {
    defer { server.stop() }
    let plain = try OpenAPIDocument(version: "1", hasJobs: true, openPaths: nil).json
    #expect(plain["security"] == [[:], ["token": []]])
    #expect(plain["paths"]?["/healthz"]?["get"]?["security"] == nil)
    let guarded = try OpenAPIDocument(version: "1", hasJobs: true, openPaths: ["/healthz", "/ui/{file...}"]).json
    #expect(guarded["security"] == [["token": []]])
    #expect(guarded["paths"]?["/healthz"]?["get"]?["security"] == [])
    #expect(guarded["paths"]?["/v1/runs"]?["post"]?["security"] == nil)
    #expect(guarded["components"] == plain["components"])
  }
}
