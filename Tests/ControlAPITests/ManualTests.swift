import Foundation
import FoundationNetworking
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

/// The manual is executed against a daemon, request after request over a real socket, so that it cannot rot.
///
/// `CORRFLOW_UPDATE_API_DOC=1 swift test --filter ManualTests` writes the replies that the daemon gives into the manual.
@Suite(.timeLimit(.minutes(10))) struct ManualTests {
  @Test func `every reply in the manual is what the daemon answers`() async throws {
    let manual = try APIManual()
    #expect(manual.examples.count > 20)
    let session = try ManualSession()
    defer { session.stop() }
    let isUpdate = ProcessInfo.processInfo.environment["CORRFLOW_UPDATE_API_DOC"] == "1"
    var replies: [String] = []
    for example in manual.examples {
      let promised = WrittenReply(example.reply)
      let actual = try await session.play(example) { reply in
        isUpdate
          ? reply.status == promised.status
          : promised.differences(from: reply, isLenient: example.method == "POST").isEmpty
      }
      if !isUpdate {
        let differences = promised.differences(from: actual, isLenient: example.method == "POST")
        #expect(differences.isEmpty, "\(example.method) \(example.target): \(differences.joined(separator: "; "))")
      }
      // A body that the manual leaves out is not written into it.
      replies.append(promised.body == "..." ? example.reply : actual.written)
    }
    if isUpdate { try manual.write(replies) }
  }
}

/// A daemon behind a socket, and what the names in the manual's requests stand for.
final class ManualSession {
  private let daemon: TestDaemon
  private let server: HTTPServer
  private var names: [(name: String, value: String)] = []

  init() throws {
    let daemon = try TestDaemon()
    self.daemon = daemon
    let router = daemon.router
    server = HTTPServer(
      configuration: HTTPServerConfiguration(address: try ListenAddress("127.0.0.1:0")), observer: daemon.api.observe
    ) { router.respond(to: $0) }
    try server.start()
    names = [("/srv/videos", daemon.videos.path), ("/srv/davis", daemon.davis.path)]
  }

  func stop() { server.stop() }

  /// Sends an example's request; again for up to 10 s while the reply is not the one expected and asking again does no harm.
  func play(_ example: APIManual.Example, until isExpected: (WrittenReply) -> Bool) async throws -> WrittenReply {
    if ProcessInfo.processInfo.environment["CORRFLOW_UPDATE_API_DOC"] == "1" { usleep(300_000) }
    let deadline = Date(timeIntervalSinceNow: 10)
    while true {
      let reply = try await send(example)
      let mayRepeat = example.method == "GET" || reply.status == 409
      if isExpected(reply) || !mayRepeat || Date() > deadline {
        learn(from: reply, of: example)
        return reply
      }
      usleep(20_000)
    }
  }

  private func send(_ example: APIManual.Example) async throws -> WrittenReply {
    let address = "http://127.0.0.1:\(server.boundPort ?? 0)\(filled(example.target))"
    var request = URLRequest(url: try #require(URL(string: address)))
    request.httpMethod = example.method
    for (name, value) in example.headers { request.setValue(filled(value), forHTTPHeaderField: name) }
    if !example.body.isEmpty { request.httpBody = Data(filled(example.body).utf8) }
    let (data, response) = try await URLSession.shared.data(for: request)
    let roots = daemon.videos.deletingLastPathComponent().path
    return WrittenReply(try #require(response as? HTTPURLResponse), data) {
      $0.replacing(roots, with: "/srv")
    }
  }

  private func filled(_ text: String) -> String {
    names.reduce(text) { $0.replacing($1.name, with: $1.value) }
  }

  /// The name for what a path creates.
  private static let created = [
    "/v1/datasets": "$DATASET", "/v1/runs": "$RUN", "/v1/evaluations": "$EVALUATION",
    "/v1/propagations": "$PROPAGATION", "/v1/visualisations": "$VISUALISATION",
  ]

  /// `$DATASET`, `$RUN` and so on are what was created last, `$CHECKPOINT` and `$CURSOR` what was listed last.
  private func learn(from reply: WrittenReply, of example: APIManual.Example) {
    func set(_ name: String, _ value: JSONValue?) {
      guard let value = value?.stringValue else { return }
      names.removeAll { $0.name == name }
      names.append((name, value))
    }
    let json = reply.json ?? .null
    if reply.status == 201, let name = Self.created[example.target] { set(name, json["id"]) }
    if example.target.hasSuffix("/checkpoints") { set("$CHECKPOINT", json["items"]?.elements.first?["id"]) }
    set("$CURSOR", json["next_cursor"])
  }
}
