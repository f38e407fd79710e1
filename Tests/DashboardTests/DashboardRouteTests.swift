import Dashboard
import Foundation
import HTTPServer
import Testing

@Suite struct DashboardRouteTests {
  private let router = Router(DashboardRoutes(vendorFolder: nil).routes)

  @Test(arguments: [
    ("/", "text/html; charset=utf-8"), ("/ui/main.js", "text/javascript; charset=utf-8"),
    ("/ui/pages/runs.js", "text/javascript; charset=utf-8"), ("/ui/style.css", "text/css; charset=utf-8"),
    ("/ui/icon.svg", "image/svg+xml"),
  ])
  func `a file is served with its media type and a strong tag`(target: String, type: String) throws {
    let response = try respond(router, target)
    #expect(response.status == 200)
    #expect(response.headers["Content-Type"] == type)
    #expect(try #require(response.headers["ETag"]).hasPrefix("\""))
    #expect(!bytes(response).isEmpty)
  }

  @Test func `the page and its address below ui are the same file`() throws {
    #expect(bytes(try respond(router, "/")) == bytes(try respond(router, "/ui/index.html")))
  }

  @Test func `a file that the browser has is not sent again`() throws {
    let tag = try #require(try respond(router, "/ui/main.js").headers["ETag"])
    let again = try respond(router, "/ui/main.js", headers: ["If-None-Match": tag])
    #expect(again.status == 304)
    #expect(again.headers["ETag"] == tag)
    #expect(bytes(again).isEmpty)
    #expect(try respond(router, "/ui/main.js", headers: ["If-None-Match": "\"other\""]).status == 200)
  }

  @Test func `files of different content have different tags`() throws {
    #expect(
      try respond(router, "/ui/main.js").headers["ETag"] != (try respond(router, "/ui/style.css").headers["ETag"]))
  }

  @Test func `HEAD is answered, and other methods are told what is possible`() throws {
    #expect(try respond(router, "/", method: "HEAD").status == 200)
    let response = try respond(router, "/ui/main.js", method: "POST")
    #expect(response.status == 405)
    #expect(response.headers["Allow"] == "GET, HEAD, OPTIONS")
  }

  @Test(arguments: [
    "/ui/other.js", "/ui/pages", "/ui/pages%2F..%2Fmain.js", "/ui/", "/index.html", "/ui/main.js/", "/ui/files.c",
  ])
  func `what is no file is not found`(target: String) throws {
    #expect(try respond(router, target).status == 404)
  }

  @Test func `a missing file says where the page is`() throws {
    let text = String(decoding: bytes(try respond(router, "/ui/other.js")), as: UTF8.self)
    #expect(text.contains("There is no such file of the dashboard: its page is at /."))
  }

  @Test func `replies forbid the browser everything from elsewhere and everything inline`() throws {
    for target in ["/", "/ui/main.js"] {
      let policy = try #require(try respond(router, target).headers["Content-Security-Policy"])
      #expect(policy.hasPrefix("default-src 'self';"))
      #expect(!policy.contains("unsafe"))
      #expect(!policy.contains("http"))
    }
  }
}

func respond(
  _ router: Router, _ target: String, method: String = "GET", headers: HTTPHeaders = [:]
) throws -> HTTPResponse {
  router.respond(to: try HTTPRequest(method: method, target: target, headers: headers, id: "r1"))
}

func bytes(_ response: HTTPResponse) -> [UInt8] {
  guard case .bytes(let bytes) = response.body else { return [] }
  return bytes
}
