/// Why labels cannot be carried through a video.
///
/// Its description says what is wrong, with which frame, and what to do next. Frames are numbered from 0.
public enum PropagationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Settings out of range, or that do not go together: one sentence each.
  case badSettings([String])
  /// A frame is too small or too large to be encoded.
  case frameSize(frame: Int, width: Int, height: Int)
  /// A frame has another size than the first one.
  case changedSize(frame: Int, width: Int, height: Int, expectedWidth: Int, expectedHeight: Int)
  /// A mask has another size than the frames.
  case maskSize(frame: Int, width: Int, height: Int, expectedWidth: Int, expectedHeight: Int)
  /// A mask without an object.
  case emptyMask(frame: Int)
  /// A mask with an object id that the settings cannot carry.
  case objectID(frame: Int, id: Int, highest: Int)
  /// Labels of another size than grid and channels ask for.
  case labelCount(frame: Int, count: Int, expected: Int)
  /// A label number without a channel.
  case labelClass(frame: Int, number: Int, channels: Int)
  /// Labels that are not numbers.
  case labelsNotFinite(frame: Int)
  /// Embeddings that are not numbers: the weights are of a network that has diverged.
  case embeddingsNotFinite(frame: Int)
  /// A frame before the first labels.
  case notStarted

  /// What is wrong, and what to do next.
  public var description: String {
    switch self {
    case .badSettings(let faults): "propagation settings: " + faults.joined(separator: "; ")
    case .frameSize(let frame, let width, let height):
      "frame \(frame) has \(width)x\(height) pixels; sides of \(PropagationSettings.inputSides.lowerBound) to "
        + "\(PropagationSettings.inputSides.upperBound) pixels can be encoded: resize the video"
    case .changedSize(let frame, let width, let height, let expectedWidth, let expectedHeight):
      "frame \(frame) has \(width)x\(height) pixels, those before have \(expectedWidth)x\(expectedHeight): "
        + "all frames of a video need one size"
    case .maskSize(let frame, let width, let height, let expectedWidth, let expectedHeight):
      "the mask of frame \(frame) has \(width)x\(height) pixels, the frame has \(expectedWidth)x\(expectedHeight): "
        + "resize the mask, by nearest pixels, to the size of the frame"
    case .emptyMask(let frame):
      "the mask of frame \(frame) has no object, only 0 (background): give a mask with object ids from 1 on"
    case .objectID(let frame, let id, let highest):
      "the mask of frame \(frame) has object id \(id); these settings carry ids up to \(highest): renumber the objects"
        + (highest < 255 ? " or choose another preset, such as corrflow-fixed" : "")
    case .labelCount(let frame, let count, let expected):
      "the labels of frame \(frame) are \(count) numbers; grid and channels ask for \(expected)"
    case .labelClass(let frame, let number, let channels):
      "the labels of frame \(frame) name channel \(number), but there are \(channels), numbered from 0"
    case .labelsNotFinite(let frame): "the labels of frame \(frame) hold infinity or not-a-number: check their source"
    case .embeddingsNotFinite(let frame):
      "the embeddings of frame \(frame) hold infinity or not-a-number: the network of these weights has diverged; "
        + "take an earlier checkpoint"
    case .notStarted: "a frame came before the first labels: start with a frame and its labels"
    }
  }
}
