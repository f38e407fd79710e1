import Media

/// Why a picture or a video could not be made.
///
/// Its description says what failed, on which file or frame, and what to do next.
public enum RenderingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A mask, or a ground-truth mask, has another size than its frame.
  case maskSize(frameWidth: Int, frameHeight: Int, maskWidth: Int, maskHeight: Int)
  /// A source has no frame that was asked for.
  case noFrames(source: String)
  /// A frame number past the end of the source.
  case noSuchFrame(source: String, frame: Int, frameCount: Int)
  /// A frame below the least size that the network takes.
  case frameTooSmall(source: String, width: Int, height: Int)
  /// A pixel that is not in the frame.
  case pixelOutside(x: Int, y: Int, width: Int, height: Int)
  /// A file that is in the way.
  case exists(path: String)
  /// An output that is neither a folder, nor an MP4, nor a PNG file.
  case badOutput(path: String)
  /// A folder could not be made.
  case cannotCreateFolder(path: String, reason: String)
  /// An option out of its range.
  case badOption(name: String, reason: String)
  /// Embeddings that are not numbers: the network has diverged.
  case notFinite(frame: Int)
  /// It was asked to stop.
  case cancelled

  /// What failed and what to do next.
  public var description: String {
    switch self {
    case .maskSize(let frameWidth, let frameHeight, let maskWidth, let maskHeight):
      "a mask of \(maskWidth)x\(maskHeight) does not fit a frame of \(frameWidth)x\(frameHeight); resize one of them first"
    case .noFrames(let source): "\(source): there is no frame to show; check the path"
    case .noSuchFrame(let source, let frame, let frameCount):
      "\(source): there is no frame \(frame); frames are numbered from 0 to \(frameCount - 1)"
    case .frameTooSmall(let source, let width, let height):
      "\(source): a frame of \(width)x\(height) pixels is too small, the network takes at least 4x4; give a larger size"
    case .pixelOutside(let x, let y, let width, let height):
      "the pixel \(x),\(y) is not in the frame of \(width)x\(height); x is 0 to \(width - 1), y is 0 to \(height - 1)"
    case .exists(let path): "\(path): this file exists and is not replaced; give another output, or remove it"
    case .badOutput(let path):
      "\(path): an output is a folder, a file that ends in .mp4, or a file that ends in .png"
    case .cannotCreateFolder(let path, let reason):
      "\(path): the folder cannot be made (\(reason)); check the path and its permissions"
    case .badOption(let name, let reason): "\(name): \(reason)"
    case .notFinite(let frame):
      "the embeddings of frame \(frame) are not finite numbers; the checkpoint is damaged or its training diverged: "
        + "use an earlier one"
    case .cancelled: "stopped before the end; nothing was left behind"
    }
  }
}
