import Foundation
import HTTPServer
import Testing

@Suite struct RouterTests {
  private let router = Router([
    Route("GET", "/a") { _ in .text("a", contentType: "text/plain") },
    Route("GET", "/a/fixed") { _ in .text("fixed", contentType: "text/plain") },
    Route("GET", "/a/{x}") { .text($0.parameters["x"] ?? "", contentType: "text/plain") },
    Route("POST", "/a/{x}") { _ in throw Problem.invalid("no", faults: [.init(pointer: "/lr", detail: "too large")]) },
    Route("GET", "/secret") { _ in throw POSIXError(.EIO) },
  ])

  private func respond(_ method: String, _ target: String) throws -> HTTPResponse {
    router.respond(to: try HTTPRequest(method: method, target: target, id: "r1"))
  }

  private func text(_ response: HTTPResponse) -> String {
    guard case .bytes(let bytes) = response.body else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `the first route that fits is taken, and its template told`() throws {
    #expect(text(try respond("GET", "/a/fixed")) == "fixed")
    #expect(text(try respond("GET", "/a/other")) == "other")
    #expect(try respond("GET", "/a/other").routeTemplate == "/a/{x}")
    #expect(try respond("GET", "/a").routeTemplate == "/a")
    #expect(try respond("GET", "/b").routeTemplate == nil)
  }

  @Test(arguments: ["/a/", "/a/x/y", "/", "/A"])
  func `a path that is not a route's is not found`(target: String) throws {
    #expect(try respond("GET", target).status == 404)
  }

  @Test(arguments: [("/f/x/a", "a"), ("/f/x/a/b/c", "a/b/c"), ("/f/x/a%2F..%2Fb", "a/../b")])
  func `a parameter with dots takes the rest of the path`(target: String, rest: String) throws {
    let template = PathTemplate("/f/{x}/{name...}")
    let segments = try HTTPRequest(method: "GET", target: target).segments
    #expect(template.match(segments) == ["x": "x", "name": rest])
  }

  @Test(arguments: ["/f/x", "/f/x/", "/f/x/a/", "/g/x/a", "/f"])
  func `the rest of a path is never empty, nor is a part of it`(target: String) throws {
    let segments = try HTTPRequest(method: "GET", target: target).segments
    #expect(PathTemplate("/f/{x}/{name...}").match(segments) == nil)
  }

  @Test func `a thrown problem becomes problem json`() throws {
    let response = try respond("POST", "/a/b?q=1")
    #expect(response.status == 422)
    #expect(response.headers["content-type"] == "application/problem+json")
    #expect(
      text(response) == """
        {"detail":"no","errors":[{"detail":"too large","pointer":"/lr"}],"instance":"/a/b","request_id":"r1",\
        "status":422,"title":"The request is not valid","type":"urn:corrflow:problem:validation"}
        """)
  }

  @Test func `an unexpected error tells nothing of the inside`() throws {
    let response = try respond("GET", "/secret")
    #expect(response.status == 500)
    #expect(!text(response).contains("POSIX"))
    #expect(text(response).contains("r1"))
  }

  @Test func `the server as a whole answers OPTIONS with all its methods`() throws {
    #expect(try respond("OPTIONS", "*").headers["Allow"] == "GET, HEAD, OPTIONS, POST")
    #expect(try respond("OPTIONS", "/a").headers["Allow"] == "GET, HEAD, OPTIONS")
  }

  @Test func `headers are found whatever their case, and replaced as one`() {
    var headers: HTTPHeaders = ["Content-Type": "a", "X": "1", "x": "2"]
    #expect(headers["content-TYPE"] == "a")
    #expect(headers.values("X") == ["1", "2"])
    headers["x"] = "3"
    #expect(headers.values("X") == ["3"])
    headers["X"] = nil
    #expect(headers.fields.count == 1)
  }
}
