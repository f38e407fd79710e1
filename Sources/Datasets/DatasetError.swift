/// Why a folder cannot serve as a dataset, or clips cannot be had from it.
///
/// Its description names the folder or file, says what is wrong, and what to do next.
public enum DatasetError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The folder does not exist, or not any more.
  case rootMissing(root: String)
  /// The path is a file.
  case notAFolder(root: String)
  /// The folder cannot be listed.
  case unreadableFolder(root: String, reason: String)
  /// There is not one file in the folder that is or could be a video.
  case noVideos(root: String, ignoredFiles: Int)
  /// No item is long enough for one clip.
  case noClips(root: String, items: Int, rejected: Int, timing: ClipTiming)
  /// Clip after clip could not be decoded.
  case tooManyFailures(root: String, failures: Int, lastPath: String, lastProblem: String)
  /// The pictures have too few different colours to fit centroids to.
  case tooFewColours(root: String)
  /// A plan that cannot be carried out.
  case badPlan(reason: String)
  /// A scan was called off.
  case cancelled(root: String)
  /// Decoding was stopped.
  case stopped

  /// What is wrong, where, and what to do next.
  public var description: String {
    switch self {
    case .rootMissing(let root):
      "\(root): there is no such folder; check the path and that its disk is mounted"
    case .notAFolder(let root): "\(root): this is a file; give the folder that holds the videos"
    case .unreadableFolder(let root, let reason):
      "\(root): the folder cannot be listed (\(reason)); check its permissions"
    case .noVideos(let root, let ignoredFiles):
      "\(root): there are no videos and no folders of frames here (\(ignoredFiles) other files); "
        + "give a folder that holds video files, at any depth, or folders of JPEG frames"
    case .noClips(let root, let items, let rejected, let timing):
      "\(root): none of its \(items) items gives a clip of \(timing.frames) frames at \(timing.rate) frames a second "
        + "(\(rejected) were rejected); run `corrflowd datasets scan \(root)` for the reasons, or ask for shorter clips"
    case .tooManyFailures(let root, let failures, let lastPath, let lastProblem):
      "\(root): \(failures) clips in a row could not be decoded, the last one of \(lastPath) (\(lastProblem)); "
        + "check that the files are still what they were, and scan the dataset again"
    case .tooFewColours(let root):
      "\(root): its pictures have fewer than 16 different colours; use videos in colour, or the published centroids"
    case .badPlan(let reason): reason
    case .cancelled(let root): "\(root): the scan was called off; start it again"
    case .stopped: "decoding was stopped"
    }
  }
}
