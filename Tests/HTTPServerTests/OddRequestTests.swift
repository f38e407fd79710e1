import HTTPServer
import Testing

/// Every odd request of the table of measured pitfalls, and what it gets.
struct OddRequest: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var bytes: String
  var status: Int
  /// Requests answered: more than one would mean that smuggled bytes were taken for a request.
  var closes = true

  init(_ name: String, _ bytes: String, _ status: Int, closes: Bool = true) {
    testDescription = name
    self.bytes = bytes
    self.status = status
    self.closes = closes
  }
}

let smuggled = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

let oddRequests: [OddRequest] = [
  OddRequest("zero byte escaped in the path", "GET /things%00/../x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("zero byte escaped in the query", "GET /things/1?q=a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("raw zero byte in the path", "GET /things/1\u{0}x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("half an escape", "GET /things/%4 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("an escape that is no number", "GET /things/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("bad UTF-8", "GET /things/%ff%fe HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("overlong UTF-8", "GET /things/%c0%af HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("empty segment", "GET /things//1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("two slashes first", "GET //healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("dot segment", "GET /./healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("dot dot segment", "GET /things/../healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("escaped dot dot", "GET /things/%2e%2E/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("line break in the path", "GET /things/a%0d%0ab HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest(
    "Content-Length and Transfer-Encoding",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 4\r\n"
      + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled, 400),
  OddRequest(
    "two different Content-Length",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
      + "Content-Length: 60\r\n\r\n{}" + smuggled, 400),
  OddRequest(
    "two equal Content-Length",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
      + "content-length: 2\r\n\r\n{}" + smuggled, 400),
  OddRequest(
    "unknown Transfer-Encoding",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip\r\n\r\n"
      + smuggled, 501),
  OddRequest(
    "Transfer-Encoding twice",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
      + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + smuggled, 501),
  OddRequest(
    "Transfer-Encoding in HTTP/1.0",
    "POST /things HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "0\r\n\r\n", 400),
  OddRequest("two Host lines", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
  OddRequest("two equal Host lines", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n", 400),
  OddRequest("an empty Host", "GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", 421),
  OddRequest("a Host with a user", "GET /healthz HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n", 421),
  OddRequest("an unclosed bracket as Host", "GET /healthz HTTP/1.1\r\nHost: [::1\r\n\r\n", 421),
  OddRequest(
    "our Host with any port", "GET /healthz HTTP/1.1\r\nHost: LocalHost:65536\r\n\r\n", 200, closes: false),
  OddRequest("no Host in HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n", 421),
  OddRequest("no Host", "GET /healthz HTTP/1.1\r\n\r\n", 400),
  OddRequest("another Host", "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
  OddRequest(
    "another Host that begins like ours", "GET /healthz HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421),
  OddRequest(
    "another Origin", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n", 403),
  OddRequest("null Origin", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n", 403),
  OddRequest(
    "our Origin of another port",
    "GET /healthz HTTP/1.1\r\nHost: localhost:8471\r\nOrigin: http://localhost:8080\r\n\r\n", 403),
  OddRequest(
    "our own Origin", "GET /healthz HTTP/1.1\r\nHost: localhost:8471\r\nOrigin: http://LOCALHOST:8471\r\n\r\n", 200,
    closes: false),
  OddRequest("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 204, closes: false),
  OddRequest("GET *", "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, closes: false),
  OddRequest("absolute target", "GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
  OddRequest("a method that is none", "F@O /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
  OddRequest("a method in lower case", "get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
  OddRequest("TRACE", "TRACE /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, closes: false),
  OddRequest("HTTP/9.9", "GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n", 505),
  OddRequest("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
  OddRequest(
    "Content-Length below zero",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n", 400),
  OddRequest(
    "Content-Length with a sign",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: +4\r\n\r\nabcd", 400),
  OddRequest(
    "Content-Length as a list",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2, 2\r\n\r\n{}"
      + smuggled, 400),
  OddRequest(
    "Content-Length in hexadecimal",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 0x2\r\n\r\n{}"
      + smuggled, 400),
  OddRequest(
    "Content-Length with a blank in it",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1 0\r\n\r\n{}"
      + smuggled, 400),
  OddRequest(
    "an empty Content-Length",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length:\r\n\r\n"
      + smuggled, 400),
  OddRequest(
    "a list of codings that ends in chunked",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + smuggled, 501),
  OddRequest(
    "a coding that only looks like chunked",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled, 501),
  OddRequest(
    "a blank before the colon",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length : 2\r\n\r\n{}"
      + smuggled, 400),
  OddRequest(
    "a line that goes on in the next", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n", 200,
    closes: false),
  OddRequest("a header without a colon", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n", 400),
  OddRequest("a header name of two words", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX Y: z\r\n\r\n", 400),
  OddRequest(
    "a header without a name counts for nothing", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n: z\r\n\r\n", 200,
    closes: false),
  OddRequest("a control character in a header", "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\u{1}b\r\n\r\n", 400),
  OddRequest(
    "a body with GET", "GET /things/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 200, closes: false),
  OddRequest(
    "too many header lines",
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "X: y\r\n", count: 100) + "\r\n", 431),
  OddRequest(
    "as many header lines as are read",
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "X: y\r\n", count: 99) + "\r\n", 200,
    closes: false),
  OddRequest(
    "Content-Length beyond 64 bits",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + "Content-Length: 99999999999999999999\r\n\r\n", 413),
  OddRequest(
    "Content-Length of a terabyte",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + "Content-Length: 1000000000000\r\n\r\n", 413),
  OddRequest(
    "a form",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
      + "Content-Length: 3\r\n\r\na=b", 415, closes: false),
  OddRequest(
    "two types of one body",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Type: text/plain\r\n"
      + "Content-Length: 2\r\n\r\n{}", 415, closes: false),
  OddRequest(
    "a compressed body",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
      + "Content-Length: 2\r\n\r\n{}", 415, closes: false),
  OddRequest(
    "a body whose coding is none",
    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: Identity\r\n"
      + "Content-Length: 2\r\n\r\n{}", 201, closes: false),
  OddRequest(
    "a form for a path that takes none",
    "POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
      + "Content-Length: 3\r\n\r\na=b", 405, closes: false),
  OddRequest(
    "a form for no path",
    "POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
      + "Content-Length: 3\r\n\r\na=b", 404, closes: false),
  OddRequest(
    "a body of no declared type", "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 415,
    closes: false),
  OddRequest("an unknown path", "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, closes: false),
  OddRequest("a slash at the end", "GET /healthz/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, closes: false),
  OddRequest("another method", "DELETE /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, closes: false),
  OddRequest("a handler that throws", "GET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n", 500, closes: false),
]

@Suite struct OddRequestTests {
  @Test(.timeLimit(.minutes(10)), arguments: oddRequests)
  func `an odd request gets its status, once, and the connection closes where its end is in doubt`(
    odd: OddRequest
  ) throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send(odd.bytes)
    let reply = odd.closes ? client.readToEnd() : client.readReply()
    #expect(client.isClosed == odd.closes)
    #expect(reply.status == odd.status, "\(reply.text)")
    #expect(!reply.body.contains("HTTP/1.1 200"), "a smuggled request was answered: \(reply.text)")
    if odd.status >= 400, odd.status != 505, reply.header("X-Request-Id") != nil {
      #expect(reply.header("Content-Type") == "application/problem+json")
      #expect(reply.body.contains("urn:corrflow:problem:"))
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `a header larger than the memory of a connection is refused`() throws {
    let server = try TestServer()
    let reply = try server.exchange(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: \(String(repeating: "a", count: 40_000))\r\n\r\n")
    #expect(reply.status == 431)
  }

  @Test(.timeLimit(.minutes(10)))
  func `a target larger than the memory of a connection is refused`() throws {
    let server = try TestServer()
    let reply = try server.exchange(
      "GET /\(String(repeating: "a", count: 40_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n")
    #expect(reply.status == 414)
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      "x\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n", "2\r\n{}XX0\r\n\r\n",
      "\r\n{}\r\n0\r\n\r\n",
    ])
  func `a chunk whose size is none is refused, and the connection closes`(chunks: String) throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send(
      "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunks + smuggled)
    let reply = client.readToEnd()
    #expect(client.isClosed)
    #expect(reply.status != 201 && !reply.text.contains("\"status\":\"ok\""), "\(reply.text)")
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: ["\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET \r\n\r\n", " \r\n\r\n"])
  func `what is no request at all does no harm`(bytes: String) throws {
    let server = try TestServer { $0.headSeconds = 0.3 }
    _ = try server.exchange(bytes)
    #expect(try server.request("GET", "/healthz").status == 200)
  }
}
