import Foundation
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

extension TestDaemon {
  /// Creates an evaluation without weights and returns its path.
  func createEvaluation(_ params: JSONValue = [:]) throws -> String {
    var members: [String: JSONValue] = ["preset": "identity"]
    if case .object(let given) = params { members.merge(given) { $1 } }
    let reply = try ask(
      "POST", "/v1/evaluations",
      ["benchmark": "davis2017", "data": .string(davis.path), "params": .object(members)])
    guard let path = reply.headers["Location"], reply.status == 201 else { throw Failure(description: reply.text) }
    return path
  }

  /// Waits until the job at `path` is in the state.
  @discardableResult
  func wait(for state: String, job path: String) throws -> JSONValue {
    try wait("\(path) to be \(state)") {
      let job = try ask("GET", path).json
      return job["state"] == .string(state) ? job : nil
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct JobTests {
  @Test func `a checkpoint is evaluated, and its run shows it among its evaluations and curves`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun(["steps": 4])
    let checkpoint = try #require(try daemon.ask("GET", "/v1/runs/\(run)").json["last_checkpoint"])
    let created = try daemon.ask(
      "POST", "/v1/evaluations",
      [
        "benchmark": "davis2017", "checkpoint_id": checkpoint["id"]!, "data": .string(daemon.davis.path),
        "name": "first", "params": ["set": "mini"],
      ])
    #expect(created.status == 201)
    #expect(created.json["state"] == "queued")
    let id = try #require(created.json["id"]?.stringValue)
    #expect(created.headers["Location"] == "/v1/evaluations/\(id)")
    let job = try daemon.wait(for: "finished", job: "/v1/evaluations/\(id)")
    #expect(job["benchmark"] == "davis2017")
    #expect(job["name"] == "first")
    #expect(job["params"] == ["preset": "crw", "set": "mini", "overlays": true])
    #expect(job["request"]?["params"] == ["set": "mini"])
    #expect(job["provenance"]?["sha256"] == checkpoint["sha256"])
    #expect(job["provenance"]?["run_id"] == .string(run))
    #expect(job["provenance"]?["step"] == 4)
    #expect(job["provenance"]?["code_version"] == "0.1.0 (0123abc)")
    #expect(job["summary"]?["j_and_f_mean"] == 0.625)
    #expect(job["missing"] == ["judo"])
    #expect(job["progress"] == ["stage": "two, libby", "done": 8, "total": 8, "eta_seconds": .null])
    #expect(job["allowed_actions"] == ["delete"])
    let shown = try #require(try daemon.ask("GET", "/v1/runs/\(run)").json["evaluations"]?.elements.first)
    #expect(shown["id"] == .string(id))
    #expect(shown["summary"]?["j_mean"] == 0.5)
    for key in ["davis/j_and_f", "davis%2Fj_and_f"] {
      let series = try daemon.ask("GET", "/v1/runs/\(run)/metrics/\(key)?agg=none").json
      #expect(series["rows"]?.elements.first.map { Array($0.elements.prefix(2)) } == [4, 0.625])
    }
  }

  @Test func `a point that a job adds is not hidden by what a client has kept`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun(["steps": 4, "checkpoint_every": 2])
    let checkpoints = try daemon.ask("GET", "/v1/runs/\(run)/checkpoints").json["items"]!.elements
    let path = "/v1/runs/\(run)/metrics/davis/j_and_f"
    var tags: [String?] = []
    for checkpoint in checkpoints {
      let reply = try daemon.ask(
        "POST", "/v1/evaluations",
        ["benchmark": "davis2017", "checkpoint_id": checkpoint["id"]!, "data": .string(daemon.davis.path)])
      try daemon.wait(for: "finished", job: try #require(reply.headers["Location"]))
      tags.append(try daemon.ask("GET", path).headers["ETag"])
    }
    #expect(tags.count == 2 && tags[0] != tags[1])
  }

  @Test func `every fault of a body is told at once, with pointers`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask(
      "POST", "/v1/evaluations",
      ["benchmark": "kinetics", "checkpoint_id": "x", "checkpoint": "/w", "params": 3, "video": "/v", "name": ""])
    #expect(reply.status == 422)
    #expect(
      Set(reply.pointers) == ["/benchmark", "/checkpoint_id", "/dataset_id", "/params", "/video", "/name"])
    #expect(reply.text.contains("must be one: davis2017 or jhmdb"))
    let propagation = try daemon.ask(
      "POST", "/v1/propagations",
      ["mask": "/m.png", "masks": [["frame": 0, "path": "/m.png"], ["frame": -1, "path": "/n.png"], 3]])
    #expect(Set(propagation.pointers) == ["/video", "/mask", "/masks/1", "/masks/2"])
    let picture = try daemon.ask("POST", "/v1/visualisations", ["video": "/v", "mask": "/m.png"])
    #expect(Set(picture.pointers) == ["/view", "/mask"])
    #expect(picture.text.contains("is required: pca or match"))
  }

