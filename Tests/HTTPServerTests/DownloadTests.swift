import Foundation
import HTTPServer
import Testing

@Suite(.timeLimit(.minutes(10))) struct DownloadTests {
  private static let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 251) }

  /// A server with `/file`, and the file's path.
  private func makeServer() throws -> (TestServer, URL) {
    let file = FileManager.default.temporaryDirectory.appending(path: "download-\(UUID().uuidString)")
    try Data(Self.content).write(to: file)
    let server = try TestServer(routes: [
      Route("GET", "/file") { request in
        try .download(
          OpenFile(path: file.path), tag: EntityTag("sha256-abc"), name: "step 7/\"x\".safetensors",
          contentType: "application/octet-stream", for: request)
      }
    ])
    return (server, file)
  }

  @Test func `a file arrives whole with its name and tag`() throws {
    let (server, file) = try makeServer()
    defer { try? FileManager.default.removeItem(at: file) }
    let reply = try server.request("GET", "/file")
    #expect(reply.status == 200)
    #expect(reply.bodyBytes == Self.content)
    #expect(reply.header("ETag") == "\"sha256-abc\"")
    #expect(reply.header("Accept-Ranges") == "bytes")
    #expect(reply.header("Content-Disposition") == "attachment; filename=\"step_7__x_.safetensors\"")
    let head = try server.request("HEAD", "/file")
    #expect(head.header("Content-Length") == "100000")
    #expect(head.bodyBytes.isEmpty)
  }

  @Test(arguments: [
    ("bytes=0-0", 0..<1), ("bytes=0-99", 0..<100), ("bytes=99990-", 99_990..<100_000), ("bytes=-10", 99_990..<100_000),
    ("bytes=99999-99999999999999999999999", 99_999..<100_000), ("bytes=-999999", 0..<100_000), ("Bytes=5-9", 5..<10),
  ])
  func `a range gets its bytes`(header: String, range: Range<Int>) throws {
    let (server, file) = try makeServer()
    defer { try? FileManager.default.removeItem(at: file) }
    let reply = try server.request("GET", "/file", headers: ["Range: \(header)"])
    #expect(reply.status == 206)
    #expect(reply.bodyBytes == Array(Self.content[range]))
    #expect(reply.header("Content-Range") == "bytes \(range.lowerBound)-\(range.upperBound - 1)/100000")
    #expect(reply.header("Content-Length") == "\(range.count)")
  }

  @Test(arguments: [
    "bytes=9-5", "bytes=a-b", "bytes=-", "bytes=", "lines=0-1", "bytes=0-1,4-5", "bytes=+1-2", "0-5", "bytes=0 - 5",
  ])
  func `a range that this server does not serve gets the whole file`(header: String) throws {
    let (server, file) = try makeServer()
    defer { try? FileManager.default.removeItem(at: file) }
    let reply = try server.request("GET", "/file", headers: ["Range: \(header)"])
    #expect(reply.status == 200)
    #expect(reply.bodyBytes.count == 100_000)
  }

  @Test(arguments: ["bytes=100000-", "bytes=100000-100001", "bytes=-0"])
  func `a range behind the end gets 416 with the length`(header: String) throws {
    let (server, file) = try makeServer()
    defer { try? FileManager.default.removeItem(at: file) }
    let reply = try server.request("GET", "/file", headers: ["Range: \(header)"])
    #expect(reply.status == 416)
    #expect(reply.header("Content-Range") == "bytes */100000")
  }

  @Test(arguments: [
    ("\"sha256-abc\"", 206), ("\"sha256-other\"", 200), ("W/\"sha256-abc\"", 200),
    ("Wed, 21 Oct 2026 07:28:00 GMT", 200),
  ])
  func `If-Range allows a range only for the same bytes`(condition: String, status: Int) throws {
    let (server, file) = try makeServer()
    defer { try? FileManager.default.removeItem(at: file) }
    let reply = try server.request("GET", "/file", headers: ["Range: bytes=0-9", "If-Range: \(condition)"])
    #expect(reply.status == status)
  }

  @Test func `several lines are one list`() throws {
    let (server, file) = try makeServer()
    defer { try? FileManager.default.removeItem(at: file) }
    let ranges = try server.request("GET", "/file", headers: ["Range: bytes=0-9", "Range: bytes=20-29"])
    #expect(ranges.status == 200)
    let tags = ["If-None-Match: \"other\"", "If-None-Match: W/\"sha256-abc\""]
    #expect(try server.request("GET", "/file", headers: tags).status == 304)
  }

  @Test func `a range is for GET alone`() throws {
    let (server, file) = try makeServer()
    defer { try? FileManager.default.removeItem(at: file) }
    let head = try server.request("HEAD", "/file", headers: ["Range: bytes=0-9"])
    #expect(head.status == 200)
    #expect(head.header("Content-Length") == "100000")
    #expect(head.header("Content-Range") == nil)
  }

  @Test(arguments: [
    (nil, true), ("\"a\"", true), ("*", true), ("\"b\", \"a\"", true), ("W/\"a\"", false), ("\"b\"", false),
    ("", false),
    ("a", false),
  ])
  func `If-Match is satisfied by the very tag only`(header: String?, isSatisfied: Bool) {
    #expect(EntityTag("a").satisfies(ifMatch: header) == isSatisfied)
  }

  @Test func `a client that has the file gets 304, range or not`() throws {
    let (server, file) = try makeServer()
    defer { try? FileManager.default.removeItem(at: file) }
    let reply = try server.request(
      "GET", "/file", headers: ["If-None-Match: \"sha256-abc\"", "Range: bytes=0-9"])
    #expect(reply.status == 304)
  }

  @Test func `deleting a file does not disturb its download`() throws {
    let (server, file) = try makeServer()
    let open = try OpenFile(path: file.path)
    let kept = try TestServer(routes: [
      Route("GET", "/kept") { _ in
        HTTPResponse(status: 200, body: .file(open, offset: 10, count: open.byteCount - 10))
      }
    ])
    try FileManager.default.removeItem(at: file)
    #expect(try kept.request("GET", "/kept").bodyBytes == Array(Self.content[10...]))
    #expect(try server.request("GET", "/file").status == 500)
  }

  @Test func `a symbolic link, a directory and a missing file are not opened`() throws {
    let link = FileManager.default.temporaryDirectory.appending(path: "link-\(UUID().uuidString)")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/etc/hostname")
    defer { try? FileManager.default.removeItem(at: link) }
    for path in [link.path, "/etc", "/nothing/here"] {
      #expect(throws: HTTPServerError.self) { try OpenFile(path: path) }
    }
  }
}
