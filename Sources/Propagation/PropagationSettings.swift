/// Every constant of a way to carry labels through a video.
///
/// A preset is a full set of values; each can be changed on its own, and `validate()` says what does not go together.
/// Distances are in cells of 4x4 pixels of the input.
public struct PropagationSettings: Codable, Hashable, Sendable {
  /// Where labels come from.
  public var method = Method.attention
  /// Frames before the target that are references, 0...256.
  public var contextFrames = 1
  /// Whether the first frame, and later ones that labels are given for, stay references.
  public var keepsFirstFrame = false
  /// What the first frame counts as beside its own place.
  public var firstFrameRepetition = FirstFrameRepetition.none
  /// Whether all cells of frames that stay are seen, whatever the radius.
  public var firstFrameIsGlobal = false
  /// Whether the labels of the first frame, as a context frame, are carried to it from itself (a habit of JHMDB protocols).
  public var predictsFirstFrame = false
  /// Frames that stay at most: the first one, and the latest of the others that labels were given for, 1...64. With 1, the
  /// latest of all.
  public var stayingFrames = 4
  /// How far a target cell sees, in cells, 0...4096; nil: the whole frame.
  public var radius: Int? = 6
  /// The shape of what it sees.
  public var neighbourhood = NeighbourhoodShape.square
  /// Best cells that count, 1...1024; nil: all.
  public var topK: Int?
  /// What scores are divided by, more than 0.
  public var temperature = 1.0
  /// Whether embeddings are brought to length 1, so that scores are cosines.
  public var normalisesEmbeddings = false
  /// Over which cells weights sum to 1.
  public var softmax = SoftmaxScope.jointly
  /// What is stored of a finished frame, for later ones.
  public var labels = LabelKind.hard
  /// How a mask comes to the grid.
  public var maskSampling = MaskSampling.average
  /// Whether each channel that is not 0 everywhere has its minimum subtracted and is divided by its maximum.
  public var normalisesChannels = false
  /// Size at which frames are encoded.
  public var inputSize = InputSize.native
  /// How a frame becomes whole cells.
  public var frameFitting = FrameFitting.padded
  /// Largest object id, 1...255; 15 for a release with sixteen classes.
  public var highestObjectID = 255

  /// The values of `corrflow-fixed`.
  public init() {}

  /// Constants that null turns off, by name.
  public static let optionalConstants = ["radius", "top_k"]

  private enum CodingKeys: String, CodingKey {
    case method, radius, neighbourhood, temperature, softmax, labels
    case contextFrames = "context_frames"
    case keepsFirstFrame = "keeps_first_frame"
    case firstFrameRepetition = "first_frame_repetition"
    case firstFrameIsGlobal = "first_frame_is_global"
    case predictsFirstFrame = "predicts_first_frame"
    case stayingFrames = "staying_frames"
    case topK = "top_k"
    case normalisesEmbeddings = "normalises_embeddings"
    case maskSampling = "mask_sampling"
    case normalisesChannels = "normalises_channels"
    case inputSize = "input_size"
    case frameFitting = "frame_fitting"
    case highestObjectID = "highest_object_id"
  }
}

extension PropagationSettings {
  /// Where labels come from.
  public enum Method: String, Codable, Hashable, Sendable, CaseIterable {
    /// Attention over the cells of references.
    case attention
    /// The first labels stay where they are.
    case identity
  }

  /// What the first frame counts as beside its own place.
  public enum FirstFrameRepetition: String, Codable, Hashable, Sendable, CaseIterable {
    /// Nothing: while it is a context frame too, it counts once.
    case none
    /// It counts as a context frame too, while it is one.
    case listed
    /// As `listed`, and the frames before it, which do not exist, are copies of it: the number of references is constant.
    case padded
  }

  /// The shape of a neighbourhood of radius R.
  public enum NeighbourhoodShape: String, Codable, Hashable, Sendable, CaseIterable {
    /// |dy| <= R and |dx| <= R.
    case square
    /// dy^2 + dx^2 < R^2.
    case circle
  }

  /// Over which cells weights sum to 1.
  public enum SoftmaxScope: String, Codable, Hashable, Sendable, CaseIterable {
    /// Over those that count, of all references together.
    case jointly
    /// Over all visible cells of each reference; what counts of each is summed without being made 1 again, and the mean over
    /// references is taken.
    case perReference = "per-reference"
  }

  /// What is stored of a finished frame.
  public enum LabelKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// One label: the most probable.
    case hard
    /// The copied distribution.
    case soft
  }

  /// How a mask comes to the grid.
  public enum MaskSampling: String, Codable, Hashable, Sendable, CaseIterable {
    /// The object of every fourth pixel of every fourth row: the corner of a cell, so that what is carried drifts by a pixel and
    /// a half a frame.
    case nearest
    /// The mean over the four pixels in the middle of a cell (bilinear resizing of a mask for each object).
    case average
    /// The mean of the four *numbers*, without its fraction: a defect of the release, which invents objects at borders.
    case averagedNumbers = "averaged-numbers"
  }

  /// Size at which frames are encoded.
  public enum InputSize: Hashable, Sendable {
    /// That of the video.
    case native
    /// The shorter side has so many pixels; the aspect is kept.
    case shortSide(Int)
    /// Exactly so many pixels; the aspect is not kept.
    case exactly(width: Int, height: Int)
  }

  /// How a frame becomes whole cells.
  public enum FrameFitting: String, Codable, Hashable, Sendable, CaseIterable {
    /// Its right and bottom edges are repeated, and results are cut back.
    case padded
    /// The release: cut to multiples of 8; results narrower than 1152 get three columns on the left, which shifts them, and
    /// their edges are repeated up to the size of the video.
    case release
  }
}
