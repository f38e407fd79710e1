import Datasets
import Foundation
import RunStore

extension Supervisor {
  /// Registers a folder of videos and has it scanned; a folder that is registered is scanned again, where files that have
  /// not changed are not opened.
  ///
  /// - Parameters:
  ///   - path: absolute, below an allowed root once symbolic links are resolved.
  ///   - name: 1 to 200 characters; nil keeps the name, or takes the folder's.
  ///   - memory: how the reply is remembered, in the same transaction.
  /// - Throws: `SupervisionError.forbiddenPath`, `.pathUnusable`, `.invalidConfiguration` for the name, `.shuttingDown`.
  public func registerDataset(
    path: String, name: String?, memory: ReplyMemory<(dataset: DatasetRow, isNew: Bool)>? = nil
  ) throws -> DatasetRegistration {
    guard !board.read({ $0.isShuttingDown }) else { throw SupervisionError.shuttingDown }
    let nameIssues = RunDraft(name: name, dataset: .path(path)).issues
    guard nameIssues.isEmpty else { throw SupervisionError.invalidConfiguration(nameIssues) }
    let root = try roots.resolve(path)
    let (dataset, isNew) = try store.registerDataset(
      id: edge.makeID(), name: name, root: root.path, at: edge.now(), memory: memory)
    queueScan(of: dataset.id)
    logger.info("dataset registered", metadata: ["dataset": "\(dataset.id)", "root": "\(root.path)"])
    return DatasetRegistration(dataset: dataset, isNew: isNew)
  }

  /// Has every file of a dataset opened again, those that have not changed since the last scan too.
  ///
  /// - Throws: `SupervisionError.datasetNotFound`, `.shuttingDown`.
  public func verifyDataset(_ id: ULID) throws -> DatasetRow {
    guard !board.read({ $0.isShuttingDown }) else { throw SupervisionError.shuttingDown }
    let dataset = try translating(dataset: id) { try store.rescanDataset(id, at: edge.now()) }
    board.withLock { _ = $0.fullScans.insert(id) }
    queueScan(of: id)
    logger.info("dataset is verified", metadata: ["dataset": "\(id)"])
    return dataset
  }

  private func queueScan(of id: ULID) {
    board.withLock { board in
      board.cancelledScans.remove(id)
      if !board.scans.contains(id) { board.scans.append(id) }
    }
  }

  /// Forgets a dataset; its folder is not touched.
  ///
  /// - Throws: `SupervisionError.datasetNotFound`; `.datasetInUse` while a run refers to it.
  public func deleteDataset(_ id: ULID) throws {
    try translating(dataset: id) {
      try store.deleteDataset(id, at: edge.now()) { runs in
        guard runs.isEmpty else { throw SupervisionError.datasetInUse(dataset: id, runs: runs) }
      }
    }
    board.withLock { board in
      board.scans.removeAll { $0 == id }
      if board.scanning == id { board.cancelledScans.insert(id) }
    }
  }

  /// Scans one dataset after the other until the daemon ends.
  func runScanningThread() {
    while let id = nextScan() {
      do {
        try scan(id)
      } catch {
        logger.error("scan could not be recorded", metadata: ["dataset": "\(id)", "error": "\(error)"])
        retryLater(id)
      }
      board.withLock { board in
        board.scanning = nil
        board.unscannedFiles = 0
        board.endedScans += 1
        board.cancelledScans.remove(id)
      }
    }
  }

  private func nextScan() -> ULID? {
    board.wait { board -> ULID?? in
      if board.isShuttingDown { return .some(nil) }
      guard !board.scans.isEmpty else { return .none }
      board.scanning = board.scans.removeFirst()
      return board.scanning
    }
  }

  /// The database could not be written, for instance because the disk is full.
  private func retryLater(_ id: ULID) {
    _ = board.wait(seconds: settings.retrySeconds) { $0.isShuttingDown ? true : nil }
    board.withLock { board in
      if !board.scans.contains(id) { board.scans.append(id) }
    }
  }

  private func scan(_ id: ULID) throws {
    guard let dataset = try store.dataset(id) else { return }
    let isFull = board.withLock { $0.fullScans.remove(id) } != nil
    let pace = ScanPace(seconds: settings.scanProgressSeconds, edge: edge)
    var recordingError: (any Error)?
    do {
      let contents = try scanner.scan(
        root: try roots.resolve(dataset.root), known: isFull ? [] : try store.allDatasetFiles(id),
        progress: { done, total in
          board.withLock { $0.unscannedFiles = max(0, total - done) }
          guard recordingError == nil, pace.isDue() else { return }
          do {
            try store.updateScan(id, scannedFiles: done, totalFiles: total, at: edge.now())
          } catch {
            recordingError = error
          }
        },
        isCancelled: {
          recordingError != nil || board.read { $0.isShuttingDown || $0.cancelledScans.contains(id) }
        })
      try finish(dataset, contents)
    } catch is CancellationError {
      if let recordingError { throw recordingError }
    } catch RunStoreError.notFound {
      return
    } catch let error as RunStoreError {
      throw error
    } catch {
      _ = try store.failScan(id, problem: "\(error)", at: edge.now())
    }
  }

  private func finish(_ dataset: DatasetRow, _ contents: DatasetContents) throws {
    let row = try store.finishScan(
      dataset.id, files: contents.files, fingerprint: contents.fingerprint, problem: Self.problem(of: contents),
      at: edge.now())
    board.withLock { board in
      for file in contents.files { board.totals.scannedFiles[file.rejectionReason ?? "ok", default: 0] += 1 }
    }
    logger.info(
      "dataset scanned",
      metadata: ["dataset": "\(row.id)", "usable": "\(row.usableFiles)", "rejected": "\(row.rejectedFiles)"])
  }

  /// Why no run can train on the folder. Whether a video is long enough depends on the clips of a run, so that a folder of
  /// videos that are too short for the usual clips is not given up here; a run that finds no clips in it says so.
  private static func problem(of contents: DatasetContents) -> String? {
    let tooShort = Rejection.Reason.tooShort.rawValue
    guard !contents.files.contains(where: { $0.isUsable || $0.rejectionReason == tooShort }) else { return nil }
    guard let first = contents.files.first else {
      return "the folder holds no videos and no frame folders: put some there and register it again"
    }
    let reason = first.rejectionDetail ?? first.rejectionReason ?? "unknown"
    return "none of its \(contents.files.count) files can be used; the first, '\(first.relativePath)': \(reason)"
  }
}

/// Says when a scan's progress is to be written again. Used by the scanning thread alone.
private final class ScanPace {
  private let seconds: Double
  private let edge: SupervisorEdge
  private var last = Date.distantPast

  init(seconds: Double, edge: SupervisorEdge) {
    self.seconds = seconds
    self.edge = edge
  }

  func isDue() -> Bool {
    let now = edge.now()
    guard now.timeIntervalSince(last) >= seconds else { return false }
    last = now
    return true
  }
}
