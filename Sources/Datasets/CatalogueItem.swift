import Media

/// One video file or folder of frames of a dataset, usable or not.
public struct CatalogueItem: Sendable, Hashable, Codable {
  /// What an item is.
  public enum Kind: String, Sendable, Codable {
    /// A video file.
    case video
    /// A folder of JPEG or PNG frames.
    case frameFolder = "frame_folder"
  }

  /// Path from the root of the dataset; `.` when the root itself is a folder of frames.
  public var relativePath: String
  /// Video file or folder of frames.
  public var kind: Kind
  /// Bytes of the file, or of all frames of the folder.
  public var sizeBytes: Int64
  /// When the file, or the list of files in the folder, changed last: nanoseconds since 1970.
  public var modifiedNanoseconds: Int64
  /// libav's name of the codec; nil when unknown.
  public var codec: String?
  /// libav's name of the container, `frames` for a folder; nil when unknown.
  public var container: String?
  /// Columns of a frame as displayed.
  public var width: Int?
  /// Rows of a frame as displayed.
  public var height: Int?
  /// Clockwise turn that is applied, 0, 90, 180 or 270.
  public var rotationDegrees: Int?
  /// Seconds from the first frame's appearance to the last one's end; nil for a folder of frames.
  public var durationSeconds: Double?
  /// Frames in the file or folder.
  public var frameCount: Int?
  /// Frames a second on average; nil for a folder of frames.
  public var averageFrameRate: Double?
  /// Why the item is not used; nil when it is.
  public var rejection: Rejection?

  /// An item of which nothing is known but its file.
  public init(
    relativePath: String, kind: Kind, sizeBytes: Int64, modifiedNanoseconds: Int64, rejection: Rejection? = nil
  ) {
    self.relativePath = relativePath
    self.kind = kind
    self.sizeBytes = sizeBytes
    self.modifiedNanoseconds = modifiedNanoseconds
    self.rejection = rejection
  }

  /// Whether clips are taken from it.
  public var isUsable: Bool { rejection == nil }

  /// Samples at `rate` a second before the end of a video.
  func videoSampleCount(rate: Double) -> Int {
    guard let durationSeconds else { return 0 }
    return VideoProperties.sampleCount(durationSeconds: durationSeconds, rate: rate)
  }
}

/// Why an item of a dataset is not used.
public struct Rejection: Sendable, Hashable, Codable {
  /// Kinds of reasons.
  public enum Reason: String, Sendable, Codable, CaseIterable {
    /// Not a video, damaged, empty, or not to be opened.
    case unreadable
    /// Sound or data only.
    case noVideoStream = "no_video_stream"
    /// The installed libav has no decoder for it.
    case unsupportedCodec = "unsupported_codec"
    /// The file ends before its container says so, as after an interrupted copy.
    case truncated
    /// Shorter than one clip.
    case tooShort = "too_short"
    /// Indexed images: masks of a benchmark, not pictures.
    case labelMasks = "label_masks"
  }

  /// The kind of reason.
  public var reason: Reason
  /// What exactly is wrong, and what to do about it.
  public var detail: String

  /// A reason and its detail.
  public init(reason: Reason, detail: String) {
    self.reason = reason
    self.detail = detail
  }

  /// What an error of the media layer means for an item.
  init(_ error: MediaError) {
    let reason: Reason
    switch error {
    case .noVideoStream: reason = .noVideoStream
    case .unsupportedCodec: reason = .unsupportedCodec
    case .notFound, .notAFile, .cannotOpen, .emptyFile, .unreadable, .refusedContainer, .noDecodableFrame, .tooLarge,
      .pastEnd, .badRequest, .exhausted, .noFrames, .cannotCreate, .encodingFailed, .badIndexedImage:
      reason = .unreadable
    }
    self.init(reason: reason, detail: error.problem)
  }
}
