import Media

/// One clip with the joints that people marked in it.
public struct JHMDBVideo: Sendable {
  /// `<class>/<video>`, by which it is called in lists, predictions and reports.
  public let name: String
  /// The frames; nil where the pictures are not there.
  public let images: FrameFolder?
  /// Marked joints of the frames that count, `[frames][joints]`, in pixels of the original frames from 0.
  public let truth: [[SIMD2<Double>]]
  /// Frames that have joints in the file, whether there is a picture or not.
  public let markedFrameCount: Int

  /// A clip; only frames that have both a picture and joints count.
  public init(name: String, images: FrameFolder?, joints: [[SIMD2<Double>]]) {
    self.name = name
    self.images = images
    truth = Array(joints.prefix(images?.names.count ?? joints.count))
    markedFrameCount = joints.count
  }

  /// Frames that count.
  public var frameCount: Int { truth.count }

  /// Joints of each frame.
  public var jointCount: Int { truth.first?.count ?? 0 }

  /// Why fewer frames count than the clip has, or nil.
  var note: String? {
    guard let images, images.names.count != markedFrameCount else { return nil }
    return "\(name): \(images.names.count) pictures, joints of \(markedFrameCount) frames; \(frameCount) frames count"
  }
}
