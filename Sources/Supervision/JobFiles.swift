import Foundation
import RunStore

/// The files of jobs: each has a folder `<state>/jobs/<id>/`.
struct JobFiles {
  let stateDirectory: URL

  func folder(of job: ULID) -> URL { parent.appendingPathComponent(job.text, isDirectory: true) }

  /// An empty folder, whatever an earlier attempt left.
  func makeEmptyFolder(of job: ULID) throws -> URL {
    try remove(job)
    let folder = folder(of: job)
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return folder
  }

  /// Removes the job's folder; it may be gone already.
  func remove(_ job: ULID) throws {
    guard FileManager.default.fileExists(atPath: folder(of: job).path) else { return }
    try FileManager.default.removeItem(at: folder(of: job))
  }

  /// The jobs that have a folder.
  func jobsWithFiles() throws -> [ULID] {
    guard FileManager.default.fileExists(atPath: parent.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: parent.path).compactMap { ULID($0) }.sorted()
  }

  private var parent: URL { stateDirectory.appendingPathComponent("jobs", isDirectory: true) }
}
