import Foundation
import Primitives
import RunStore
@testable import Supervision
import Testing
import Training

@Suite("What a job's draft names", .timeLimit(.minutes(10)))
struct JobReferenceTests {
  /// The issues that a draft is refused with.
  private func issues(_ bench: JobBench, _ draft: JobDraft) -> [String: String] {
    do {
      _ = try bench.jobs.validate(draft)
    } catch SupervisionError.invalidConfiguration(let issues) {
      return Dictionary(issues.map { ($0.pointer, $0.detail) }) { first, _ in first }
    } catch {
      return ["": "\(error)"]
    }
    return [:]
  }

  @Test func everyFileThatCannotBeUsedIsToldAtOnce() throws {
    let bench = try JobBench()
    let draft = JobDraft(
      task: .propagation, name: "", weights: .file(bench.set), source: .path(bench.path("none.mp4")),
      masks: [
        MaskReference(frame: 0, path: bench.path("mask.png")), MaskReference(frame: 0, path: bench.path("mask.png")),
        MaskReference(frame: 1, path: "mask.png"),
      ], keypoints: bench.path("none.json"))
    let issues = issues(bench, draft)
    #expect(
      issues.keys.sorted() == [
        "/checkpoint", "/keypoints", "/masks/1/frame", "/masks/2/path", "/name", "/video",
      ])
    #expect(issues["/checkpoint"]?.contains("it is a folder; give a file") == true)
    #expect(issues["/video"]?.contains("there is no such file or folder") == true)
    #expect(issues["/masks/1/frame"]?.contains("frame 0 has a mask already") == true)
    #expect(issues["/masks/2/path"]?.contains("it is not an absolute path") == true)
  }

  @Test func theExecutorsIssuesArePassedOn() throws {
    let bench = try JobBench()
    let draft = JobDraft(task: .davis2017, weights: nil, source: .path(bench.set), parameters: ["topk": 3])
    #expect(issues(bench, draft).keys.sorted() == ["/checkpoint_id", "/params/topk"])
    let identity = JobDraft(
      task: .davis2017, weights: nil, source: .path(bench.set), parameters: ["preset": "identity"])
    #expect(issues(bench, identity).isEmpty)
    let job = try bench.jobs.enqueue(identity)
    #expect(try bench.wait(for: job, .finished).provenance == JobProvenance(codeVersion: "0.1.0 (test)"))
  }

  @Test func aPropagationNeedsSomethingToCarry() throws {
    let bench = try JobBench()
    let draft = JobDraft(task: .propagation, weights: bench.weights, source: .path(bench.path("clip.mp4")))
    #expect(issues(bench, draft)["/masks"]?.contains("nothing to carry") == true)
  }

  @Test func pathsThatLeadOutOfTheRootsAreForbidden() throws {
    let bench = try JobBench()
    let link = bench.base.appending(path: "data/link.png")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/etc/hostname")
    let clip = DatasetReference.path(bench.path("clip.mp4"))
    for draft in [
      JobDraft(task: .pca, weights: .file("/etc/hostname"), source: clip),
      JobDraft(task: .pca, weights: bench.weights, source: .path("/etc/hostname")),
      JobDraft(
        task: .propagation, weights: bench.weights, source: clip, masks: [MaskReference(frame: 0, path: link.path)]),
      JobDraft(task: .davis2017, weights: bench.weights, source: .path("/etc")),
    ] {
      #expect {
        try bench.jobs.validate(draft)
      } throws: { error in
        guard case SupervisionError.forbiddenPath = error else { return false }
        return true
      }
    }
  }

  @Test func aVideoMayBeAFileOrAFolderAndABenchmarkIsAFolder() throws {
    let bench = try JobBench()
    for source in [bench.set, bench.path("clip.mp4")] {
      #expect(issues(bench, JobDraft(task: .pca, weights: bench.weights, source: .path(source))).isEmpty)
    }
    let draft = JobDraft(task: .jhmdb, weights: bench.weights, source: .path(bench.path("clip.mp4")))
    #expect(issues(bench, draft)["/data"]?.contains("it is not a folder") == true)
  }

  @Test func whatIsNotThereIsNamed() throws {
    let bench = try JobBench()
    let missing = try #require(ULID("01M848AA419TGF3KKZCXRZ1RY6"))
    #expect(throws: SupervisionError.checkpointNotFound(missing)) {
      try bench.jobs.validate(JobDraft(task: .pca, weights: .checkpoint(missing), source: .path(bench.set)))
    }
    #expect(throws: SupervisionError.datasetNotFound(missing)) {
      try bench.jobs.validate(JobDraft(task: .jhmdb, weights: bench.weights, source: .registered(missing)))
    }
  }

  @Test func aDraftIsReadBackFromItsRecord() throws {
    let id = try #require(ULID("01M848AA419TGF3KKZCXRZ1RY6"))
    for draft in [
      JobDraft(
        task: .propagation, name: "dog", weights: .checkpoint(id), source: .path("/v.mp4"),
        masks: [MaskReference(frame: 0, path: "/0.png"), MaskReference(frame: 9, path: "/9.png")], keypoints: "/k.json",
        parameters: ["radius": 6]),
      JobDraft(task: .jhmdb, weights: .file("/w"), source: .registered(id)),
      JobDraft(task: .davis2017, weights: nil, source: .path("/davis"), parameters: ["preset": "identity"]),
      JobDraft(task: .match, weights: .file("/w"), source: .path("/v")),
    ] {
      #expect(try JobDraft(task: draft.task, record: draft.json) == draft)
    }
    #expect(throws: JobFailure.self) { try JobDraft(task: .pca, record: ["params": [:]]) }
  }

  @Test func onlyWhatTheJobWroteIsAMedium() throws {
    let bench = try JobBench()
    let job = try bench.wait(for: bench.create(), .finished)
    let media = bench.jobs.media(of: job.id)
    let folder = bench.store.stateDirectory.appending(path: "jobs/\(job.id)")
    try Data("x".utf8).write(to: folder.appending(path: ".hidden.png"))
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "link"), withDestinationURL: bench.base.appending(path: "data"))
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "host"), withDestinationURL: URL(filePath: "/etc/hostname"))
    #expect(media.find("masks/bear/1.png")?.medium.byteCount == 1)
    #expect(try media.list().count == 6)
    for name in [
      "", "masks", "masks/bear", "masks//bear/1.png", "/etc/hostname", "../../corrflowd.db",
      "masks/../masks/bear/1.png",
      "./masks/bear/1.png", ".hidden.png", "link/mask.png", "host", "masks/bear/1.png/", "masks/bear/1.png/x",
    ] {
      #expect(media.find(name) == nil, "\(name)")
    }
  }
}
