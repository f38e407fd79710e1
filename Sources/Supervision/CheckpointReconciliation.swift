import Foundation
import Logging
import RunStore

/// Compares checkpoints with their files when the daemon starts: the last one may have ended between a change of the one and
/// of the other, and a person may have moved files meanwhile.
///
/// * A row is deleted before its file. A file that is still there goes now, if the journal says that it was to go and nobody
///   has touched it since.
/// * A row whose file is gone is marked, so that nobody is offered it; one whose file is back, as it was, is unmarked.
///
/// Everything else is left as it is, above all files that nothing is known of, and those of a run whose rows cannot be read.
struct CheckpointReconciliation {
  let store: Store
  let now: @Sendable () -> Date
  let logger: Logger

  /// Looks at every run that has a folder.
  func apply() throws {
    for run in try RunFiles.runsWithFiles(stateDirectory: store.stateDirectory) {
      do {
        try apply(to: RunFiles(stateDirectory: store.stateDirectory, run: run))
      } catch {
        logger.error(
          "checkpoints are not compared with their files; all are left as they are",
          metadata: ["run": "\(run)", "error": "\(error)"])
      }
    }
  }

  private func apply(to files: RunFiles) throws {
    guard try store.run(files.run) != nil else { return }
    let rows = try store.checkpoints(of: files.run)
    guard FileManager.default.fileExists(atPath: files.checkpoints.path) else {
      // More likely a disk that is not mounted than the loss of all: nothing is marked.
      if !rows.isEmpty {
        logger.warning("the folder of a run's checkpoints is missing", metadata: ["path": "\(files.checkpoints.path)"])
      }
      return
    }
    try removeDeleted(files, known: Set(rows.map(\.relativePath)))
    for row in rows { try compare(row) }
  }

  /// Removes the files that a deletion left.
  private func removeDeleted(_ files: RunFiles, known: Set<String>) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: files.checkpoints.path).sorted() {
      let file = files.checkpoints.appendingPathComponent(name)
      guard name.hasSuffix(".safetensors"), let path = files.relativePath(of: file), !known.contains(path),
        let deleted = try store.deletionTime(ofCheckpointAt: path, run: files.run), isUntouched(file, since: deleted)
      else { continue }
      try FileManager.default.removeItem(at: file)
      try store.appendLog(
        run: files.run, level: .info,
        message: "removed \(name), the file of a deleted checkpoint: the daemon had ended before it was gone",
        at: now())
    }
  }

  /// Whether it is a file, and neither its contents nor its name, owner or mode have changed since: it is what was to be
  /// removed, and nobody has put it there again. Unlike the time of modification, this time cannot be set.
  private func isUntouched(_ file: URL, since time: Date) -> Bool {
    var status = stat()
    guard lstat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    let changed = Double(status.st_ctim.tv_sec) + Double(status.st_ctim.tv_nsec) / 1e9
    return changed < time.timeIntervalSince1970
  }

  private func compare(_ checkpoint: CheckpointRow) throws {
    let point = ResumePoint(store: store, now: now)
    let isThere = FileManager.default.fileExists(atPath: store.fileURL(of: checkpoint).path)
    switch checkpoint.state {
    case .valid:
      if !isThere { try point.setAside(checkpoint, problem: ResumePoint.missing) }
    case .corrupt:
      // One that was damaged lies under another name, for a person.
      guard isThere, checkpoint.relativePath.hasSuffix(".safetensors"), try point.problem(of: checkpoint) == nil else {
        return
      }
      try store.markValid(checkpoint, at: now())
      try store.appendLog(
        run: checkpoint.runID, level: .info,
        message: "the file of the checkpoint of step \(checkpoint.step) is back: it can be used again", at: now())
    }
  }
}
