import Foundation
import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(2))) struct MachineTests {
  @Test func `the system tells of machine, process and queue`() throws {
    let daemon = try TestDaemon()
    let json = try daemon.ask("GET", "/v1/system").json
    #expect(try #require(json["cpu"]?["cores"]?.intValue) >= 1)
    #expect(json["cpu"]?["load_average"]?.elements.count == 3)
    #expect(try #require(json["memory"]?["total_bytes"]?.intValue) > 0)
    #expect(json["queue"] == ["runs_queued": 0, "jobs_queued": 0, "training_run_id": .null, "running_job_id": .null])
    #expect(json["streams"] == ["open": 0, "limit": 16])
    #expect(json["data_roots"]?.elements.count == 1)
  }

  @Test func `the database is copied and the copies are listed`() throws {
    let daemon = try TestDaemon()
    let made = try daemon.ask("POST", "/v1/system/backup")
    #expect(made.status == 201)
    let file = daemon.directory.appending(path: "state/backups/\(made.json["name"]?.stringValue ?? "")")
    #expect(made.json["sha256"]?.stringValue == (try FileDigest.sha256(ofFileAt: file)))
    let listed = try daemon.ask("GET", "/v1/system/backups").json["items"]?.elements
    #expect(listed?.count == 1 && listed?.first?["name"] == made.json["name"])
    #expect(try daemon.ask("POST", "/v1/system/backup", ["where": "/tmp"]).status == 422)
  }

  @Test func `what can be set is told`() throws {
    let json = try TestDaemon().ask("GET", "/v1/settings/schema").json
    #expect(json["runs"]?["fields"]?.elements.first?["key"] == "steps")
    #expect(json["evaluations"]?["presets"] == [:])
    #expect(try TestDaemon(hasJobs: false).ask("GET", "/v1/settings/schema").json["evaluations"] == nil)
  }

  @Test func `an estimate is measured, scaled, or not there, and says which`() throws {
    let daemon = try TestDaemon()
    func estimate(_ config: JSONValue) throws -> JSONValue {
      let reply = try daemon.ask(
        "POST", "/v1/runs?dry_run=true", ["data": .string(daemon.videos.path), "config": config])
      return try #require(reply.json["estimate"])
    }
    let nothing = try estimate(["steps": 100])
    #expect(nothing["basis"] == .null && nothing["duration_seconds"] == .null && nothing["dataset"] == .null)
    #expect(nothing["memory_bytes"] == .integer(1 << 20) && nothing["checkpoints"] == 1)
    #expect(nothing["checkpoints_bytes"] == 4096)
    let run = try daemon.completedRun()
    // A step of the trainer says that it took a quarter of a second.
    let measured = try estimate(["steps": 100])
    #expect(measured["basis"] == "same_settings" && measured["basis_run_id"] == .string(run))
    #expect(measured["step_seconds"]?.doubleValue == 0.25 && measured["duration_seconds"]?.doubleValue == 25)
    #expect(measured["dataset"]?["frames"] == 200 && measured["runs_ahead"] == 0)
    let scaled = try estimate(["steps": 100, "learning_rate": 0.5])
    #expect(scaled["basis"] == "scaled" && scaled["step_seconds"]?.doubleValue == 0.5)
  }

  @Test func `lists tell their length when asked`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    _ = try daemon.completedRun()
    let page = try daemon.ask("GET", "/v1/runs?limit=1&include=total").json
    #expect(page["total"] == 2 && page["items"]?.elements.count == 1)
    #expect(try daemon.ask("GET", "/v1/runs?state=failed&include=total").json["total"] == 0)
    #expect(try daemon.ask("GET", "/v1/datasets?include=total").json["total"] == 1)
    #expect(try daemon.ask("GET", "/v1/runs").json["total"] == nil)
    #expect(try daemon.ask("GET", "/v1/runs?include=everything").pointers == ["?include"])
    #expect(try daemon.ask("GET", "/v1/runs/\(run)").json["best"]?["loss"]?["step"] == 6)
  }

  @Test func `a dataset is verified`() throws {
    let daemon = try TestDaemon()
    let run = try daemon.completedRun()
    let dataset = try #require(try daemon.ask("GET", "/v1/runs/\(run)").json["dataset_id"]?.stringValue)
    let reply = try daemon.ask("POST", "/v1/datasets/\(dataset)/verify")
    #expect(reply.status == 202 && reply.json["state"] == "scanning")
    try daemon.wait("the scan") {
      try daemon.ask("GET", "/v1/datasets/\(dataset)").json["state"] == "ready" ? true : nil
    }
  }

  @Test func `runs take notes, a policy and restarts`() throws {
    let daemon = try TestDaemon()
    let reply = try daemon.ask(
      "POST", "/v1/runs",
      [
        "data": .string(daemon.videos.path), "notes": "second try", "max_restarts": 3,
        "checkpoint_policy": ["keep_latest": 2],
      ])
    #expect(reply.status == 201)
    #expect(reply.json["notes"] == "second try" && reply.json["max_restarts"] == 3)
    #expect(reply.json["restart_policy"] == "on-interrupt" && reply.json["restarts"] == 0)
    #expect(reply.json["checkpoint_policy"]?["keep_latest"] == 2)
    let wrong = try daemon.ask(
      "POST", "/v1/runs",
      [
        "data": .string(daemon.videos.path), "restart_policy": "always", "max_restarts": 101,
        "checkpoint_policy": ["keep_latest": 0],
      ])
    #expect(Set(wrong.pointers) == ["/restart_policy", "/max_restarts", "/checkpoint_policy/keep_latest"])
  }
}
