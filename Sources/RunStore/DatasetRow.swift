import Foundation

/// How far a dataset is.
public enum DatasetState: String, Sendable, Codable, CaseIterable {
  /// Its files are being looked at.
  case scanning
  /// Can be trained on.
  case ready
  /// Cannot be trained on; `DatasetRow.problem` says why.
  case failed
}

/// A registered folder of videos.
public struct DatasetRow: Sendable, Equatable {
  /// Identity, assigned at registration.
  public var id: ULID
  /// Goes up with every change of this row.
  public var revision: Int64
  /// Name given by the user; by default the folder's.
  public var name: String
  /// The folder, absolute, symbolic links resolved; unique.
  public var root: String
  /// How far it is.
  public var state: DatasetState
  /// When it was registered.
  public var createdAt: Date
  /// When the row changed last.
  public var updatedAt: Date
  /// When the last scan that succeeded ended.
  public var scannedAt: Date?
  /// Files and frame folders looked at by the scan that runs; after it, all of them.
  public var scannedFiles: Int
  /// Files and frame folders to look at; nil until they are counted.
  public var totalFiles: Int?
  /// Videos and frame folders that can be trained on.
  public var usableFiles: Int
  /// Files and frame folders that cannot.
  public var rejectedFiles: Int
  /// Playing time of the usable files, in seconds.
  public var durationSeconds: Double
  /// Frames of the usable files.
  public var frameCount: Int64
  /// Bytes of the usable files.
  public var sizeBytes: Int64
  /// Changes when a usable file changes; nil before the first scan.
  public var fingerprint: String?
  /// Why it failed, and what to do.
  public var problem: String?
}

/// What a file of a dataset is.
public enum DatasetFileKind: String, Sendable, Codable, CaseIterable {
  /// A video file.
  case video
  /// A folder of numbered images.
  case frameFolder = "frame_folder"
}

/// One video or frame folder of a dataset.
public struct DatasetFileRow: Sendable, Equatable {
  /// Path below the dataset's root, with `/`.
  public var relativePath: String
  /// Video or frame folder.
  public var kind: DatasetFileKind
  /// Size; of a frame folder, the sum of its images.
  public var sizeBytes: Int64
  /// Time of last modification, in nanoseconds since 1970.
  public var modifiedNanoseconds: Int64
  /// Codec by libav's name.
  public var codec: String?
  /// Container by libav's name.
  public var container: String?
  /// Pixels across, as displayed.
  public var width: Int?
  /// Pixels down, as displayed.
  public var height: Int?
  /// Rotation from the metadata: 0, 90, 180 or 270.
  public var rotationDegrees: Int?
  /// Playing time, in seconds.
  public var durationSeconds: Double?
  /// Frames.
  public var frameCount: Int?
  /// Frames a second, on average.
  public var averageFrameRate: Double?
  /// Why it cannot be trained on, in one word; nil when it can.
  public var rejectionReason: String?
  /// Why it cannot be trained on, for a person.
  public var rejectionDetail: String?

  /// One video or frame folder.
  public init(
    relativePath: String, kind: DatasetFileKind, sizeBytes: Int64, modifiedNanoseconds: Int64, codec: String? = nil,
    container: String? = nil, width: Int? = nil, height: Int? = nil, rotationDegrees: Int? = nil,
    durationSeconds: Double? = nil, frameCount: Int? = nil, averageFrameRate: Double? = nil,
    rejectionReason: String? = nil, rejectionDetail: String? = nil
  ) {
    self.relativePath = relativePath
    self.kind = kind
    self.sizeBytes = sizeBytes
    self.modifiedNanoseconds = modifiedNanoseconds
    self.codec = codec
    self.container = container
    self.width = width
    self.height = height
    self.rotationDegrees = rotationDegrees
    self.durationSeconds = durationSeconds
    self.frameCount = frameCount
    self.averageFrameRate = averageFrameRate
    self.rejectionReason = rejectionReason
    self.rejectionDetail = rejectionDetail
  }

  /// It can be trained on.
  public var isUsable: Bool { rejectionReason == nil }
}