  @Test func `what the executor does not accept is told, and nothing is created`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask(
      "POST", "/v1/evaluations",
      ["benchmark": "jhmdb", "data": .string(daemon.davis.path), "params": ["topk": 3, "preset": "mine"]])
    #expect(reply.status == 422)
    #expect(reply.pointers == ["/params/topk", "/params/preset", "/checkpoint_id"])
    #expect(try daemon.ask("GET", "/v1/evaluations").json["items"] == [])
  }

  @Test func `a dry run resolves and creates nothing`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask(
      "POST", "/v1/visualisations?dry_run=true",
      ["view": "pca", "video": .string(daemon.videos.path), "params": ["preset": "identity"]])
    #expect(reply.status == 200)
    #expect(reply.json["params"]?["set"] == "val")
    #expect(try daemon.ask("GET", "/v1/visualisations").json["items"] == [])
  }

  @Test func `what is missing is told by its pointer, what is forbidden 403, a damaged checkpoint 409`() throws {
    let daemon = try TestDaemon()
    func ask(_ members: [String: JSONValue]) throws -> Reply {
      let body = members.merging(["benchmark": "davis2017"]) { $1 }
      return try daemon.ask("POST", "/v1/evaluations", .object(body))
    }
    func status(_ members: [String: JSONValue]) throws -> Int { try ask(members).status }
    let missing: JSONValue = "01M848AA419TGF3KKZCXRZ1RY6"
    let davis = JSONValue.string(daemon.davis.path)
    let checkpointReply = try ask(["checkpoint_id": missing, "data": davis])
    #expect(checkpointReply.status == 422 && checkpointReply.pointers == ["/checkpoint_id"])
    let datasetReply = try ask(["dataset_id": missing, "params": ["preset": "identity"]])
    #expect(datasetReply.status == 422 && datasetReply.pointers == ["/dataset_id"])
    #expect(try status(["data": "/etc"]) == 403)
    #expect(try status(["data": davis, "checkpoint": "/etc/hostname"]) == 403)
    let run = try daemon.completedRun(["steps": 1])
    let checkpoint = try #require(try daemon.ask("GET", "/v1/runs/\(run)").json["last_checkpoint"])
    let file = daemon.store.stateDirectory.appending(path: try #require(checkpoint["path"]?.stringValue))
    try FileManager.default.removeItem(at: file)
    #expect(try status(["checkpoint_id": checkpoint["id"]!, "data": davis]) == 409)
    for path in ["01M848AA419TGF3KKZCXRZ1RY6", "x", "x/results", "x/media", "x/media/a.png"] {
      #expect(try daemon.ask("GET", "/v1/evaluations/\(path)").status == 404)
    }
  }

  @Test func `a job is cancelled while it runs, again without harm, and then deleted with its files`() throws {
    let daemon = try TestDaemon()
    let path = try daemon.createEvaluation(["hold_at": 6])
    try daemon.wait("five frames") {
      try daemon.ask("GET", path).json["progress"]?["done"] == 5 ? true : nil
    }
    let busy = try daemon.ask("DELETE", path)
    #expect(busy.status == 409 && busy.problem == "job-state-conflict")
    #expect(busy.json["allowed_actions"] == ["cancel"])
    let reply = try daemon.ask("POST", "\(path)/cancel")
    #expect(reply.status == 202)
    #expect(reply.json["cancel_requested"] == true && reply.json["allowed_actions"] == [])
    try daemon.wait(for: "cancelled", job: path)
    #expect(try daemon.ask("POST", "\(path)/cancel").status == 200)
    #expect(try daemon.ask("GET", "\(path)/results").json["items"]?.elements.count == 1)
    #expect(try daemon.ask("DELETE", path).status == 204)
    #expect(try daemon.ask("GET", path).status == 404)
    #expect(try daemon.ask("GET", "\(path)/media").status == 404)
    let id = path.split(separator: "/").last ?? ""
    #expect(!FileManager.default.fileExists(atPath: daemon.store.stateDirectory.appending(path: "jobs/\(id)").path))
  }

  @Test func `a job that has ended cannot be cancelled, and a command takes no members`() throws {
    let daemon = try TestDaemon()
    let path = try daemon.createEvaluation(["fail_at": 2])
    let failed = try daemon.wait(for: "failed", job: path)
    #expect(failed["error"] == "frame 2 cannot be decoded")
    let reply = try daemon.ask("POST", "\(path)/cancel")
    #expect(reply.status == 409)
    #expect(reply.json["state"] == "failed")
    #expect(try daemon.ask("POST", "\(path)/cancel", ["now": true]).pointers == ["/now"])
  }

  @Test func `jobs are listed by kind, state, task and run, page after page`() throws {
    let daemon = try TestDaemon()
    var paths: [String] = []
    for _ in 0..<3 { paths.append(try daemon.createEvaluation()) }
    for path in paths { try daemon.wait(for: "finished", job: path) }
    func items(_ query: String) throws -> [JSONValue] {
      try daemon.ask("GET", "/v1/evaluations\(query)").json["items"]?.elements ?? []
    }
    #expect(try items("").compactMap { $0["links"]?["self"]?.stringValue } == paths.reversed())
    #expect(try items("?order=asc&limit=1").compactMap { $0["links"]?["self"]?.stringValue } == [paths[0]])
    #expect(try items("?state=failed,queued").isEmpty)
    #expect(try items("?benchmark=jhmdb").isEmpty)
    #expect(try items("?benchmark=davis2017&state=finished").count == 3)
    #expect(try items("?run_id=01M848AA419TGF3KKZCXRZ1RY6").isEmpty)
    #expect(try daemon.ask("GET", "/v1/propagations").json["items"] == [])
    let first = try daemon.ask("GET", "/v1/evaluations?limit=2")
    let cursor = try #require(first.json["next_cursor"]?.stringValue)
    #expect(first.headers["Link"] == "</v1/evaluations?limit=2&cursor=\(cursor)>; rel=\"next\"")
    #expect(try items("?limit=2&cursor=\(cursor)").count == 1)
    #expect(try daemon.ask("GET", "/v1/propagations?cursor=\(cursor)").status == 400)
    let wrong = try daemon.ask("GET", "/v1/evaluations?state=done&run_id=x&view=pca")
    #expect(wrong.pointers == ["?state", "?run_id", "?view"])
  }

  @Test func `training and analysis go on side by side`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.createRun(["steps": 100, "hold_at": 2])
    try daemon.wait(for: "running", run: run)
    try daemon.wait(for: "finished", job: try daemon.createEvaluation())
    #expect(try daemon.ask("GET", "/v1/runs/\(run)").json["state"] == "running")
    let held = try daemon.createEvaluation(["hold_at": 1])
    try daemon.wait(for: "running", job: held)
    #expect(try daemon.ask("GET", "/healthz").status == 200)
  }

  @Test func `a daemon without an executor has no such routes`() throws {
    let daemon = try TestDaemon(hasJobs: false)
    #expect(try daemon.ask("GET", "/v1/evaluations").status == 404)
    #expect(try daemon.ask("GET", "/v1/version").json["features"]?.elements.contains("evaluations") == false)
  }

  @Test func `a scrape counts jobs by kind and state`() throws {
    let daemon = try TestDaemon()
    try daemon.wait(for: "finished", job: try daemon.createEvaluation())
    let held = try daemon.createEvaluation(["hold_at": 3])
    try daemon.wait("two frames") { try daemon.ask("GET", held).json["progress"]?["done"] == 2 ? true : nil }
    let text = try daemon.ask("GET", "/metrics").text
    for line in [
      #"corrflowd_jobs{kind="evaluation",state="finished"} 1"#, #"corrflowd_jobs{kind="evaluation",state="running"} 1"#,
      #"corrflowd_jobs{kind="propagation",state="failed"} 0"#,
      #"corrflowd_job_transitions_total{kind="evaluation",to="queued"} 2"#,
      #"corrflowd_job_units{kind="evaluation"} 2"#, #"corrflowd_job_target_units{kind="evaluation"} 8"#,
    ] {
      #expect(text.contains(line + "\n"), "\(line)")
    }
    #expect(text.contains("# TYPE corrflowd_job_seconds_total counter\n"))
  }
}
