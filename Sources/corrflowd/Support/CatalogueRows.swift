import Datasets
import RunStore
import Supervision

extension DatasetFileRow {
  /// An item of a catalogue as it is stored.
  init(_ item: CatalogueItem) {
    self.init(
      relativePath: item.relativePath, kind: item.kind == .video ? .video : .frameFolder, sizeBytes: item.sizeBytes,
      modifiedNanoseconds: item.modifiedNanoseconds, codec: item.codec, container: item.container, width: item.width,
      height: item.height, rotationDegrees: item.rotationDegrees, durationSeconds: item.durationSeconds,
      frameCount: item.frameCount, averageFrameRate: item.averageFrameRate,
      rejectionReason: item.rejection?.reason.rawValue, rejectionDetail: item.rejection?.detail)
  }
}

extension CatalogueItem {
  /// A stored row as an item of a catalogue. A reason that this version does not know counts as unreadable.
  init(_ row: DatasetFileRow) {
    self.init(
      relativePath: row.relativePath, kind: row.kind == .video ? .video : .frameFolder, sizeBytes: row.sizeBytes,
      modifiedNanoseconds: row.modifiedNanoseconds,
      rejection: row.rejectionReason.map {
        Rejection(reason: Rejection.Reason(rawValue: $0) ?? .unreadable, detail: row.rejectionDetail ?? $0)
      })
    codec = row.codec
    container = row.container
    width = row.width
    height = row.height
    rotationDegrees = row.rotationDegrees
    durationSeconds = row.durationSeconds
    frameCount = row.frameCount
    averageFrameRate = row.averageFrameRate
  }
}

extension Catalogue {
  /// What the store knows of a dataset.
  init(_ contents: DatasetContents) {
    self.init(root: contents.root.path, items: contents.files.map(CatalogueItem.init))
  }
}
