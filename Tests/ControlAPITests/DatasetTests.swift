import Foundation
import Primitives
import Testing

@Suite(.timeLimit(.minutes(10))) struct DatasetTests {
  private func ready(_ daemon: TestDaemon) throws -> JSONValue {
    let reply = try daemon.ask("POST", "/v1/datasets", ["path": .string(daemon.videos.path), "name": "clips"])
    #expect(reply.status == 201)
    let path = try #require(reply.headers["Location"])
    return try daemon.wait("the scan") {
      let dataset = try daemon.ask("GET", path).json
      guard dataset["state"] == "ready" else { return Optional<JSONValue>.none }
      return dataset
    }
  }

  @Test func `a registered folder is scanned, and shows each rejected file with its reason`() throws {
    let daemon = try TestDaemon()
    let dataset = try ready(daemon)
    #expect(dataset["name"] == "clips")
    #expect(dataset["usable_files"] == 2)
    #expect(dataset["rejected_files"] == 1)
    #expect(dataset["duration_seconds"] == .integer(8))
    let rejected = try #require(dataset["rejected"]?.elements.first)
    #expect(rejected["path"] == "notes.txt")
    #expect(rejected["rejection"] == ["reason": "unreadable", "detail": "notes.txt is not a video"])
    #expect(dataset["rejected_is_complete"] == true)
    let files = try daemon.ask("GET", "\(dataset["links"]!["files"]!.stringValue!)?limit=2")
    #expect(files.json["items"]?.elements.compactMap { $0["path"]?.stringValue } == ["a.mp4", "b.mp4"])
    let cursor = try #require(files.json["next_cursor"]?.stringValue)
    let rest = try daemon.ask("GET", "\(dataset["links"]!["files"]!.stringValue!)?limit=2&cursor=\(cursor)")
    #expect(rest.json["items"]?.elements.compactMap { $0["path"]?.stringValue } == ["notes.txt"])
    #expect(rest.json["next_cursor"] == .null)
  }

  @Test func `registering a folder again is not an error and makes no second dataset`() throws {
    let daemon = try TestDaemon()
    let first = try ready(daemon)
    let again = try daemon.ask("POST", "/v1/datasets", ["path": .string(daemon.videos.path)])
    #expect(again.status == 200)
    #expect(again.json["id"] == first["id"])
    #expect(try daemon.ask("GET", "/v1/datasets").json["items"]?.elements.count == 1)
  }

  @Test func `a path outside the allowed roots is refused, also through a symbolic link`() throws {
    let daemon = try TestDaemon()
    let link = daemon.directory.appending(path: "data/link")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/etc")
    for path in ["/etc", "\(daemon.videos.path)/../../..", link.path, "/no/such/folder"] {
      let reply = try daemon.ask("POST", "/v1/datasets", ["path": .string(path)])
      #expect(reply.status == 403, "\(path)")
      #expect(reply.problem == "forbidden-path")
    }
    let run = try daemon.ask("POST", "/v1/runs", ["data": "/etc"])
    #expect(run.status == 403)
  }

  @Test func `a folder that is not there, or is a file, is refused with the reason`() throws {
    let daemon = try TestDaemon()
    for name in ["nothing", "videos/a.mp4"] {
      let path = daemon.directory.appending(path: "data/\(name)").path
      let reply = try daemon.ask("POST", "/v1/datasets", ["path": .string(path)])
      #expect(reply.status == 422)
      #expect(reply.json["detail"]?.stringValue?.contains(path) == true)
    }
  }

  @Test func `all faults of a body are told at once`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask("POST", "/v1/datasets", ["name": 7, "colour": "red", "url": "http://x"])
    #expect(reply.status == 422)
    #expect(reply.pointers == ["/path", "/name", "/colour", "/url"])
  }

  @Test func `a dataset with runs is not deleted, one without is`() throws {
    let daemon = try TestDaemon()
    let dataset = try ready(daemon)
    let path = "/v1/datasets/\(dataset["id"]!.stringValue!)"
    let run = try daemon.completedRun()
    let refused = try daemon.ask("DELETE", path)
    #expect(refused.status == 409)
    #expect(refused.json["run_ids"] == [.string(run)])
    #expect(try daemon.ask("DELETE", "/v1/runs/\(run)").status == 204)
    #expect(try daemon.ask("DELETE", path).status == 204)
    #expect(try daemon.ask("GET", path).status == 404)
  }

  @Test(arguments: ["01KAR0000000000000000000ZZ", "x", "%20", "01kar0000000000000000000zz"])
  func `an unknown dataset is not found`(id: String) throws {
    let reply = try TestDaemon().ask("GET", "/v1/datasets/\(id)")
    #expect(reply.status == 404)
    #expect(reply.problem == "not-found")
  }
}
