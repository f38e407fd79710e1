import Propagation

/// Why an evaluation or a propagation cannot be done.
public enum EvaluationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// None of a set's sequences is there.
  case nothingToEvaluate(dataset: String, missing: [String])
  /// A video whose pictures are not there.
  case noPictures(video: String, folder: String)
  /// A video through which labels cannot be carried.
  case cannotCarry(video: String, reason: String)
  /// A mask of the ground truth that is not of its picture's size.
  case truthSize(path: String, width: Int, height: Int, expectedWidth: Int, expectedHeight: Int)
  /// Weights are needed and none were given.
  case noWeights(preset: String)
  /// A constant of a preset that does not exist or has a value of another type.
  case badConstant(name: String, reason: String)
  /// A preset that does not suit the work.
  case wrongPreset(preset: String, reason: String)
  /// Nothing to carry through a video.
  case nothingToCarry
  /// A file of masks or keypoints that cannot be used.
  case badInput(path: String, reason: String)
  /// A mask or keypoints for a frame that the video does not have.
  case noSuchFrame(frame: Int, frameCount: Int)
  /// A keypoint outside of the frame.
  case keypointOutside(path: String, index: Int, x: Double, y: Double, width: Int, height: Int)
  /// A video without frames.
  case noFrames(path: String)
  /// A file could not be written.
  case cannotWrite(path: String, reason: String)

  /// What failed, on what, and what to do next.
  public var description: String {
    switch self {
    case .nothingToEvaluate(let dataset, let missing):
      "\(dataset): none of the set's sequences can be evaluated (missing: \(missing.prefix(5).joined(separator: ", "))"
        + (missing.count > 5 ? " and \(missing.count - 5) more)" : ")") + "; check the folder and the set"
    case .noPictures(let video, let folder): "\(video): its pictures are not in \(folder)"
    case .cannotCarry(let video, let reason): "\(video): \(reason)"
    case .truthSize(let path, let width, let height, let expectedWidth, let expectedHeight):
      "\(path) has \(width)x\(height) pixels, its picture has \(expectedWidth)x\(expectedHeight): a frame and its mask need "
        + "one size"
    case .noWeights(let preset): "preset \(preset) needs a network: give a checkpoint, or take preset identity"
    case .badConstant(let name, let reason): "\(name): \(reason)"
    case .wrongPreset(let preset, let reason): "preset \(preset): \(reason)"
    case .nothingToCarry: "there is nothing to carry through the video: give a mask or keypoints"
    case .badInput(let path, let reason): "\(path): \(reason)"
    case .noSuchFrame(let frame, let frameCount):
      "there is a mask, or there are keypoints, for frame \(frame), but the video has \(frameCount) frames, numbered from 0"
    case .keypointOutside(let path, let index, let x, let y, let width, let height):
      "\(path): keypoint \(index) at (\(x), \(y)) lies outside of the frame of \(width)x\(height) pixels"
    case .noFrames(let path): "\(path): it has no frames"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    }
  }
}

extension PropagationError {
  /// The error with the name of the video.
  ///
  /// - Parameter first: the frame with which carrying began: that is 0 to this error.
  func named(_ video: String, from first: Int = 0) -> EvaluationError {
    let count = first == 0 ? "" : "counted from frame \(first), where the labels begin: "
    return .cannotCarry(video: video, reason: count + description)
  }
}
