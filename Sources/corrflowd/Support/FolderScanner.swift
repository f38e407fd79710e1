import Datasets
import Foundation
import Primitives
import RunStore
import Supervision

/// Scans folders for the supervisor: the layer Datasets behind its question.
///
/// Files are measured on threads of their own; `progress` and `isCancelled` are called by the caller's thread only.
struct FolderScanner: DatasetScanning {
  /// The clips that a file must be long enough for, unless a run asks for others.
  var timing = ClipTiming.published
  /// Seconds between two looks at how far the scan is.
  var intervalSeconds = 0.1

  func scan(
    root: URL, known: [DatasetFileRow], progress: (_ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool
  ) throws -> DatasetContents {
    let state = Lock(State())
    let ended = DispatchSemaphore(value: 0)
    let (scanner, path, items) = (DatasetScanner(timing: timing), root.path, known.map(CatalogueItem.init))
    Thread.detachNewThread {
      let result = Result {
        try scanner.scan(root: path, known: items) { progress in
          state.withLock { ($0.done, $0.total) = (progress.done, progress.total) }
        } isCancelled: {
          state.withLock { $0.isCancelled }
        }
      }
      state.withLock { $0.result = result }
      ended.signal()
    }
    while ended.wait(timeout: .now() + intervalSeconds) == .timedOut {
      let (done, total) = state.withLock { ($0.done, $0.total) }
      if total > 0 { progress(done, total) }
      if isCancelled() { state.withLock { $0.isCancelled = true } }
    }
    return try contents(state.withLock { $0.result })
  }

  private func contents(_ result: Result<Catalogue, any Error>?) throws -> DatasetContents {
    do {
      guard let catalogue = try result?.get() else { throw CancellationError() }
      return DatasetContents(
        root: URL(filePath: catalogue.root), files: catalogue.items.map(DatasetFileRow.init),
        fingerprint: catalogue.fingerprint)
    } catch DatasetError.cancelled {
      throw CancellationError()
    }
  }

  private struct State {
    var done = 0
    var total = 0
    var isCancelled = false
    var result: Result<Catalogue, any Error>?
  }
}
