import Foundation
import Testing

@testable import RunStore

@Suite("Datasets in the store")
struct DatasetTests {
  private let good = DatasetFileRow(
    relativePath: "a/b.mp4", kind: .video, sizeBytes: 10, modifiedNanoseconds: 5, codec: "h264", container: "mp4",
    width: 64, height: 48, rotationDegrees: 90, durationSeconds: 2.5, frameCount: 75, averageFrameRate: 30)
  private let bad = DatasetFileRow(
    relativePath: "c.mp4", kind: .video, sizeBytes: 0, modifiedNanoseconds: 5, rejectionReason: "empty",
    rejectionDetail: "the file has no bytes")

  @Test func theSameFolderIsTheSameDataset() throws {
    let temporary = try TemporaryStore()
    let first = try temporary.store.registerDataset(
      id: temporary.makeID(), name: nil, root: "/data/cats", at: temporary.tick())
    let second = try temporary.store.registerDataset(
      id: temporary.makeID(), name: "felines", root: "/data/cats", at: temporary.tick())
    #expect(first.isNew && !second.isNew)
    #expect(first.dataset.id == second.dataset.id)
    #expect(first.dataset.name == "cats" && second.dataset.name == "felines")
  }

  @Test func aScanRecordsFilesAndSums() throws {
    let temporary = try TemporaryStore()
    let dataset = try temporary.makeDataset()
    let row = try temporary.store.finishScan(
      dataset.id, files: [good, bad], fingerprint: "f", problem: nil, at: temporary.tick())
    #expect(row.state == .ready && row.usableFiles == 1 && row.rejectedFiles == 1)
    #expect(row.durationSeconds == 2.5 && row.frameCount == 75 && row.sizeBytes == 10 && row.fingerprint == "f")
    #expect(try temporary.store.allDatasetFiles(dataset.id) == [good, bad])
    #expect(try temporary.store.datasetFiles(dataset.id, rejectedOnly: true, limit: 5).rows == [bad])
    let page = try temporary.store.datasetFiles(dataset.id, limit: 1)
    #expect(page.rows == [good] && page.hasMore)
    #expect(try temporary.store.datasetFiles(dataset.id, after: "a/b.mp4", limit: 1).rows == [bad])
  }

  @Test func aFailedScanKeepsWhatWasKnown() throws {
    let temporary = try TemporaryStore()
    let dataset = try temporary.makeDataset()
    _ = try temporary.store.finishScan(dataset.id, files: [good], fingerprint: "f", problem: nil, at: temporary.tick())
    let row = try temporary.store.failScan(dataset.id, problem: "vanished", at: temporary.tick())
    #expect(row.state == .failed && row.problem == "vanished")
    #expect(try temporary.store.allDatasetFiles(dataset.id) == [good])
  }

  @Test func scansThatHaveNotEndedAreFoundAgain() throws {
    let temporary = try TemporaryStore()
    let pending = try temporary.makeDataset(root: "/a")
    let done = try temporary.makeDataset(root: "/b")
    _ = try temporary.store.finishScan(done.id, files: [good], fingerprint: "f", problem: nil, at: temporary.tick())
    try temporary.store.updateScan(pending.id, scannedFiles: 3, totalFiles: 9, at: temporary.tick())
    let found = try temporary.store.datasetsToScan()
    #expect(found.map(\.id) == [pending.id])
    #expect(found.first?.scannedFiles == 3 && found.first?.totalFiles == 9)
  }

  @Test func aDatasetThatRunsReferToIsNotDeleted() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    var seen: [ULID] = []
    #expect(throws: Missing.self) {
      try temporary.store.deleteDataset(run.datasetID, at: temporary.tick()) { runs in
        seen = runs
        throw Missing()
      }
    }
    #expect(seen == [run.id])
    #expect(try temporary.store.dataset(run.datasetID) != nil)
  }

  @Test func pagesOfDatasetsAreNewestFirst() throws {
    let temporary = try TemporaryStore()
    let ids = try ["/a", "/b", "/c"].map { try temporary.makeDataset(root: $0).id }
    let page = try temporary.store.datasets(limit: 2)
    #expect(page.rows.map(\.id) == [ids[2], ids[1]] && page.hasMore)
    #expect(try temporary.store.datasets(after: ids[1], limit: 2).rows.map(\.id) == [ids[0]])
  }
}
