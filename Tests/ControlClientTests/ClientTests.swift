import ControlClient
import Foundation
import HTTPServer
import Primitives
import Testing

@Suite("The client", .timeLimit(.minutes(10)))
struct ClientTests {
  @Test("It asks over TCP and over a socket alike", arguments: [false, true])
  func transports(overSocket: Bool) throws {
    let standIn = try StandIn()
    let client = try standIn.client(overSocket: overSocket)
    for _ in 0..<3 { #expect(try client.json("/v1/runs/\(StandIn.run)")["state"] == "running") }
    #expect(standIn.server.connectionCount == 1)
    #expect(try client.send("DELETE", "/v1/runs/\(StandIn.run)").status == 204)
  }

  @Test("A token goes with each request, and is needed over TCP only")
  func tokens() throws {
    let standIn = try StandIn(tokens: "read:0123456789abcdef")
    #expect(try standIn.client(token: "0123456789abcdef").get("/v1/runs").status == 200)
    #expect(try standIn.client(overSocket: true).get("/v1/runs").status == 200)
    let none = #expect(throws: ClientError.self) { try standIn.client().get("/v1/runs") }
    #expect(none?.description.contains("give a token with --token-file FILE or CORRFLOW_TOKEN_FILE") == true)
    let reader = try standIn.client(token: "0123456789abcdef")
    let small = #expect(throws: ClientError.self) { try reader.send("DELETE", "/v1/runs/\(StandIn.run)") }
    #expect(small?.description.contains("needs one of the scope admin") == true)
  }

  @Test("What the daemon refuses is told with each fault")
  func problems() throws {
    let standIn = try StandIn()
    let error = #expect(throws: ClientError.self) {
      try standIn.client().send("POST", "/v1/runs", body: ["config": [:]])
    }
    #expect(error?.description == "The request is not accepted.\n  /config/lr: is not a known field")
    guard case .refused(let problem)? = error else { return }
    #expect(problem.status == 422 && problem.slug == "validation" && problem.requestID != nil)
    #expect(try standIn.client().send("POST", "/v1/runs").status == 201)
  }

  @Test("A reply that no daemon makes is told as such")
  func foreign() throws {
    let client = try StandIn().client()
    let unreachable = #expect(throws: ClientError.self) { try client.get("/v1/runs") }
    #expect(unreachable?.description.contains("There is no answer from http://127.0.0.1:") == true)
    let standIn = try StandIn()
    let odd = #expect(throws: ClientError.self) { try standIn.client().get("/odd") }
    #expect(odd?.description == "the server answered with status 418, and not as a corrflowd does")
    let text = #expect(throws: ClientError.self) { try standIn.client().json("/text") }
    #expect(text?.description.contains("Is it a corrflowd that answers?") == true)
  }

  @Test("A socket that is not there, and a name that has no address, are not reachable")
  func unreachable() throws {
    for (address, reason) in [
      ("unix:/nothing/here.sock", "No such file or directory"), ("http://127.0.0.1:1", "Connection refused"),
      ("http://name.invalid:1", "name.invalid"),
    ] {
      let client = try ControlClient(server: try ServerAddress(address), token: nil)
      let error = #expect(throws: ClientError.self) { try client.get("/v1/runs") }
      #expect(error?.description.contains("Is the daemon running there?") == true)
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test("All pages of a list are read, and no more than are wanted")
  func pages() throws {
    let client = try StandIn().keeping { try $0.client() }
    #expect(try client.client.items("/v1/runs", limit: 100).count == 6)
    #expect(try client.client.items("/v1/runs", limit: 3).count == 3)
  }

  @Test("A run is found by its identity, its name, or the beginning of one identity")
  func names() throws {
    let kept = try StandIn().keeping { try $0.client() }
    let client = kept.client
    #expect(try client.runID("01arz3ndektsv4rrffq69g5fav") == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
    #expect(try client.runID("run 3") == "01ARZ3NDEKTSV4RRFFQ69G5FA3")
    #expect(try client.runID("01arz3ndektsv4rrffq69g5fa4") == "01ARZ3NDEKTSV4RRFFQ69G5FA4")
    let twin = #expect(throws: ClientError.self) { try client.runID("twin") }
    #expect(twin?.description.hasPrefix("'twin' may be any of 2 runs; give more of the identity:\n  01ARZ3") == true)
    #expect(throws: ClientError.self) { try client.runID("01ARZ3") }
    #expect(throws: ClientError.noSuchRun("nobody", candidates: [])) { try client.runID("nobody") }
    #expect(throws: ClientError.noSuchRun("", candidates: [])) { try client.runID("") }
  }

  @Test("Parts of a path and of a query may have any character")
  func escapes() throws {
    let kept = try StandIn().keeping { try $0.client() }
    _ = try? kept.client.get(ControlClient.path("v1", "a b?#%ä", "davis/j_and_f"), query: [("a&b", "c=d +é")])
    let request = try #require(kept.standIn.state.withLock { $0.requests.last })
    #expect(request.segments == ["v1", "a b?#%ä", "davis", "j_and_f"])
    #expect(request.query.map(\.name) == ["a&b"] && request.query.map(\.value) == ["c=d +é"])
  }

  @Test(
    "What is no address is refused",
    arguments: ["", "ftp://a", "unix:api.sock", "http://", "http://a b", "http://user:pw@host", "a?b", "file:///etc"])
  func badAddresses(text: String) {
    #expect(throws: ClientError.self) { try ServerAddress(text) }
  }

  @Test(
    "An address reads back as it is meant",
    arguments: [
      ("127.0.0.1:8471", "http://127.0.0.1:8471"), ("https://a.lan/", "https://a.lan"),
      ("HTTP://[::1]:1", "http://[::1]:1"),
      ("unix:/run/x.sock", "unix:/run/x.sock"), ("https://proxy/train/", "https://proxy/train"),
    ])
  func addresses(text: String, meant: String) throws {
    #expect(try ServerAddress(text).description == meant)
  }

  @Test("A token is read from a file of its own, and from the daemon's")
  func tokenFile() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "t\(UInt32.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(at: file) }
    for (text, token) in [
      ("0123456789abcdef\n", "0123456789abcdef"), ("# mine\n\nread:0123456789abcdef\r\nadmin:x", "0123456789abcdef"),
      ("a:b:c", "a:b:c"),
    ] {
      try Data(text.utf8).write(to: file)
      #expect(try ClientToken.read(path: file.path) == token)
    }
    for text in ["", "# nothing\n", "two words"] {
      try Data(text.utf8).write(to: file)
      #expect(throws: ClientError.self) { try ClientToken.read(path: file.path) }
    }
    #expect(throws: ClientError.self) { try ClientToken.read(path: "/nothing/here") }
  }
}

/// A server and a client of it that live equally long.
struct Kept {
  let standIn: StandIn
  let client: ControlClient
}

extension StandIn {
  func keeping(_ body: (StandIn) throws -> ControlClient) throws -> Kept {
    Kept(standIn: self, client: try body(self))
  }
}
