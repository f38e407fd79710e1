import ControlClient
import Foundation
import HTTPServer
import Primitives
import Testing

@Suite("Following a run", .timeLimit(.minutes(10)))
struct FollowingTests {
  private func follow(_ standIn: StandIn, _ changes: RunChanges, goesOn: @escaping () -> Bool = { true }) throws
    -> [Int]
  {
    let client = try standIn.client()
    var steps: [Int] = []
    try changes.follow(goesOn: goesOn) {
      let run = try client.json("/v1/runs/\(StandIn.run)")
      steps.append(run["step"]?.integer ?? -1)
      return run["state"] != "completed"
    }
    return steps
  }

  @Test(
    "It is followed to its end by events, by waiting or by asking, whichever the daemon can",
    arguments: [
      (true, true, RunChanges.Means.events), (false, true, .waiting), (false, false, .asking), (true, false, .events),
    ])
  func means(hasEvents: Bool, canWait: Bool, means: RunChanges.Means) throws {
    let standIn = try StandIn(hasEvents: hasEvents, canWait: canWait)
    let changes = RunChanges(client: try standIn.client(), run: StandIn.run) { _ in usleep(10_000) }
    standIn.train(steps: 10)
    let steps = try follow(standIn, changes)
    #expect(changes.means == means)
    #expect(steps.last == 10 && steps == steps.sorted() && steps.count >= 3)
    #expect(means == .asking || steps.count <= 30, "\(steps)")
  }

  @Test("The user ends the watch at once, whatever it waits for", arguments: [true, false])
  func interruption(hasEvents: Bool) throws {
    let standIn = try StandIn(hasEvents: hasEvents, canWait: true)
    let changes = RunChanges(client: try standIn.client(), run: StandIn.run)
    let started = Date()
    _ = try follow(standIn, changes) { Date().timeIntervalSince(started) < 0.5 }
    #expect(Date().timeIntervalSince(started) < 8)
  }

  @Test("What a look throws ends the watch")
  func failure() throws {
    let standIn = try StandIn(hasEvents: true)
    standIn.train(steps: 5)
    let changes = RunChanges(client: try standIn.client(), run: StandIn.run)
    var looks = 0
    #expect(throws: ClientError.interrupted) {
      try changes.follow(goesOn: { true }) {
        looks += 1
        if looks == 2 { throw ClientError.interrupted }
        return true
      }
    }
    #expect(looks == 2)
  }

  @Test("A daemon that is gone is waited for, and given up in the end")
  func gone() throws {
    let standIn = try StandIn()
    let client = try standIn.client()
    standIn.server.stop()
    var naps = 0
    let changes = RunChanges(client: client, run: StandIn.run) { _ in naps += 1 }
    #expect(throws: ClientError.self) {
      try changes.follow(goesOn: { true }) {
        _ = try client.get("/v1/runs")
        return true
      }
    }
    #expect(naps == 19)
  }

  @Test("Events are read in whatever pieces they come", arguments: [1, 2, 3, 7, 1000])
  func events(size: Int) {
    let text =
      "retry: 3000\nid: 7\n\n: heartbeat\n\nevent: run.state\ndata: {\"a\":1}\nid: 8\n\ndata:one\r\ndata: two\r\n\r\n"
      + "event: none\n\ndata\rdata: x\r\rdata: not ended\n"
    var reader = EventReader()
    var events: [StreamEvent] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      events += reader.read(bytes[start..<min(start + size, bytes.count)])
    }
    #expect(
      events == [
        StreamEvent(name: "run.state", id: "8", data: "{\"a\":1}"),
        StreamEvent(name: "message", id: "8", data: "one\ntwo"),
        StreamEvent(name: "message", id: "8", data: "\nx"),
      ])
    #expect(reader.lastID == "8" && reader.retryMilliseconds == 3000)
  }
}

@Suite("Downloads", .timeLimit(.minutes(10)))
struct DownloadTests {
  private func paths(_ standIn: StandIn) -> (file: String, part: String) {
    let file = standIn.folder.appending(path: "model.safetensors").path
    return (file, file + ".part")
  }

  private func download(_ standIn: StandIn, goesOn: @escaping () -> Bool = { true }) throws -> FileDownload.Result {
    try FileDownload(client: try standIn.client()).run("/data", to: paths(standIn).file, goesOn: goesOn) { _ in }
  }

  private func bytes(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path))) }

  @Test("A file arrives whole, with its digest checked, and leaves nothing beside it")
  func whole() throws {
    let standIn = try StandIn()
    let result = try download(standIn)
    #expect(result.bytes == 200_000 && result.resumedFrom == 0 && result.sha256 == standIn.state.withLock { $0.digest })
    #expect(try bytes(result.path) == StandIn.content)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: standIn.folder.path).sorted() == [
        "api.sock", "model.safetensors",
      ])
  }

  @Test("A download that was broken off goes on where it ended")
  func resumed() throws {
    let standIn = try StandIn()
    let (_, part) = paths(standIn)
    try Data(StandIn.content.prefix(70_000)).write(to: URL(filePath: part))
    try Data("\"sha256-\(standIn.state.withLock { $0.digest })\"".utf8).write(to: URL(filePath: part + ".tag"))
    let result = try download(standIn)
    #expect(result.resumedFrom == 70_000)
    #expect(try bytes(result.path) == StandIn.content)
    #expect(standIn.state.withLock { $0.requests.last?.headers["Range"] } == "bytes=70000-")
  }

  @Test("What was downloaded of other bytes is begun anew")
  func otherBytes() throws {
    let standIn = try StandIn()
    let (_, part) = paths(standIn)
    try Data(repeating: 1, count: 70_000).write(to: URL(filePath: part))
    try Data("\"sha256-0\"".utf8).write(to: URL(filePath: part + ".tag"))
    let result = try download(standIn)
    #expect(result.resumedFrom == 0)
    #expect(try bytes(result.path) == StandIn.content)
  }

  @Test("A part that is the whole already only gets its name")
  func complete() throws {
    let standIn = try StandIn()
    let (_, part) = paths(standIn)
    try Data(StandIn.content).write(to: URL(filePath: part))
    try Data("\"sha256-\(standIn.state.withLock { $0.digest })\"".utf8).write(to: URL(filePath: part + ".tag"))
    #expect(try bytes(try download(standIn).path) == StandIn.content)
  }

  @Test("Bytes that are not those that were announced are thrown away, and told")
  func damaged() throws {
    let standIn = try StandIn()
    standIn.state.withLock { $0.digest = String(repeating: "0", count: 64) }
    let error = #expect(throws: ClientError.self) { try download(standIn) }
    #expect(error?.description.contains("arrived damaged: its SHA-256 is") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: standIn.folder.path) == ["api.sock"])
  }

  @Test("A folder that cannot be written to is told")
  func unwritable() throws {
    let standIn = try StandIn()
    let error = #expect(throws: ClientError.self) {
      try FileDownload(client: try standIn.client()).run("/data", to: "/nothing/here/x", goesOn: { true }) { _ in }
    }
    #expect(error?.description == "Cannot write /nothing/here/x.part: No such file or directory.")
  }
}
