import ControlClient
import HTTPServer
import Primitives
import Testing

@Suite("Creating by the client", .timeLimit(.minutes(10)))
struct CreationTests {
  @Test("A request whose connection breaks before the reply is sent again under its key", arguments: [false, true])
  func broken(overSocket: Bool) throws {
    let standIn = try StandIn()
    standIn.state.withLock { $0.breaks = 1 }
    let reply = try standIn.client(overSocket: overSocket).create("/v1/datasets", body: ["path": "/x"], key: "k-1")
    #expect(reply.status == 201 && reply.json?["created"] == 1)
    let requests = standIn.state.withLock { $0.requests }
    #expect(requests.map { $0.headers["Idempotency-Key"] } == ["k-1", "k-1"])
    #expect(requests.allSatisfy { $0.headers["Content-Type"] == "application/json" && !$0.body.isEmpty })
  }

  @Test("It is sent again once, and the error tells how to go on")
  func brokenTwice() throws {
    let standIn = try StandIn()
    standIn.state.withLock { $0.breaks = 5 }
    let error = #expect(throws: ClientError.self) {
      try standIn.client().create("/v1/datasets", body: ["path": "/x"], key: "k-2")
    }
    #expect(standIn.state.withLock { $0.requests.count } == 2)
    guard case .broken(_, _, "k-2")? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("the same command with --idempotency-key k-2 asks again") == true)
  }

  @Test("Where nobody answers at all, nothing was sent")
  func nobody() throws {
    let client = try ControlClient(server: try ServerAddress("http://127.0.0.1:1"), token: nil)
    let error = #expect(throws: ClientError.self) { try client.create("/v1/runs", body: [:], key: "k") }
    guard case .unreachable? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("What the daemon refuses is not sent again")
  func refused() throws {
    let standIn = try StandIn()
    let error = #expect(throws: ClientError.self) {
      try standIn.client().create("/v1/runs", body: ["config": [:]], key: "k")
    }
    #expect(error?.status == 422)
    #expect(standIn.state.withLock { $0.requests.count } == 1)
  }
}
