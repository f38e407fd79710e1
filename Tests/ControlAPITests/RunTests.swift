import Foundation
import HTTPServer
import Primitives
import Testing

@Suite(.timeLimit(.minutes(10))) struct RunTests {
  @Test func `a run is created from a path, trains, and tells all of itself`() throws {
    let daemon = try TestDaemon()
    let created = try daemon.ask(
      "POST", "/v1/runs",
      [
        "name": "first", "data": .string(daemon.videos.path), "config": ["steps": 4], "seed": 7,
        "labels": ["team": "vision"],
      ])
    #expect(created.status == 201)
    let id = try #require(created.json["id"]?.stringValue)
    #expect(created.headers["Location"] == "/v1/runs/\(id)")
    #expect(created.json["state"] == "queued")
    let run = try daemon.wait(for: "completed", run: id)
    #expect(run["name"] == "first")
    #expect(run["seed"] == 7)
    #expect(run["labels"] == ["team": "vision"])
    #expect(run["config"]?["learning_rate"] == 0.001)
    #expect(run["attempt"] == 1)
    #expect(run["progress"]?["step"] == 4)
    #expect(run["progress"]?["total_steps"] == 4)
    #expect(run["last_metrics"]?["loss"] == .integer(2))
    #expect(run["last_metrics"]?["gradient_norm"] == 0.5)
    #expect(run["last_checkpoint"]?["step"] == 4)
    #expect(run["exit"] == .null)
    #expect(run["allowed_actions"] == ["delete"])
    #expect(run["ended_at"] != .null)
  }

  @Test func `all faults are told at once, those of the configuration among them`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask(
      "POST", "/v1/runs",
      [
        "name": "", "seed": -1, "labels": ["a/b": 1], "config": ["steps": 0, "lr": 1],
        "parent": ["run_id": "x", "extra": true], "priority": 3,
      ])
    #expect(reply.status == 422)
    #expect(reply.problem == "validation")
    #expect(
      Set(reply.pointers) == [
        "/name", "/seed", "/labels/a~1b", "/config/steps", "/config/lr", "/parent/run_id", "/parent/checkpoint_id",
        "/parent/extra", "/priority", "/dataset_id",
      ])
    #expect(try daemon.ask("GET", "/v1/runs").json["items"] == [])
  }

  @Test(arguments: [
    ("", 400), ("{", 400), ("{\"a\":1,\"a\":1}", 400), ("[]", 422), ("\"x\"", 422), ("null", 422),
    (String(repeating: "[", count: 40) + String(repeating: "]", count: 40), 400),
  ])
  func `a body that is no object is refused`(body: String, status: Int) throws {
    let reply = try TestDaemon().ask("POST", "/v1/runs", bytes: Array(body.utf8))
    #expect(reply.status == status)
    #expect(reply.problem == "validation")
  }

  @Test func `a dry run returns the resolved configuration and creates nothing`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask(
      "POST", "/v1/runs?dry_run=true", ["data": .string(daemon.videos.path), "config": ["steps": 9]])
    #expect(reply.status == 200)
    #expect(reply.json["total_steps"] == 9)
    #expect(reply.json["config"]?["learning_rate"] == 0.001)
    #expect(try daemon.ask("GET", "/v1/runs").json["items"] == [])
    #expect(try daemon.ask("POST", "/v1/runs?dry_run=true", ["data": "/etc"]).status == 403)
  }

  @Test func `a run can be paused, resumed, checkpointed and stopped, each command twice`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.createRun(["steps": 1000, "hold_at": 3])
    try daemon.wait(for: "running", run: id)
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/checkpoint").status == 202)
    let paused = try daemon.ask("POST", "/v1/runs/\(id)/pause", [:])
    #expect(paused.status == 202)
    #expect(paused.headers["Location"] == "/v1/runs/\(id)")
    try daemon.wait(for: "paused", run: id)
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/pause").status == 200)
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/resume").status == 202)
    let running = try daemon.wait(for: "running", run: id)
    #expect(running["attempt"] == 2)
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/resume").status == 200)
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/stop").status == 202)
    try daemon.wait(for: "stopped", run: id)
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/stop").status == 200)
  }

  @Test func `an impossible command is refused with the state and what is possible`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    let reply = try daemon.ask("POST", "/v1/runs/\(id)/pause")
    #expect(reply.status == 409)
    #expect(reply.problem == "run-state-conflict")
    #expect(reply.json["state"] == "completed")
    #expect(reply.json["allowed_actions"] == ["delete"])
  }

  @Test func `a command with parameters is refused`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/stop", ["now": true]).pointers == ["/now"])
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/stop?now=1").pointers == ["?now"])
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/explode").status == 404)
    #expect(try daemon.ask("GET", "/v1/runs/\(id)/stop").status == 405)
  }

  @Test func `a run that trains is not deleted; a deleted one is gone with all that belongs to it`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.createRun(["steps": 1000, "hold_at": 3])
    try daemon.wait(for: "running", run: id)
    let refused = try daemon.ask("DELETE", "/v1/runs/\(id)")
    #expect(refused.status == 409)
    #expect(refused.json["state"] == "running")
    #expect(try daemon.ask("POST", "/v1/runs/\(id)/kill").status == 202)
    try daemon.wait(for: "killed", run: id)
    #expect(try daemon.ask("DELETE", "/v1/runs/\(id)").status == 204)
    for path in ["", "/metrics", "/metrics/loss", "/metrics.csv", "/logs", "/checkpoints"] {
      #expect(try daemon.ask("GET", "/v1/runs/\(id)\(path)").status == 404, "\(path)")
    }
    #expect(try daemon.ask("DELETE", "/v1/runs/\(id)").status == 404)
  }

  @Test func `what a killed run starts from is kept, and whoever asks to delete it is told by which run`() throws {
    let daemon = try TestDaemon()
    let parent = try daemon.completedRun(["steps": 4, "checkpoint_every": 2])
    let checkpoints = try daemon.ask("GET", "/v1/runs/\(parent)/checkpoints").json["items"]?.elements ?? []
    let start = try #require(checkpoints.last?["id"]?.stringValue)
    let body: JSONValue = [
      "data": .string(daemon.videos.path), "config": ["steps": 1000, "hold_at": 3],
      "parent": ["run_id": .string(parent), "checkpoint_id": .string(start)],
    ]
    let child = try #require(try daemon.ask("POST", "/v1/runs", body).json["id"]?.stringValue)
    try daemon.wait(for: "running", run: child)
    #expect(try daemon.ask("POST", "/v1/runs/\(child)/kill").status == 202)
    try daemon.wait(for: "killed", run: child)
    let kept = try daemon.ask("DELETE", "/v1/checkpoints/\(start)")
    #expect(kept.status == 409 && kept.json["in_use_by"] == "child_run")
    #expect(kept.json["detail"]?.stringValue?.contains("run \(child) starts from it") == true)
    let refused = try daemon.ask("DELETE", "/v1/runs/\(parent)")
    #expect(refused.status == 409 && refused.problem == "conflict" && refused.json["run_ids"] == [.string(child)])
    #expect(try daemon.ask("DELETE", "/v1/runs/\(child)").status == 204)
    #expect(try daemon.ask("DELETE", "/v1/runs/\(parent)").status == 204)
  }

  @Test func `a second run waits for the first`() throws {
    let daemon = try TestDaemon()
    let first = try daemon.createRun(["steps": 1000, "hold_at": 3])
    let second = try daemon.createRun()
    try daemon.wait(for: "running", run: first)
    #expect(try daemon.ask("GET", "/v1/runs/\(second)").json["state"] == "queued")
    _ = try daemon.ask("POST", "/v1/runs/\(first)/stop")
    try daemon.wait(for: "completed", run: second)
  }

  @Test func `a loss that is no number ends the run with the reason`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.createRun(["nan_at": 3, "checkpoint_every": 2])
    let run = try daemon.wait(for: "failed", run: id)
    #expect(run["exit"]?["reason"] == "nan")
    #expect(run["exit"]?["message"]?.stringValue?.contains("step 3") == true)
    #expect(run["last_metrics"]?["loss"] == .null)
    #expect(run["last_checkpoint"]?["step"] == 2)
    let loss = try daemon.ask("GET", "/v1/runs/\(id)/metrics").json["items"]?.elements.first { $0["key"] == "loss" }
    #expect(loss?["last"] == .null)
    #expect(loss?["last_kind"] == "nan")
    #expect(loss?["min"]?["step"] == 2)
  }

  @Test func `the log tells what happened, from any line on`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    let logs = try daemon.ask("GET", "/v1/runs/\(id)/logs").json
    #expect(logs["items"]?.elements.first?["message"] == "training begins at step 0")
    let next = try #require(logs["next_after"]?.intValue)
    let rest = try daemon.ask("GET", "/v1/runs/\(id)/logs?after=\(next)").json
    #expect(rest["items"] == [])
    #expect(rest["next_after"]?.intValue == next)
  }

  @Test func `a client that has a run's state gets 304 until it changes`() throws {
    let daemon = try TestDaemon()
    let id = try daemon.completedRun()
    let tag = try #require(try daemon.ask("GET", "/v1/runs/\(id)").headers["ETag"])
    let same = try daemon.ask("GET", "/v1/runs/\(id)", headers: ["If-None-Match": tag])
    #expect(same.status == 304)
    #expect(same.bytes.isEmpty)
  }
}

