import Media
import Primitives

/// How far a scan is.
public struct ScanProgress: Sendable, Hashable {
  /// Items that are done.
  public var done: Int
  /// Items that were found.
  public var total: Int
  /// The item that was done last, relative to the root.
  public var currentPath: String
}

/// Finds and measures the videos under a folder.
///
///     let catalogue = try DatasetScanner().scan(root: "/srv/videos", known: last?.items ?? [])
///
/// A file that is unchanged since it was last scanned, by size and time of modification, is not opened again.
public struct DatasetScanner: Sendable {
  /// Files are measured by so many threads.
  public var probingThreads: Int
  /// Items that do not give one clip of this are rejected.
  public var timing: ClipTiming

  /// - Parameters:
  ///   - timing: the clips that an item must be long enough for.
  ///   - probingThreads: files that are measured at a time, at least 1.
  public init(timing: ClipTiming = .published, probingThreads: Int = 2) {
    self.timing = timing
    self.probingThreads = max(1, probingThreads)
  }

  /// Scans a folder.
  ///
  /// - Parameters:
  ///   - root: the folder; its own path may contain symbolic links.
  ///   - known: items of an earlier scan of the same folder.
  ///   - progress: called after each item, from several threads, one call at a time.
  ///   - isCancelled: asked before each item, from several threads.
  /// - Throws: `DatasetError`. An item that cannot be used is no error: it is in the catalogue with its rejection.
  public func scan(
    root: String, known: [CatalogueItem] = [], progress: @escaping @Sendable (ScanProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(DatasetError) -> Catalogue {
    let walk = try FolderWalk(root: root, isCancelled: isCancelled)
    guard !walk.candidates.isEmpty else {
      throw .noVideos(root: walk.root, ignoredFiles: walk.ignoredFiles.count)
    }
    let probe = ItemProbe(
      root: walk.root, timing: timing,
      known: Dictionary(known.map { ($0.relativePath, $0) }) { first, _ in first })
    let state = Lock(ScanState(items: [CatalogueItem?](repeating: nil, count: walk.candidates.count)))
    let candidates = walk.candidates
    let work: @Sendable () -> Void = {
      while !isCancelled(), let index = state.withLock({ $0.takeNext() }) {
        let item = probe.item(for: candidates[index])
        state.withLock { state in
          state.items[index] = item
          state.done += 1
          progress(ScanProgress(done: state.done, total: candidates.count, currentPath: item.relativePath))
        }
      }
    }
    let threads = (1..<probingThreads).compactMap { _ in try? WorkerThread(name: "probing", work) }
    work()
    for thread in threads { thread.join() }
    let items = state.withLock { $0.items.compactMap { $0 } }
    guard items.count == candidates.count else { throw .cancelled(root: root) }
    return Catalogue(root: walk.root, items: items, ignoredFiles: walk.ignoredFiles)
  }
}

/// What the probing threads share.
private struct ScanState {
  var items: [CatalogueItem?]
  var next = 0
  var done = 0

  mutating func takeNext() -> Int? {
    guard next < items.count else { return nil }
    defer { next += 1 }
    return next
  }
}
