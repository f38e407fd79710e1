import Foundation
import Glibc
import HTTPServer
import Primitives
import Testing

@Suite(.timeLimit(.minutes(10))) struct ServerTests {
  @Test func `a reply carries its request's name and the static headers`() throws {
    let server = try TestServer { $0.makeRequestID = { "abc123" } }
    let reply = try server.request("GET", "/healthz")
    #expect(reply.status == 200)
    #expect(reply.body == #"{"status":"ok"}"#)
    #expect(reply.header("X-Request-Id") == "abc123")
    #expect(reply.header("X-Content-Type-Options") == "nosniff")
    #expect(reply.header("Content-Security-Policy") == "default-src 'self'; frame-ancestors 'none'")
    #expect(reply.header("Referrer-Policy") == "no-referrer")
    #expect(reply.header("Cache-Control") == "private, no-cache")
    #expect(reply.header("Content-Type") == "application/json; charset=utf-8")
  }

  @Test func `path and query are decoded once`() throws {
    let server = try TestServer()
    let reply = try server.request("GET", "/things/a%20b%252F%2F?q=1+2&q=%2B&empty&%C3%A4=%26")
    #expect(
      reply.body
        == #"{"id":"a b%2F/","query":[["q","1 2"],["q","+"],["empty",""],["ä","&"]]}"#)
  }

  @Test func `HEAD answers as GET does, without the body`() throws {
    let server = try TestServer()
    let get = try server.request("GET", "/things/7")
    let head = try server.request("HEAD", "/things/7")
    #expect(head.status == 200)
    #expect(head.bodyBytes.isEmpty)
    #expect(head.header("Content-Length") == get.header("Content-Length"))
    #expect(head.header("ETag") == get.header("ETag"))
  }

  @Test func `HEAD of a stream ends`() throws {
    let server = try TestServer()
    let head = try server.request("HEAD", "/endless")
    #expect(head.status == 200)
    #expect(head.bodyBytes.isEmpty)
  }

  @Test func `OPTIONS and 405 name the methods that are possible`() throws {
    let server = try TestServer()
    let options = try server.request("OPTIONS", "/things/7")
    #expect(options.status == 204)
    #expect(options.header("Allow") == "DELETE, GET, HEAD, OPTIONS")
    let wrong = try server.request("PATCH", "/things/7")
    #expect(wrong.status == 405)
    #expect(wrong.header("Allow") == "DELETE, GET, HEAD, OPTIONS")
    #expect(wrong.body.contains("urn:corrflow:problem:method-not-allowed"))
  }

  @Test func `204 has neither body nor length`() throws {
    let server = try TestServer()
    let reply = try server.request("DELETE", "/things/7")
    #expect(reply.status == 204)
    #expect(reply.header("Content-Length") == nil)
    #expect(reply.bodyBytes.isEmpty)
  }

  @Test func `a client that has the state gets 304`() throws {
    let server = try TestServer()
    let tag = try #require(try server.request("GET", "/things/7").header("ETag"))
    for header in [tag, "\"x\", W/\(tag)", "*"] {
      let reply = try server.request("GET", "/things/7", headers: ["If-None-Match: \(header)"])
      #expect(reply.status == 304)
      #expect(reply.bodyBytes.isEmpty)
      #expect(reply.header("ETag") == tag)
    }
    #expect(try server.request("GET", "/things/8", headers: ["If-None-Match: \(tag)"]).status == 200)
  }

  @Test func `a connection answers several requests, also when they come at once`() throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send(smuggled + smuggled)
    #expect(client.readReply().status == 200)
    #expect(client.readReply().status == 200)
    client.send(
      "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    #expect(client.readReply().body == #"{"bytes":2}"#)
    client.send(smuggled)
    #expect(client.readReply().status == 200)
  }

  @Test func `a chunked body arrives whole`() throws {
    let server = try TestServer()
    let reply = try server.exchange(
      "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\n"
        + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n")
    #expect(reply.status == 201)
    #expect(reply.body == #"{"bytes":7}"#)
    #expect(reply.header("Location") == "/things/1")
  }

  @Test func `a POST without any body needs no content type`() throws {
    let server = try TestServer()
    #expect(try server.request("POST", "/things").status == 201)
  }

  @Test(arguments: [(0, 201), (1 << 20, 201), ((1 << 20) + 1, 413), (20 << 20, 413)])
  func `a body up to the limit is read, a larger one gets 413`(size: Int, status: Int) throws {
    let server = try TestServer()
    let reply = try server.request(
      "POST", "/things", headers: ["Content-Type: application/json"], body: String(repeating: " ", count: size))
    #expect(reply.status == status)
    if status == 413 { #expect(reply.body.contains("urn:corrflow:problem:payload-too-large")) }
  }

  @Test func `a chunked body without end is cut off`() throws {
    let server = try TestServer { $0.bodyLimit = 1 << 12 }
    let client = try RawClient(port: server.port)
    client.send(
      "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    var pieces = 0
    while pieces < 10_000, client.send("400\r\n\(String(repeating: "a", count: 1024))\r\n") { pieces += 1 }
    #expect(pieces < 10_000)
  }

  @Test func `a client that waits for 100 gets it, or the refusal at once`() throws {
    let server = try TestServer()
    let head = "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
    let client = try RawClient(port: server.port)
    client.send(head + "Content-Length: 2\r\n\r\n")
    #expect(client.receive())
    #expect(String(decoding: client.received, as: UTF8.self).hasPrefix("HTTP/1.1 100"))
    client.send("{}")
    #expect(client.receive())
    #expect(String(decoding: client.received, as: UTF8.self).contains("HTTP/1.1 201"))
    let refused = try server.exchange(head + "Content-Length: 100000000\r\n\r\n")
    #expect(refused.status == 413)
  }

  @Test func `a stream arrives whole, chunked`() throws {
    let server = try TestServer()
    let reply = try server.request("GET", "/numbers.csv")
    #expect(reply.header("Transfer-Encoding") == "chunked")
    let lines = reply.body.split(separator: "\n")
    #expect(lines.count == 20_000)
    #expect(lines.last == "20000,40000")
  }

  @Test func `a stream that fails is visibly incomplete`() throws {
    let server = try TestServer()
    let reply = try server.request("GET", "/failing-stream")
    #expect(reply.text.contains("begun"))
    #expect(reply.end == nil)
  }

  @Test func `many clients are answered at once`() throws {
    let server = try TestServer()
    let failures = Lock(0)
    DispatchQueue.concurrentPerform(iterations: 32) { index in
      let reply = try? server.request("GET", index % 2 == 0 ? "/things/\(index)" : "/slow")
      if reply?.status != 200 { failures.withLock { $0 += 1 } }
    }
    #expect(failures.withLock { $0 } == 0)
  }

  @Test func `the observer learns route, status and time of every request`() throws {
    let server = try TestServer()
    _ = try server.request("GET", "/things/42?x=1")
    _ = try server.request("GET", "/nothing")
    server.server.stop()
    let all = server.seen.all
    #expect(all.map(\.status) == [200, 404])
    #expect(all.map(\.routeTemplate) == ["/things/{id}", nil])
    #expect(all[0].target == "/things/42?x=1")
    #expect(all[0].remoteAddress == "127.0.0.1")
    #expect(all.allSatisfy { $0.seconds >= 0 && $0.seconds < 10 })
  }
}