@Suite(.timeLimit(.minutes(10))) struct RunListTests {
  private func ids(_ reply: Reply) -> [String] {
    reply.json["items"]?.elements.compactMap { $0["id"]?.stringValue } ?? []
  }

  @Test func `runs are listed newest first, page by page`() throws {
    let daemon = try TestDaemon()
    var created: [String] = []
    for index in 0..<5 {
      created.append(try daemon.createRun(["steps": 1], name: "run \(index)"))
      usleep(2_000)
    }
    var seen: [String] = []
    var target = "/v1/runs?limit=2"
    while true {
      let reply = try daemon.ask("GET", target)
      seen += ids(reply)
      guard let cursor = reply.json["next_cursor"]?.stringValue else { break }
      target = "/v1/runs?limit=2&cursor=\(cursor)"
      #expect(reply.headers["Link"] == "<\(target)>; rel=\"next\"")
    }
    #expect(seen == created.reversed())
    #expect(ids(try daemon.ask("GET", "/v1/runs?order=asc&limit=200")) == created)
  }

  @Test func `runs are found by state and label`() throws {
    let daemon = try TestDaemon()
    let done = try daemon.completedRun()
    let held = try daemon.createRun(["steps": 100, "hold_at": 1], labels: ["team": "a=b c"])
    try daemon.wait(for: "running", run: held)
    #expect(ids(try daemon.ask("GET", "/v1/runs?state=running")) == [held])
    #expect(ids(try daemon.ask("GET", "/v1/runs?state=completed,failed")) == [done])
    #expect(Set(ids(try daemon.ask("GET", "/v1/runs?state=completed&state=running"))) == [done, held])
    #expect(ids(try daemon.ask("GET", "/v1/runs?label=team=a%3Db+c")) == [held])
    #expect(ids(try daemon.ask("GET", "/v1/runs?label=team=other")) == [])
  }

  @Test func `all faults of a query are told at once`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask("GET", "/v1/runs?limit=0&state=dreaming&order=up&label=x&colour=red&limit=1")
    #expect(reply.status == 422)
    #expect(Set(reply.pointers) == ["?limit", "?state", "?order", "?label", "?colour"])
  }

  @Test func `a cursor that is not of this list is refused`() throws {
    let daemon = try TestDaemon()
    for _ in 0..<3 { _ = try daemon.createRun(["steps": 1]) }
    let cursor = try #require(try daemon.ask("GET", "/v1/runs?limit=1").json["next_cursor"]?.stringValue)
    for target in [
      "/v1/runs?limit=1&state=queued&cursor=\(cursor)", "/v1/datasets?cursor=\(cursor)", "/v1/runs?cursor=abc",
      "/v1/runs?cursor=", "/v1/runs?cursor=%22%22", "/v1/runs?cursor=MQph",
    ] {
      let reply = try daemon.ask("GET", target)
      #expect(reply.status == 400, "\(target)")
      #expect(reply.problem == "validation")
    }
  }
}
