import Foundation
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(10))) struct JobSourceTests {
  /// An evaluation of a folder with two frames and a mask of `blackswan`.
  private func evaluation() throws -> (TestDaemon, String) {
    let daemon = try TestDaemon()
    for name in [
      "Annotations/480p/blackswan/00000.png", "JPEGImages/480p/blackswan/00000.jpg",
      "JPEGImages/480p/blackswan/00001.jpg", "JPEGImages/480p/blackswan/notes.txt",
    ] {
      let file = daemon.davis.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FakeJobs.png.write(to: file)
    }
    return (daemon, try daemon.createEvaluation())
  }

  @Test func `the benchmark's masks and frames of a sequence are listed in order, without other files`() throws {
    let (daemon, path) = try evaluation()
    #expect(try daemon.ask("GET", path).json["links"]?["source"] == .string("\(path)/source"))
    let reply = try daemon.ask("GET", "\(path)/source?sequence=blackswan")
    let folder = "\(path)/source"
    #expect(
      reply.json["sides"] == [
        ["kind": "truth", "frames": [.string("\(folder)/Annotations/480p/blackswan/00000.png")]],
        [
          "kind": "frames",
          "frames": [
            .string("\(folder)/JPEGImages/480p/blackswan/00000.jpg"),
            .string("\(folder)/JPEGImages/480p/blackswan/00001.jpg"),
          ],
        ],
      ])
    let tag = try #require(reply.headers["ETag"])
    #expect(
      try daemon.ask("GET", "\(path)/source?sequence=blackswan", headers: ["If-None-Match": tag]).status == 304)
  }

  @Test func `a picture is shown by a browser, and not sent when it has it`() throws {
    let (daemon, path) = try evaluation()
    let picture = "\(path)/source/JPEGImages/480p/blackswan/00001.jpg"
    let reply = try daemon.ask("GET", picture)
    #expect(reply.status == 200)
    #expect(reply.headers["Content-Type"] == "image/jpeg")
    #expect(reply.headers["Content-Disposition"] == "inline; filename=\"00001.jpg\"")
    let tag = try #require(reply.headers["ETag"])
    #expect(try daemon.ask("GET", picture, headers: ["If-None-Match": tag]).status == 304)
  }

  @Test(arguments: ["judo", "..", "../..", "blackswan/..", "/etc", "."])
  func `a sequence that is not there, or leads elsewhere, has no pictures`(sequence: String) throws {
    let (daemon, path) = try evaluation()
    #expect(try daemon.ask("GET", "\(path)/source?sequence=\(sequence)").json["sides"] == [])
  }

  @Test(arguments: [
    "JPEGImages/480p/blackswan/notes.txt", "JPEGImages/480p/blackswan/00002.jpg", "..%2Fvideos%2Fa.mp4",
    "JPEGImages/480p/blackswan", "%2Fetc%2Fhostname", "JPEGImages%2F..%2F..%2Fmask.png", "link.png",
  ])
  func `nothing but the folder's pictures is served`(name: String) throws {
    let (daemon, path) = try evaluation()
    try FileManager.default.createSymbolicLink(
      atPath: daemon.davis.appending(path: "link.png").path, withDestinationPath: "/etc/hostname")
    let reply = try daemon.ask("GET", "\(path)/source/\(name)")
    #expect(reply.status == 404)
    #expect(reply.text.contains("was given no picture"))
    #expect(!reply.text.contains(daemon.directory.path))
  }

  @Test func `a sequence must be named`() throws {
    let (daemon, path) = try evaluation()
    #expect(try daemon.ask("GET", "\(path)/source").pointers == ["?sequence"])
  }
}
