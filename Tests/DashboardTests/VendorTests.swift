import Dashboard
import Foundation
import HTTPServer
import TestFiles
import Testing

@Suite struct VendorTests {
  @Test func `dygraphs is served from the folder, with its type and a tag that follows its content`() throws {
    try withFolder { folder in
      let router = Router(DashboardRoutes(vendorFolder: folder).routes)
      let script = folder.appending(path: "dygraphs/dygraph.min.js")
      try Data("var Dygraph = 1;".utf8).write(to: script)
      let response = try respond(router, "/ui/vendor/dygraphs/dygraph.min.js")
      #expect(response.headers["Content-Type"] == "text/javascript; charset=utf-8")
      #expect(String(decoding: bytes(response), as: UTF8.self) == "var Dygraph = 1;")
      let tag = try #require(response.headers["ETag"])
      #expect(try respond(router, "/ui/vendor/dygraphs/dygraph.min.js", headers: ["If-None-Match": tag]).status == 304)
      try Data("var Dygraph = 2;".utf8).write(to: script)
      #expect(try respond(router, "/ui/vendor/dygraphs/dygraph.min.js", headers: ["If-None-Match": tag]).status == 200)
    }
  }

  @Test(arguments: [
    "/ui/vendor/secret.txt", "/ui/vendor/dygraphs%2F..%2Fsecret.txt",
    "/ui/vendor/%2Fetc%2Fpasswd", "/ui/vendor/dygraphs", "/ui/vendor/dygraphs/dygraph.js", "/ui/vendor/",
  ])
  func `nothing else of the folder, or above it, is served`(target: String) throws {
    try withFolder { folder in
      let router = Router(DashboardRoutes(vendorFolder: folder).routes)
      try Data("x".utf8).write(to: folder.appending(path: "secret.txt"))
      try Data("x".utf8).write(to: folder.appending(path: "dygraphs/dygraph.js"))
      #expect(try respond(router, target).status == 404)
    }
  }

  @Test func `the page is told which libraries there are`() throws {
    try withFolder { folder in
      let router = Router(DashboardRoutes(vendorFolder: folder).routes)
      #expect(text(try respond(router, "/ui/vendor")) == #"{"files":[]}"#)
      try Data("a".utf8).write(to: folder.appending(path: "dygraphs/dygraph.css"))
      #expect(text(try respond(router, "/ui/vendor")) == #"{"files":["dygraphs/dygraph.css"]}"#)
    }
    #expect(text(try respond(Router(DashboardRoutes(vendorFolder: nil).routes), "/ui/vendor")) == #"{"files":[]}"#)
  }

  @Test func `a folder in the place of a library is none`() throws {
    try withFolder { folder in
      let place = folder.appending(path: "dygraphs/dygraph.min.js")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      let router = Router(DashboardRoutes(vendorFolder: folder).routes)
      #expect(try respond(router, "/ui/vendor/dygraphs/dygraph.min.js").status == 404)
    }
  }

  private func text(_ response: HTTPResponse) -> String {
    String(decoding: bytes(response), as: UTF8.self)
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "dygraphs"), withIntermediateDirectories: true)
    try body(folder.url)
  }
}
