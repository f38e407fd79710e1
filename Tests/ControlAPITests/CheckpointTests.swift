import Foundation
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct CheckpointTests {
  @Test func `checkpoints are listed, newest first, and shown`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun(["steps": 5, "checkpoint_every": 2])
    let list = try daemon.ask("GET", "/v1/runs/\(id)/checkpoints").json
    let items = try #require(list["items"]).elements
    try #require(items.count == 3, "\(list)")
    #expect(items.compactMap { $0["step"]?.intValue } == [5, 4, 2])
    #expect(items.compactMap { $0["kind"]?.stringValue } == ["final", "scheduled", "scheduled"])
    let shown = try daemon.ask("GET", try #require(items[0]["links"]?["self"]?.stringValue))
    #expect(shown.json == items[0])
    #expect(shown.json["bytes"] == 4096)
    #expect(shown.headers["ETag"] != nil)
  }

  @Test func `a checkpoint is downloaded by its digest, whole, in parts, or not at all`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun(["steps": 1])
    let checkpoint = try #require(try daemon.ask("GET", "/v1/runs/\(id)").json["last_checkpoint"])
    let sha = try #require(checkpoint["sha256"]?.stringValue)
    let path = try #require(checkpoint["links"]?["data"]?.stringValue)
    let whole = try daemon.ask("GET", path)
    #expect(whole.status == 200)
    #expect(whole.headers["ETag"] == "\"sha256-\(sha)\"")
    #expect(whole.headers["Repr-Digest"]?.hasPrefix("sha-256=:") == true)
    #expect(whole.headers["Accept-Ranges"] == "bytes")
    #expect(whole.headers["Content-Disposition"] == "attachment; filename=\"\(id)-1.safetensors\"")
    #expect(try daemon.ask("GET", path, headers: ["Range": "bytes=0-99"]).status == 206)
    #expect(try daemon.ask("GET", path, headers: ["Range": "bytes=4096-"]).status == 416)
    #expect(try daemon.ask("GET", path, headers: ["If-None-Match": "\"sha256-\(sha)\""]).status == 304)
    #expect(try daemon.ask("HEAD", path).status == 200)
  }

  @Test func `a file that is missing or of another size is not sent`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun(["steps": 1])
    let checkpoint = try #require(try daemon.ask("GET", "/v1/runs/\(id)").json["last_checkpoint"])
    let file = daemon.store.stateDirectory.appending(path: try #require(checkpoint["path"]?.stringValue))
    let data = try #require(checkpoint["links"]?["data"]?.stringValue)
    try Data("short".utf8).write(to: file)
    #expect(try daemon.ask("GET", data).status == 409)
    try FileManager.default.removeItem(at: file)
    let reply = try daemon.ask("GET", data)
    #expect(reply.status == 409)
    #expect(reply.problem == "conflict")
    #expect(!reply.text.contains(daemon.directory.path))
  }

  @Test func `the digest of the representation is base 64 between colons`() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(
      CheckpointView.representationDigest(sha256: empty)
        == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
  }
}
