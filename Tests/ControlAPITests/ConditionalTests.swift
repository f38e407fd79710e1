import Foundation
import HTTPServer
import Primitives
import RunStore
import Testing

@testable import ControlAPI

/// Entity tags, long polls and changes that need them.
@Suite(.timeLimit(.minutes(2))) struct ConditionalTests {
  @Test(arguments: ["r17", "\"r17\"", "r0", "r17-1234"])
  func `a revision is read as it is written`(text: String) throws {
    let revision = try #require(ResourceRevision(text))
    #expect("\"\(text.filter { $0 != "\"" })\"" == revision.tag.description)
  }

  @Test(arguments: ["", "17", "r", "rx", "r-1", "r1-", "r1-x", "r1-2-3", "\"", "W/\"r1\""])
  func `anything else is no revision`(text: String) {
    #expect(ResourceRevision(text) == nil)
  }

  @Test func `every resource has a strong tag, and is not sent twice`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let checkpoint = try #require(
      try daemon.ask("GET", "/v1/runs/\(run)/checkpoints").json["items"]?.elements.first?["id"]?.stringValue)
    let dataset = try #require(try daemon.ask("GET", "/v1/runs/\(run)").json["dataset_id"]?.stringValue)
    for target in [
      "/v1/runs/\(run)", "/v1/checkpoints/\(checkpoint)", "/v1/datasets/\(dataset)", "/v1/runs", "/v1/datasets",
      "/v1/settings/schema", "/v1/version", "/v1/runs/\(run)/metrics", "/healthz", "/v1/system/backups",
    ] {
      let reply = try daemon.ask("GET", target)
      let tag = try #require(reply.headers["ETag"], "\(target) has no tag")
      #expect(reply.headers["Vary"] == "Authorization, Accept-Encoding")
      let again = try daemon.ask("GET", target, headers: ["If-None-Match": tag])
      #expect(again.status == 304 && again.bytes.isEmpty && again.headers["ETag"] == tag, "\(target)")
    }
    let shown = try daemon.ask("GET", "/v1/runs/\(run)")
    #expect(shown.headers["ETag"] == "\"r\(shown.json["revision"]?.intValue ?? -1)\"")
  }

  @Test func `the tag of a run that trains moves with its steps, its revision does not`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.createRun(["steps": 100_000])
    try daemon.wait(for: "running", run: run)
    let first = try daemon.ask("GET", "/v1/runs/\(run)")
    let later = try daemon.wait("another step") {
      let reply = try daemon.ask("GET", "/v1/runs/\(run)")
      return reply.headers["ETag"] == first.headers["ETag"] ? nil : reply
    }
    #expect(later.json["revision"] == first.json["revision"])
    #expect(later.json["progress"] != first.json["progress"])
  }

  @Test func `a reply is rendered once for each tag, and only so many are remembered`() {
    let replies = RenderedReplies(limit: 2)
    var rendered: [String] = []
    func ask(_ subject: String, _ tag: String) {
      let bytes = replies.bytes(of: subject, tag: EntityTag(tag)) {
        rendered.append("\(subject) \(tag)")
        return .string(tag)
      }
      #expect(bytes == Array("\"\(tag)\"".utf8))
    }
    for tag in ["r1", "r1", "r2", "r2", "r1"] { ask("a", tag) }
    #expect(rendered == ["a r1", "a r2", "a r1"])
    for subject in ["b", "c", "c"] { ask(subject, "r1") }
    ask("a", "r9")
    #expect(rendered.count == 6)
  }

  @Test func `a long poll is answered at once when the client has another revision`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let reply = try daemon.ask("GET", "/v1/runs/\(run)?wait=60&unless_rev=r1")
    #expect(reply.status == 200 && reply.json["state"] == "completed")
  }

  @Test func `a long poll is answered with 304 when the time is over`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let revision = try daemon.ask("GET", "/v1/runs/\(run)").json["revision"]?.intValue ?? 0
    for wait in ["0", "1"] {
      let reply = try daemon.ask("GET", "/v1/runs/\(run)?wait=\(wait)&unless_rev=r\(revision)")
      #expect(reply.status == 304 && reply.headers["ETag"] == "\"r\(revision)\"")
    }
  }

  @Test func `a long poll is woken by a change`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.createRun(["steps": 1000, "hold_at": 3])
    let revision = try daemon.wait(for: "running", run: run)["revision"]?.intValue ?? 0
    let reply = Lock<Reply?>(nil)
    let thread = try WorkerThread(name: "poll") {
      let answer = try? daemon.ask("GET", "/v1/runs/\(run)?wait=60&unless_rev=r\(revision)")
      reply.withLock { $0 = answer }
    }
    _ = try daemon.ask("POST", "/v1/runs/\(run)/stop")
    #expect(thread.join(seconds: 30))
    #expect(reply.withLock { $0?.status } == 200)
    #expect(reply.withLock { $0?.json["revision"]?.intValue } != revision)
  }

  @Test func `a long poll of a job ends with the job, and all end with the daemon`() throws {
    let daemon = try TestDaemon()
    let created = try daemon.ask(
      "POST", "/v1/evaluations",
      ["benchmark": "davis2017", "data": .string(daemon.davis.path), "params": ["preset": "identity", "hold_at": 3]])
    #expect(created.headers["ETag"] == "\"r1\"")
    let path = try #require(created.headers["Location"])
    let running = try daemon.wait("the job to run") {
      let job = try daemon.ask("GET", path).json
      return job["progress"]?["done"] == 2 ? job["revision"]?.intValue : nil
    }
    let statuses = Lock<[Int]>([])
    let thread = try WorkerThread(name: "poll") {
      let reply = try? daemon.ask("GET", "\(path)?wait=60&unless_rev=r\(running)")
      statuses.withLock { $0.append(reply?.status ?? 0) }
      let revision = reply?.json["revision"]?.intValue ?? 0
      daemon.api.endStreams()
      let last = try? daemon.ask("GET", "\(path)?wait=60&unless_rev=r\(revision)")
      statuses.withLock { $0.append(last?.status ?? 0) }
    }
    _ = try daemon.ask("POST", "\(path)/cancel")
    #expect(thread.join(seconds: 30))
    #expect(statuses.withLock { $0.first } == 200)
  }

  @Test func `what is wrong with a long poll is told`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    #expect(try daemon.ask("GET", "/v1/runs/\(run)?wait=30").pointers == ["?unless_rev"])
    #expect(try daemon.ask("GET", "/v1/runs/\(run)?wait=61&unless_rev=17").pointers == ["?wait", "?unless_rev"])
    #expect(try daemon.ask("GET", "/v1/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=9&unless_rev=r1").status == 404)
  }

  @Test func `a change needs the tag of what it changes`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let tag = try #require(try daemon.ask("GET", "/v1/runs/\(run)").headers["ETag"])
    let missing = try daemon.ask("PATCH", "/v1/runs/\(run)", ["name": "x"])
    #expect(missing.status == 428 && missing.problem == "precondition-required")
    let stale = try daemon.ask("PATCH", "/v1/runs/\(run)", ["name": "x"], headers: ["If-Match": "\"r1\""])
    #expect(stale.status == 412 && stale.problem == "precondition-failed" && stale.headers["ETag"] == tag)
    let body: JSONValue = [
      "name": "second", "notes": "try again", "labels": ["a": "1"], "checkpoint_policy": ["keep_best": 3],
    ]
    let changed = try daemon.ask("PATCH", "/v1/runs/\(run)", body, headers: ["If-Match": tag])
    #expect(changed.status == 200 && changed.json["name"] == "second" && changed.json["notes"] == "try again")
    #expect(changed.json["labels"] == ["a": "1"])
    #expect(changed.json["checkpoint_policy"] == ["keep_best": 3, "keep_latest": .null, "keep_every_n_steps": .null])
    #expect(changed.headers["ETag"] != tag)
    let undone = try daemon.ask(
      "PATCH", "/v1/runs/\(run)", ["notes": .null, "labels": ["a": .null, "b": "2"], "checkpoint_policy": .null],
      headers: ["If-Match": "*"])
    #expect(undone.json["notes"] == .null && undone.json["labels"] == ["b": "2"] && undone.json["name"] == "second")
    #expect(undone.json["checkpoint_policy"]?["keep_best"] == .null)
  }

  @Test func `the step of a run that trains does not stand in the way of a change`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.createRun(["steps": 100_000])
    let revision = try daemon.wait(for: "running", run: run)["revision"]?.intValue ?? 0
    let reply = try daemon.ask(
      "PATCH", "/v1/runs/\(run)", ["name": "x"], headers: ["If-Match": "\"r\(revision)-1\""])
    #expect(reply.status == 200)
  }

  @Test func `all faults of a change are told`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let reply = try daemon.ask(
      "PATCH", "/v1/runs/\(run)",
      [
        "name": .null, "labels": ["a": 1], "seed": 3,
        "checkpoint_policy": ["keep_best": 0, "keep_all": true],
      ], headers: ["If-Match": "*"])
    #expect(reply.status == 422)
    #expect(
      Set(reply.pointers) == [
        "/name", "/labels/a", "/seed", "/checkpoint_policy/keep_best", "/checkpoint_policy/keep_all",
      ])
    #expect(try daemon.ask("PATCH", "/v1/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV", ["name": "x"]).status == 404)
  }

  @Test func `a checkpoint is pinned and deleted`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let shown = try daemon.ask("GET", "/v1/runs/\(run)/checkpoints").json["items"]?.elements.first
    #expect(shown?["latest"] == true && shown?["best"] == true && shown?["pinned"] == false)
    let path = "/v1/checkpoints/\(shown?["id"]?.stringValue ?? "")"
    #expect(try daemon.ask("PATCH", path, ["pinned": true]).status == 428)
    let tag = try #require(try daemon.ask("GET", path).headers["ETag"])
    let pinned = try daemon.ask("PATCH", path, ["pinned": true], headers: ["If-Match": tag])
    #expect(pinned.status == 200 && pinned.json["pinned"] == true && pinned.headers["ETag"] != tag)
    #expect(try daemon.ask("PATCH", path, ["pinned": false], headers: ["If-Match": tag]).status == 412)
    let refused = try daemon.ask("DELETE", path)
    #expect(refused.status == 409 && refused.json["in_use_by"] == "pin")
    #expect(try daemon.ask("PATCH", path, ["pinned": false], headers: ["If-Match": "*"]).status == 200)
    #expect(try daemon.ask("DELETE", path).status == 204)
    #expect(try daemon.ask("GET", path).status == 404)
    #expect(try daemon.ask("GET", "/v1/runs/\(run)").json["last_checkpoint"] == .null)
  }
}
