import Foundation
import HTTPServer
import Primitives
import Testing

@Suite(.timeLimit(.minutes(2))) struct IdempotencyTests {
  @Test func `a creation that is sent again creates nothing and has the same reply`() throws {
    let daemon = try TestDaemon()
    let body: JSONValue = ["data": .string(daemon.videos.path), "name": "once"]
    let first = try daemon.ask("POST", "/v1/runs", body, headers: ["Idempotency-Key": "a-1"])
    #expect(first.status == 201 && first.headers["Idempotency-Replayed"] == nil)
    try daemon.wait(for: "completed", run: first.json["id"]?.stringValue ?? "")
    let again = try daemon.ask("POST", "/v1/runs", body, headers: ["Idempotency-Key": "a-1"])
    #expect(again.status == 201 && again.bytes == first.bytes)
    #expect(again.headers["Idempotency-Replayed"] == "true")
    #expect(again.headers["Location"] == first.headers["Location"])
    #expect(try daemon.ask("GET", "/v1/runs?include=total").json["total"] == 1)
  }

  @Test func `a key belongs to one request`() throws {
    let daemon = try TestDaemon()
    let body: JSONValue = ["path": .string(daemon.videos.path)]
    #expect(try daemon.ask("POST", "/v1/datasets", body, headers: ["Idempotency-Key": "k"]).status == 201)
    #expect(try daemon.ask("POST", "/v1/datasets", body, headers: ["Idempotency-Key": "k"]).status == 201)
    let other = try daemon.ask(
      "POST", "/v1/datasets", ["path": .string(daemon.videos.path), "name": "x"], headers: ["Idempotency-Key": "k"])
    #expect(other.status == 422 && other.problem == "idempotency-mismatch")
    let elsewhere = try daemon.ask(
      "POST", "/v1/runs", ["data": .string(daemon.videos.path)], headers: ["Idempotency-Key": "k"])
    #expect(elsewhere.status == 422 && elsewhere.problem == "idempotency-mismatch")
  }

  @Test func `a refusal is not remembered`() throws {
    let daemon = try TestDaemon()
    let wrong: JSONValue = ["data": "/etc"]
    #expect(try daemon.ask("POST", "/v1/runs", wrong, headers: ["Idempotency-Key": "k"]).status == 403)
    let right: JSONValue = ["data": .string(daemon.videos.path)]
    #expect(try daemon.ask("POST", "/v1/runs", right, headers: ["Idempotency-Key": "k"]).status == 201)
  }

  @Test(arguments: ["", "a b", "\u{e9}", String(repeating: "k", count: 256)])
  func `a malformed key is refused`(key: String) throws {
    let daemon = try TestDaemon()
    var headers = HTTPHeaders()
    headers["Idempotency-Key"] = key
    let reply = try daemon.ask("POST", "/v1/runs", ["data": .string(daemon.videos.path)], headers: headers)
    #expect(reply.status == 422 && reply.problem == "validation")
    #expect(try daemon.ask("GET", "/v1/runs").json["items"] == [])
  }

  @Test func `jobs of every kind are created once`() throws {
    let daemon = try TestDaemon()
    let body: JSONValue = [
      "benchmark": "davis2017", "data": .string(daemon.davis.path), "params": ["preset": "identity"],
    ]
    let first = try daemon.ask("POST", "/v1/evaluations", body, headers: ["Idempotency-Key": "e"])
    let again = try daemon.ask("POST", "/v1/evaluations", body, headers: ["Idempotency-Key": "e"])
    #expect(first.status == 201 && again.bytes == first.bytes && again.headers["Idempotency-Replayed"] == "true")
    #expect(try daemon.ask("GET", "/v1/evaluations?include=total").json["total"] == 1)
  }

  @Test func `requests at the same time create one thing`() throws {
    let daemon = try TestDaemon()
    let body: JSONValue = ["data": .string(daemon.videos.path)]
    let statuses = Lock<[Int]>([])
    let ids = Lock<Set<String>>([])
    let threads = try (0..<16).map { _ in
      try WorkerThread(name: "creates") {
        let reply = try? daemon.ask("POST", "/v1/runs", body, headers: ["Idempotency-Key": "same"])
        statuses.withLock { $0.append(reply?.status ?? 0) }
        if let id = reply?.json["id"]?.stringValue { ids.withLock { _ = $0.insert(id) } }
      }
    }
    for thread in threads { #expect(thread.join(seconds: 30)) }
    #expect(statuses.withLock { Set($0).isSubset(of: [201, 409]) && $0.contains(201) })
    #expect(ids.withLock { $0.count } == 1)
    #expect(try daemon.ask("GET", "/v1/runs?include=total").json["total"] == 1)
  }
}
