import Media
import Networks
import Numerics
import Propagation

/// The masks of a user's video on their way.
struct CarriedMasks {
  private let masks: [Int: UserMask]
  private let first: Int
  private let video: String
  private let propagation: MaskPropagation?
  /// What was done to masks that did not fit.
  private(set) var notes: [String] = []

  init(_ work: VideoPropagation) throws {
    masks = work.masks
    first = work.masks.keys.min() ?? .max
    video = work.frames.name
    propagation =
      masks.isEmpty
      ? nil : try MaskPropagation(settings: work.maskChoice.settings, weights: work.weights, pool: work.pool)
  }

  /// The mask of the next frame; nil when no masks are carried.
  mutating func next(_ frame: RGBImage, index: Int) throws -> IndexedImage? {
    guard let propagation else { return nil }
    guard index >= first else {
      let background = [UInt8](repeating: 0, count: frame.width * frame.height)
      return IndexedImage(width: frame.width, height: frame.height, indices: background)
    }
    let given = masks[index].map { fitting($0, frame, index: index) }
    do {
      if index == first, let given { return try propagation.start(frame: frame, mask: given) }
      return try propagation.advance(frame: frame, mask: given)
    } catch let error as PropagationError {
      throw error.named(video, from: first)
    }
  }

  private mutating func fitting(_ mask: UserMask, _ frame: RGBImage, index: Int) -> IndexedImage {
    guard let resized = mask.resized(width: frame.width, height: frame.height) else { return mask.image }
    notes.append(
      "the mask of frame \(index) is \(mask.image.width)x\(mask.image.height); it was resized to the video's "
        + "\(frame.width)x\(frame.height)")
    return resized
  }
}

/// The keypoints of a user's video on their way.
struct CarriedKeypoints {
  private let keypoints: KeypointFile?
  private let video: String
  private var propagation: JointPropagation?
  private var frames: [[SIMD2<Double>?]] = []
  private var size = (width: 0, height: 0)

  init(_ work: VideoPropagation) throws {
    keypoints = work.keypoints
    video = work.frames.name
    propagation = try work.keypoints.map {
      try JointPropagation(
        choice: work.keypointChoice, jointCount: $0.points.count, weights: work.weights, pool: work.pool)
    }
  }

  /// The places in the next frame; nil when no keypoints are carried.
  mutating func next(_ frame: RGBImage, index: Int) throws -> [SIMD2<Double>?]? {
    guard let keypoints, propagation != nil else { return nil }
    var places: [SIMD2<Double>?] = keypoints.points.map { _ in nil }
    do {
      if index == keypoints.frame {
        try keypoints.check(width: frame.width, height: frame.height)
        _ = try propagation?.start(frame, joints: keypoints.points)
        places = keypoints.points
      } else if index > keypoints.frame {
        places = try propagation?.advance(frame) ?? places
      }
    } catch let error as PropagationError {
      throw error.named(video, from: keypoints.frame)
    }
    size = (frame.width, frame.height)
    frames.append(places)
    return places
  }

  /// What `keypoints.json` holds.
  func document(_ keypoints: KeypointFile) -> KeypointDocument {
    KeypointDocument(
      width: size.width, height: size.height, names: keypoints.names,
      frames: frames.enumerated().map { index, places in
        .init(frame: index, points: places.map { $0.map { [$0.x, $0.y] } })
      })
  }
}

/// Keypoints of all frames of a video, as JSON.
struct KeypointDocument: Encodable {
  /// The keypoints of one frame.
  struct Frame: Encodable {
    /// Number of the frame, from 0.
    var frame: Int
    /// Places `[x, y]` in pixels; null for one that is not known.
    var points: [[Double]?]
  }

  /// Size of the video's frames.
  var width: Int
  var height: Int
  /// Names of the keypoints.
  var names: [String]
  /// All frames in order.
  var frames: [Frame]
}
