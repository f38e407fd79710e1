/// Why a video or an image could not be read or written.
///
/// Its description names the file, says what is wrong with it, and what to do next.
public enum MediaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no such file.
  case notFound(path: String)
  /// The path is a folder, a device or another thing that is not a regular file.
  case notAFile(path: String)
  /// The system would not open or read the file.
  case cannotOpen(path: String, reason: String)
  /// The file has zero bytes.
  case emptyFile(path: String)
  /// No container is recognised in the file, or its headers are damaged.
  case unreadable(path: String, reason: String)
  /// The file is of a kind that is not read because it can refer to other files or to the network (playlists, ...).
  case refusedContainer(path: String, container: String)
  /// The file holds sound or subtitles only.
  case noVideoStream(path: String)
  /// The installed libav has no decoder for the video.
  case unsupportedCodec(path: String, codec: String)
  /// The file has a video stream, and not one frame of it can be decoded.
  case noDecodableFrame(path: String, reason: String)
  /// Frames have more pixels than are decoded.
  case tooLarge(path: String, width: Int, height: Int)
  /// A moment after the last frame was asked for.
  case pastEnd(path: String, seconds: Double, endSeconds: Double)
  /// A rate, a sample number or a size that cannot be; `path` is the file that was asked.
  case badRequest(path: String, reason: String)
  /// libav could not get memory or set up a conversion.
  case exhausted(path: String, reason: String)
  /// A folder holds no image files.
  case noFrames(path: String)
  /// A file could not be created for writing.
  case cannotCreate(path: String, reason: String)
  /// An encoder or the disk failed while a file was being written; nothing of it is left.
  case encodingFailed(path: String, reason: String)
  /// A picture whose pixels should be numbers of a palette (a mask) is not such a picture.
  case badIndexedImage(path: String, reason: String)

  /// The file or folder that the error is about.
  public var path: String {
    switch self {
    case .notFound(let path), .notAFile(let path), .emptyFile(let path), .noVideoStream(let path), .noFrames(let path),
      .cannotOpen(let path, _), .unreadable(let path, _), .refusedContainer(let path, _),
      .unsupportedCodec(let path, _), .noDecodableFrame(let path, _), .tooLarge(let path, _, _),
      .pastEnd(let path, _, _), .badRequest(let path, _), .exhausted(let path, _), .cannotCreate(let path, _),
      .encodingFailed(let path, _), .badIndexedImage(let path, _):
      path
    }
  }

  /// `path`, what is wrong with it, and what to do next.
  public var description: String { "\(path): \(problem)" }

  /// What is wrong and what to do next, without the path: for tables that have the path in a column of its own.
  public var problem: String {
    switch self {
    case .notFound: "there is no such file; check the path"
    case .notAFile: "this is not a regular file; give the path of a video or image file"
    case .cannotOpen(_, let reason): "cannot be opened (\(reason)); check the permissions of the file and its folders"
    case .emptyFile: "the file is empty (0 bytes); copy or download it again"
    case .unreadable(_, let reason):
      "not a readable video or image (\(reason)); if it should be one, copy or download it again"
    case .refusedContainer(_, let container):
      "files of kind '\(container)' are not read; convert it, for instance to MP4: ffmpeg -i FILE out.mp4"
    case .noVideoStream: "there is no video in this file, only sound or data; remove it from the folder"
    case .unsupportedCodec(_, let codec):
      "the installed libav cannot decode '\(codec)'; convert it, for instance to H.264: ffmpeg -i FILE out.mp4"
    case .noDecodableFrame(_, let reason): "no frame can be decoded (\(reason)); copy or download it again"
    case .tooLarge(_, let width, let height):
      "frames of \(width)x\(height) pixels are too large to decode; scale it down: ffmpeg -i FILE -vf scale=1920:-2 out.mp4"
    case .pastEnd(_, let seconds, let endSeconds):
      "there is no frame at \(Self.rounded(seconds)) s, the last one ends at \(Self.rounded(endSeconds)) s; "
        + "if the file changed or is damaged, scan its folder again"
    case .badRequest(_, let reason): reason
    case .exhausted(_, let reason): "libav failed to set up (\(reason)); check the free memory"
    case .noFrames: "there are no JPEG or PNG frames in this folder; check the path"
    case .cannotCreate(_, let reason):
      "cannot be created (\(reason)); check that the folder exists, is writable and has space"
    case .encodingFailed(_, let reason):
      "writing failed (\(reason)) and left no file behind; if the disk is full, make room, then try again"
    case .badIndexedImage(_, let reason):
      "not an indexed image (\(reason)); masks are PNG files with a palette, one number a pixel"
    }
  }

  private static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
