import Foundation
import Primitives
import RunStore
import Supervision

/// Looks at the real files of a folder, by name and size only: a file ".mp4" is a video of one second a byte.
final class FolderScanner: DatasetScanning {
  struct State {
    var isHeld = false
    /// Files that were opened, over all scans.
    var opened: [String] = []
    var scans = 0
  }

  let state = Lock(State())

  func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

  func scan(
    root: URL, known: [DatasetFileRow], progress: (_ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool
  ) throws -> DatasetContents {
    state.withLock { $0.scans += 1 }
    let known = Dictionary(uniqueKeysWithValues: known.map { ($0.relativePath, $0) })
    let names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted().filter { $0.hasSuffix(".mp4") }
    var files: [DatasetFileRow] = []
    for (index, name) in names.enumerated() {
      progress(index, names.count)
      repeat {
        if isCancelled() { throw CancellationError() }
        if state.withLock({ $0.isHeld }) { usleep(1000) }
      } while state.withLock { $0.isHeld }
      let size = try Data(contentsOf: root.appendingPathComponent(name)).count
      if let former = known[name], former.sizeBytes == Int64(size) {
        files.append(former)
        continue
      }
      state.withLock { $0.opened.append(name) }
      files.append(
        DatasetFileRow(
          relativePath: name, kind: .video, sizeBytes: Int64(size), modifiedNanoseconds: 0,
          durationSeconds: Double(size), frameCount: size, rejectionReason: size == 0 ? "empty" : nil,
          rejectionDetail: size == 0 ? "the file has no bytes" : nil))
    }
    let text = files.filter(\.isUsable).map { "\($0.relativePath) \($0.sizeBytes)" }.joined(separator: "\n")
    return DatasetContents(root: root, files: files, fingerprint: FileDigest.sha256(of: Data(text.utf8)))
  }
}
