import Foundation
import HTTPServer
import Primitives
import RunStore
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(2))) struct EventStreamTests {
  /// An event as a browser takes it apart.
  private struct Sent: Equatable {
    var id: Int?
    var name: String
    var data: JSONValue
  }

  private func events(_ text: String) throws -> [Sent] {
    try text.components(separatedBy: "\n\n").compactMap { block in
      var fields: [String: String] = [:]
      for line in block.split(separator: "\n") where !line.hasPrefix(":") {
        let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
        fields[parts[0]] = parts[1].trimmingCharacters(in: .whitespaces)
      }
      guard let name = fields["event"], let data = fields["data"] else { return nil }
      return Sent(id: fields["id"].flatMap(Int.init), name: name, data: try JSONParser.parse(Array(data.utf8)))
    }
  }

  @Test func `a stream tells what happened since an event, in order and with numbers`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let reply = try daemon.ask("GET", "/v1/events?after=0&types=run.state&run_id=\(run)&max_events=4")
    #expect(reply.status == 200)
    #expect(reply.headers["Content-Type"] == "text/event-stream; charset=utf-8")
    #expect(reply.headers["X-Accel-Buffering"] == "no")
    #expect(reply.text.hasPrefix("retry: 3000\nid: "))
    let sent = try events(reply.text)
    #expect(sent.map { $0.data["to"] } == ["queued", "starting", "running", "completed"])
    #expect(sent.allSatisfy { $0.name == "run.state" && $0.data["run_id"] == .string(run) })
    let numbers = sent.compactMap(\.id)
    #expect(numbers.count == 4 && numbers == numbers.sorted())
    #expect(sent.allSatisfy { $0.data["sequence"]?.intValue == $0.id && $0.data["type"] == "run.state" })
    // From the third on, by the header that a browser sends; it counts more than the address.
    let again = try daemon.ask(
      "GET", "/v1/events?after=0&types=run.state&max_events=2", headers: ["Last-Event-ID": "\(numbers[1])"])
    #expect(try events(again.text) == Array(sent[2...]))
  }

  @Test func `a stream tells what happens while it is open`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.createRun(["steps": 1000, "hold_at": 3])
    try daemon.wait(for: "running", run: run)
    let text = Lock("")
    let thread = try WorkerThread(name: "stream") {
      let reply = try? daemon.ask("GET", "/v1/events?types=run.state,checkpoint&max_events=2")
      text.withLock { $0 = reply?.text ?? "" }
    }
    try daemon.wait("the stream to be open") { daemon.api.streams.count == 1 ? true : nil }
    _ = try daemon.ask("POST", "/v1/runs/\(run)/checkpoint")
    _ = try daemon.wait("a checkpoint") {
      try daemon.ask("GET", "/v1/runs/\(run)/checkpoints").json["items"]?.elements.first
    }
    _ = try daemon.ask("POST", "/v1/runs/\(run)/kill")
    #expect(thread.join(seconds: 20))
    let sent = try events(text.withLock { $0 })
    #expect(sent.map(\.name) == ["checkpoint", "run.state"])
    #expect(sent.last?.data["to"] == "killing")
  }

  @Test func `progress and metrics pass without a number`() throws {
    let daemon = try TestDaemon()
    let text = Lock("")
    let thread = try WorkerThread(name: "stream") {
      let reply = try? daemon.ask("GET", "/v1/events?types=run.progress,metric&max_events=2")
      text.withLock { $0 = reply?.text ?? "" }
    }
    try daemon.wait("the stream to be open") { daemon.api.streams.count == 1 ? true : nil }
    _ = try daemon.completedRun()
    #expect(thread.join(seconds: 20))
    let sent = try events(text.withLock { $0 })
    #expect(sent.map(\.name) == ["run.progress", "metric"])
    #expect(sent.allSatisfy { $0.id == nil && $0.data["sequence"] == .null })
    #expect(sent.first?.data["total_steps"] == 6)
    #expect(sent.last?.data["values"]?["gradient_norm"] == 0.5)
  }

  @Test func `too much that was missed is answered by one reset`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let id = try #require(ULID(run))
    for index in 0...EventStream.replayed {
      _ = try daemon.store.patchRun(id, at: Date()) { _ in RunPatch(name: "run \(index)") }
    }
    let newest = try daemon.store.lastEventSequence()
    for target in ["/v1/events?after=0&max_events=1", "/v1/events?after=\(newest + 5)&max_events=1"] {
      let stream = try daemon.open(target)
      let text = String(decoding: try #require(try stream.next()), as: UTF8.self)
      #expect(
        try events(text) == [Sent(id: Int(newest), name: "reset", data: ["newest": .integer(newest), "type": "reset"])])
    }
  }

  @Test func `the seventeenth stream is refused until one is closed`() throws {
    let daemon = try TestDaemon()
    var open = try (0..<16).map { _ in try daemon.open("/v1/events") }
    let refused = try daemon.ask("GET", "/v1/events")
    #expect(refused.status == 503 && refused.problem == "rate-limited")
    #expect(refused.headers["Retry-After"] == "5")
    open.removeLast()
    _ = try daemon.open("/v1/events")
    #expect(try daemon.ask("HEAD", "/v1/events").status == 200)
  }

  @Test func `a stream that comes while another ends gets its place`() throws {
    let slots = StreamSlots(limit: 1)
    let open = Lock(slots.take(seconds: 0))
    #expect(slots.take(seconds: 0) == nil)
    let got = Lock(false)
    let thread = try WorkerThread(name: "comes") {
      let place = slots.take(seconds: 60)
      got.withLock { $0 = place != nil }
    }
    open.withLock { $0 = nil }
    thread.join()
    #expect(got.withLock { $0 } && slots.count == 0)
  }

  @Test func `a stream ends when its client is gone, and when the daemon ends`() throws {
    let daemon = try TestDaemon()
    let isThere = Lock(true)
    var request = try HTTPRequest(method: "GET", target: "/v1/events")
    request.isConnected = { isThere.withLock { $0 } }
    guard case .stream(let first) = daemon.router.respond(to: request).body else { throw Failure(description: "none") }
    #expect(try first.next() != nil)
    isThere.withLock { $0 = false }
    #expect(try first.next() == nil)
    let second = try daemon.open("/v1/events")
    #expect(try second.next() != nil)
    daemon.api.endStreams()
    #expect(try second.next() == nil)
    #expect(try second.next() == nil)
  }

  @Test func `what is wrong with a wish is told`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask("GET", "/v1/events?types=run.state,weather&after=x&max_events=0&run_id=1&colour=red")
    #expect(reply.status == 422)
    #expect(Set(reply.pointers) == ["?types", "?after", "?max_events", "?run_id", "?colour"])
    #expect(try daemon.ask("GET", "/v1/events?run_id=01ARZ3NDEKTSV4RRFFQ69G5FAV").status == 404)
    #expect(try daemon.ask("GET", "/v1/events", headers: ["Last-Event-ID": "x"]).status == 400)
    #expect(daemon.api.streams.count == 0)
  }
}

extension TestDaemon {
  /// A stream, nothing of which is read yet.
  fileprivate func open(_ target: String) throws -> HTTPBodyStream {
    let response = router.respond(to: try HTTPRequest(method: "GET", target: target))
    guard case .stream(let stream) = response.body else { throw Failure(description: "no stream: \(response.status)") }
    return stream
  }
}
