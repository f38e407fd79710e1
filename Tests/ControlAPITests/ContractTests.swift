import HTTPServer
import Primitives
import RunStore
import Testing

@testable import ControlAPI

/// What strangers send that no usual client does.
@Suite(.timeLimit(.minutes(2))) struct ContractTests {
  @Test(arguments: ["+5", " 5", "0x5", "5.0", "1e1", "", "-"])
  func `an integer in a query is digits`(text: String) throws {
    let daemon = try TestDaemon()
    let escaped = text.replacing("+", with: "%2B").replacing(" ", with: "%20")
    let reply = try daemon.ask("GET", "/v1/runs?limit=\(escaped)")
    #expect(reply.status == 422 && reply.pointers == ["?limit"])
    #expect(Int(decimal: text) == nil)
  }

  @Test(arguments: [("0", 0), ("-7", -7), ("0012", 12), ("9223372036854775807", Int.max)])
  func `digits are an integer`(text: String, value: Int) {
    #expect(Int(decimal: text) == value)
  }

  @Test(arguments: [
    ("GET", "/v1/version"), ("GET", "/openapi.json"), ("POST", "/v1/datasets"), ("DELETE", "/v1/runs/{id}"),
    ("DELETE", "/v1/datasets/{id}"), ("DELETE", "/v1/evaluations/{id}"), ("DELETE", "/v1/checkpoints/{id}"),
    ("GET", "/v1/checkpoints/{id}/data"),
  ])
  func `a parameter that is not known is refused before anything is done`(method: String, path: String) throws {
    let daemon = try TestDaemon()
    let target = path.replacing("{id}", with: "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    let body: JSONValue? = method == "POST" ? ["path": .string(daemon.videos.path)] : nil
    let reply = try daemon.ask(method, "\(target)?force=true", body)
    #expect(reply.status == 422 && reply.pointers == ["?force"])
    #expect(try daemon.ask("GET", "/v1/datasets").json["items"] == [])
  }

  @Test(arguments: ["/healthz", "/readyz", "/metrics"])
  func `probes may have any parameter`(path: String) throws {
    #expect(try TestDaemon().ask("GET", "\(path)?probe=1").status == 200)
  }

  @Test func `If-Match counts wherever it is sent`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.createRun(["steps": 1000, "hold_at": 3])
    try daemon.wait(for: "running", run: run)
    for (method, target) in [
      ("GET", "/v1/runs/\(run)"), ("GET", "/v1/runs"), ("HEAD", "/v1/version"), ("POST", "/v1/runs/\(run)/stop"),
      ("DELETE", "/v1/runs/\(run)"),
    ] {
      let reply = try daemon.ask(method, target, headers: ["If-Match": "\"r1\""])
      #expect(reply.status == 412 && reply.problem == "precondition-failed", "\(method) \(target)")
    }
    #expect(try daemon.ask("GET", "/v1/runs/\(run)", headers: ["If-Match": "*"]).status == 200)
    #expect(try daemon.ask("POST", "/v1/runs/\(run)/kill", headers: ["If-Match": "*"]).status == 202)
    try daemon.wait(for: "killed", run: run)
    let tag = try #require(try daemon.ask("GET", "/v1/runs/\(run)").headers["ETag"])
    #expect(try daemon.ask("DELETE", "/v1/runs/\(run)", headers: ["If-Match": tag]).status == 204)
  }

  @Test func `several lines of If-Match are one list`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    var headers: HTTPHeaders = ["If-Match": "\"r1\""]
    headers.append("If-Match", "*")
    #expect(try daemon.ask("PATCH", "/v1/runs/\(run)", ["notes": "x"], headers: headers).status == 200)
  }

  @Test func `a request has one Idempotency-Key`() throws {
    let daemon = try TestDaemon()
    var headers: HTTPHeaders = ["Idempotency-Key": "a"]
    headers.append("idempotency-key", "b")
    let reply = try daemon.ask("POST", "/v1/runs", ["data": .string(daemon.videos.path)], headers: headers)
    #expect(reply.status == 400)
    #expect(reply.json["detail"] == "A request has at most one Idempotency-Key; this one has 2.")
    #expect(try daemon.ask("GET", "/v1/runs").json["items"] == [])
  }

  @Test func `what a body names and there is not is told by its pointer`() throws {
    let daemon = try TestDaemon()
    let missing: JSONValue = "01M848AA419TGF3KKZCXRZ1RY6"
    let dataset = try daemon.ask("POST", "/v1/runs", ["dataset_id": missing])
    #expect(dataset.status == 422 && dataset.problem == "validation" && dataset.pointers == ["/dataset_id"])
    let run = try daemon.completedRun()
    for (id, pointer) in [(missing, "/parent/run_id"), (.string(run), "/parent/checkpoint_id")] as [(JSONValue, String)]
    {
      let body: JSONValue = ["data": .string(daemon.videos.path), "parent": ["run_id": id, "checkpoint_id": missing]]
      let reply = try daemon.ask("POST", "/v1/runs", body)
      #expect(reply.status == 422 && reply.pointers.first?.hasPrefix("/parent") == true, "\(pointer): \(reply.text)")
    }
    #expect(try daemon.ask("POST", "/v1/runs/01M848AA419TGF3KKZCXRZ1RY6/stop").status == 404)
    #expect(try daemon.ask("POST", "/v1/datasets/01M848AA419TGF3KKZCXRZ1RY6/verify").status == 404)
  }

  @Test func `a zero has no place in a label`() throws {
    let daemon = try TestDaemon()
    let body: JSONValue = ["data": .string(daemon.videos.path), "labels": ["a": "x\0", "b\0": "x", "c": "x"]]
    let reply = try daemon.ask("POST", "/v1/runs", body)
    #expect(reply.status == 422 && reply.pointers == ["/labels/a", "/labels/b\0"])
    let run = try daemon.completedRun()
    let patch = try daemon.ask("PATCH", "/v1/runs/\(run)", ["labels": ["a": "\0"]], headers: ["If-Match": "*"])
    #expect(patch.status == 422 && patch.pointers == ["/labels/a"])
  }

  @Test func `characters are counted as JSON Schema counts them`() throws {
    let daemon = try TestDaemon()
    // One character on the screen, 201 code points.
    let text = "a" + String(repeating: "\u{301}", count: 200)
    let body: JSONValue = [
      "data": .string(daemon.videos.path), "name": .string(text), "labels": ["a": .string(text + text)],
    ]
    let reply = try daemon.ask("POST", "/v1/runs", body)
    #expect(reply.status == 422 && Set(reply.pointers) == ["/name", "/labels/a"])
  }

  @Test func `a cursor has one spelling`() throws {
    let daemon = try TestDaemon()
    for _ in 0..<3 { _ = try daemon.completedRun() }
    let cursor = try #require(try daemon.ask("GET", "/v1/runs?limit=1").json["next_cursor"]?.stringValue)
    #expect(try daemon.ask("GET", "/v1/runs?limit=1&cursor=\(cursor)").status == 200)
    #expect(try daemon.ask("GET", "/v1/runs?limit=1&cursor=\(cursor)%3D").status == 400)
    #expect(Base64URL.decode("Pz8_") == "???" && Base64URL.decode("Pz8/") == nil)
  }

  @Test func `checkpoints come in pages to those who ask for pages`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun(["steps": 6, "checkpoint_every": 1])
    let all = try daemon.ask("GET", "/v1/runs/\(run)/checkpoints").json
    #expect(all["items"]?.elements.count == 6 && all["next_cursor"] == .null)
    var steps: [Int] = []
    var target: String? = "/v1/runs/\(run)/checkpoints?limit=4"
    while let page = try target.map({ try daemon.ask("GET", $0) }) {
      steps += page.json["items"]?.elements.compactMap { $0["step"]?.intValue } ?? []
      #expect((page.headers["Link"] == nil) == (page.json["next_cursor"] == .null))
      // What is deleted meanwhile is not missed by the next page.
      if steps.count == 4, let id = page.json["items"]?.elements.last?["id"]?.stringValue {
        #expect(try daemon.ask("DELETE", "/v1/checkpoints/\(id)").status == 204)
      }
      target = page.json["next_cursor"]?.stringValue.map { "/v1/runs/\(run)/checkpoints?limit=4&cursor=\($0)" }
    }
    #expect(steps == [6, 5, 4, 3, 2, 1])
    let other = try daemon.completedRun()
    let cursor = try daemon.ask("GET", "/v1/runs/\(run)/checkpoints?limit=1").json["next_cursor"]?.stringValue ?? ""
    let rest = try daemon.ask("GET", "/v1/runs/\(run)/checkpoints?cursor=\(cursor)").json["items"]?.elements ?? []
    #expect(rest.compactMap { $0["step"]?.intValue } == [5, 4, 2, 1])
    #expect(try daemon.ask("GET", "/v1/runs/\(other)/checkpoints?cursor=\(cursor)").status == 400)
  }

  @Test func `what a stream will be has no tag, and no end`() throws {
    let head = try TestDaemon().ask("HEAD", "/v1/events")
    #expect(head.status == 200 && head.headers["ETag"] == nil)
    #expect(head.headers["Content-Type"] == "text/event-stream; charset=utf-8")
  }

  @Test func `a stream that is broken off while it tells what was missed goes on where it was`() throws {
    let daemon = try TestDaemon()
    _ = try daemon.completedRun()
    let newest = try daemon.store.lastEventSequence()
    let cut = try daemon.ask("GET", "/v1/events?after=1&max_events=1").text
    #expect(cut.hasPrefix("retry: 3000\nid: 1\n\nid: 2\n") && !cut.contains("id: \(newest)\n"))
    let response = daemon.router.respond(to: try HTTPRequest(method: "GET", target: "/v1/events?after=1&types=log"))
    guard case .stream(let stream) = response.body else { throw Failure(description: "no stream") }
    #expect(try stream.next() == Array("retry: 3000\nid: 1\n\nid: \(newest)\n\n".utf8))
  }

  @Test(arguments: [("", 200), ("abc", 400), ("-1", 400), ("+1", 400), ("99999999999999999999", 400)])
  func `Last-Event-ID is a number, or empty`(header: String, status: Int) throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask("HEAD", "/v1/events", headers: ["Last-Event-ID": header])
    #expect(reply.status == status)
  }

  @Test(arguments: ["r+1", "r1-+2", "r1--2", "r 1", "r\u{661}"])
  func `a revision is digits`(text: String) {
    #expect(ResourceRevision(text) == nil)
  }
}
