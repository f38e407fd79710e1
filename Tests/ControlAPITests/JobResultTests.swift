import Foundation
import FoundationNetworking
import HTTPServer
import Primitives
import RunStore
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct JobResultTests {
  private func finished() throws -> (TestDaemon, String) {
    let daemon = try TestDaemon()
    let path = try daemon.createEvaluation()
    try daemon.wait(for: "finished", job: path)
    return (daemon, path)
  }

  @Test func `results are lines in the executor's order, with numbers that JSON cannot express as null`() throws {
    let (daemon, path) = try finished()
    let reply = try daemon.ask("GET", "\(path)/results")
    #expect(reply.json["columns"] == ["j_mean", "f_mean"])
    #expect(
      reply.json["items"] == [
        ["sequence": "blackswan", "subject": "1", "values": ["j_mean": 0.5, "f_mean": 0.75]],
        ["sequence": "two, libby", "subject": "1", "values": ["j_mean": 0.5, "f_mean": .null]],
      ])
    #expect(reply.json["summary"]?["f_mean"] == 0.75)
    let tag = try #require(reply.headers["ETag"])
    #expect(try daemon.ask("GET", "\(path)/results", headers: ["If-None-Match": tag]).status == 304)
  }

  @Test func `results come in pages`() throws {
    let (daemon, path) = try finished()
    let first = try daemon.ask("GET", "\(path)/results?limit=1").json
    let cursor = try #require(first["next_cursor"]?.stringValue)
    let second = try daemon.ask("GET", "\(path)/results?limit=1&cursor=\(cursor)").json
    #expect(second["items"]?.elements.compactMap { $0["sequence"]?.stringValue } == ["two, libby"])
    #expect(second["next_cursor"] == .null)
    #expect(try daemon.ask("GET", "\(path)/results?cursor=\(cursor)x").status == 400)
  }

  @Test func `results are a table for spreadsheets too`() throws {
    let (daemon, path) = try finished()
    let reply = try daemon.ask("GET", "\(path)/results?format=csv")
    #expect(reply.headers["Content-Type"] == "text/csv; charset=utf-8; header=present")
    #expect(reply.text == "sequence,subject,j_mean,f_mean\nblackswan,1,0.5,0.75\n\"two, libby\",1,0.5,nan\n")
    #expect(try daemon.ask("GET", "\(path)/results?format=csv&limit=3").pointers == ["?format"])
    #expect(try daemon.ask("GET", "\(path)/results?format=xml").pointers == ["?format"])
  }

  @Test func `a table has the columns of all its lines`() {
    let rows = [
      JobResultRow(sequence: "a", values: [JobValue("x", 1)]), JobResultRow(sequence: "b", values: [JobValue("y", 2)]),
    ]
    #expect(JobTable.csv(rows) == "sequence,subject,x,y\na,,1.0,\nb,,,2.0\n")
    #expect(JobTable.csv([]) == "sequence,subject\n")
  }

  @Test func `what sequences are done is shown while a job runs`() throws {
    let daemon = try TestDaemon()
    let path = try daemon.createEvaluation(["hold_at": 6])
    try daemon.wait("five frames") { try daemon.ask("GET", path).json["progress"]?["done"] == 5 ? true : nil }
    let reply = try daemon.ask("GET", "\(path)/results").json
    #expect(reply["state"] == "running" && reply["summary"] == .null)
    #expect(reply["items"]?.elements.count == 1)
    #expect(try daemon.ask("GET", "\(path)/media").json["items"]?.elements.count == 6)
  }

  @Test func `files are listed with size, type and a path that leads to them`() throws {
    let (daemon, path) = try finished()
    let list = try daemon.ask("GET", "\(path)/media?limit=1000").json["items"]?.elements ?? []
    #expect(list.count == 11)
    let video = try #require(list.first { $0["name"] == "overlays/two, libby.mp4" })
    #expect(video["bytes"] == 5000)
    #expect(video["content_type"] == "video/mp4")
    let link = try #require(video["links"]?["self"]?.stringValue)
    #expect(link == "\(path)/media/overlays/two%2C%20libby.mp4")
    for item in list {
      let reply = try daemon.ask("GET", try #require(item["links"]?["self"]?.stringValue))
      #expect(reply.status == 200)
      #expect(reply.headers["Content-Type"].map { .string($0) } == item["content_type"])
    }
    let first = try daemon.ask("GET", "\(path)/media?limit=2").json
    let cursor = try #require(first["next_cursor"]?.stringValue)
    let second = try daemon.ask("GET", "\(path)/media?limit=200&cursor=\(cursor)").json
    #expect((first["items"]?.elements ?? []) + (second["items"]?.elements ?? []) == list)
  }

  @Test func `a file arrives in parts, not at all when the client has it, and is shown by a browser`() throws {
    let (daemon, path) = try finished()
    let video = "\(path)/media/overlays/blackswan.mp4"
    let whole = try daemon.ask("GET", video)
    #expect(whole.headers["Accept-Ranges"] == "bytes")
    #expect(whole.headers["Content-Disposition"] == "inline; filename=\"blackswan.mp4\"")
    let tag = try #require(whole.headers["ETag"])
    let part = try daemon.ask("GET", video, headers: ["Range": "bytes=10-19", "If-Range": tag])
    #expect(part.status == 206)
    #expect(part.headers["Content-Range"] == "bytes 10-19/5000")
    #expect(try daemon.ask("GET", video, headers: ["Range": "bytes=5000-"]).status == 416)
    #expect(try daemon.ask("GET", video, headers: ["If-None-Match": tag]).status == 304)
    #expect(try daemon.ask("HEAD", video).status == 200)
    let json = try daemon.ask("GET", "\(path)/media/summary.json")
    #expect(json.headers["Content-Disposition"] == "attachment; filename=\"summary.json\"")
  }

  @Test func `a file that is written anew has another tag`() throws {
    let (daemon, path) = try finished()
    let id = path.split(separator: "/").last ?? ""
    let file = daemon.store.stateDirectory.appending(path: "jobs/\(id)/summary.json")
    let before = try daemon.ask("GET", "\(path)/media/summary.json").headers["ETag"]
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file.path)
    #expect(try daemon.ask("GET", "\(path)/media/summary.json").headers["ETag"] != before)
  }

  @Test(arguments: [
    "..%2F..%2Fcorrflowd.db", "masks%2F..%2F..%2F..%2Fcorrflowd.db", "masks", "masks%2Fblackswan", "none.png",
    "%2Fetc%2Fhostname", "masks/blackswan/00000.png%2F", ".secret", "link", "folder/hostname",
  ])
  func `no name leads out of a job's folder`(name: String) throws {
    let (daemon, path) = try finished()
    let id = path.split(separator: "/").last ?? ""
    let folder = daemon.store.stateDirectory.appending(path: "jobs/\(id)")
    try Data("x".utf8).write(to: folder.appending(path: ".secret"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "link").path, withDestinationPath: "/etc/hostname")
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "folder").path, withDestinationPath: "/etc")
    let reply = try daemon.ask("GET", "\(path)/media/\(name)")
    #expect(reply.status == 404)
    #expect(!reply.text.contains(daemon.directory.path))
  }

  @Test func `the bytes come through a socket`() async throws {
    let (daemon, path) = try finished()
    let router = daemon.router
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(address: try ListenAddress("127.0.0.1:0")), observer: daemon.api.observe
    ) { router.respond(to: $0) }
    try server.start()
    defer { server.stop() }
    let address = "http://127.0.0.1:\(server.boundPort ?? 0)\(path)/media/overlays/two%2C%20libby.mp4"
    var request = URLRequest(url: try #require(URL(string: address)))
    request.setValue("bytes=4990-", forHTTPHeaderField: "Range")
    let (data, response) = try await URLSession.shared.data(for: request)
    #expect((response as? HTTPURLResponse)?.statusCode == 206)
    #expect(Array(data) == (4990..<5000).map { UInt8(truncatingIfNeeded: $0) })
  }
}
