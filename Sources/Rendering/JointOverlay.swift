import Media

/// Joints drawn over a frame: dots, and limbs where the joints are those of a known skeleton.
public struct JointOverlay: Sendable, Equatable {
  /// The skeleton; nil for dots alone. It is left out where the number of joints is not its own.
  public var tree: JointTree?
  /// Radius of a dot in pixels; nil for one that suits the frame's height.
  public var radius: Double?

  /// Defaults: the skeleton of JHMDB where there are fifteen joints, dots of a hundredth of the height, at least 2 pixels.
  public init(tree: JointTree? = .jhmdb, radius: Double? = nil) {
    self.tree = tree
    self.radius = radius
  }

  /// Right limbs are orange, left ones blue, the middle is green; joints without a skeleton get colours of the wheel.
  public static func colour(of side: JointTree.Side) -> RGBColour {
    switch side {
    case .middle: RGBColour(120, 230, 110)
    case .right: RGBColour(255, 150, 40)
    case .left: RGBColour(70, 185, 255)
    }
  }

  /// The frame with joints over it.
  ///
  /// - Parameters:
  ///   - frame: the picture.
  ///   - joints: places of the joints; nil for one that is not known.
  ///   - groundTruth: where the joints are really: white rings, and thin white limbs; nil for none.
  public func render(_ frame: RGBImage, joints: [PicturePoint?], groundTruth: [PicturePoint?]? = nil) -> RGBImage {
    var canvas = Canvas(frame)
    let radius = radius ?? max(2, Double(frame.height) / 100)
    if let groundTruth { drawTruth(groundTruth, radius: radius, on: &canvas) }
    draw(joints, radius: radius, on: &canvas)
    return canvas.image
  }

  private func draw(_ joints: [PicturePoint?], radius: Double, on canvas: inout Canvas) {
    let tree = fitting(joints)
    let colours = joints.indices.map { joint in
      tree.map { Self.colour(of: $0.sides[joint]) } ?? RGBColour(hue: Double(joint) / Double(max(1, joints.count)))
    }
    let halo = max(1, radius * 0.35)
    for limb in tree?.limbs ?? [] {
      guard let start = joints[limb.joint], let end = joints[limb.parent] else { continue }
      canvas.drawLine(from: start, to: end, thickness: radius + 2 * halo, colour: .black, opacity: 0.45)
    }
    for limb in tree?.limbs ?? [] {
      guard let start = joints[limb.joint], let end = joints[limb.parent] else { continue }
      canvas.drawLine(from: start, to: end, thickness: radius, colour: colours[limb.joint], opacity: 0.9)
    }
    for (joint, colour) in zip(joints, colours) {
      guard let joint else { continue }
      canvas.drawDisc(at: joint, radius: radius + halo, colour: .black, opacity: 0.8)
      canvas.drawDisc(at: joint, radius: radius, colour: colour.mixed(with: .white, amount: 0.25))
    }
  }

  private func drawTruth(_ joints: [PicturePoint?], radius: Double, on canvas: inout Canvas) {
    let thickness = max(1, radius * 0.4)
    for limb in fitting(joints)?.limbs ?? [] {
      guard let start = joints[limb.joint], let end = joints[limb.parent] else { continue }
      canvas.drawLine(from: start, to: end, thickness: thickness + 2, colour: .black, opacity: 0.35)
      canvas.drawLine(from: start, to: end, thickness: thickness, colour: .white, opacity: 0.8)
    }
    for case .some(let joint) in joints {
      let ring = radius * 1.8
      canvas.drawRing(at: joint, radius: ring, thickness: thickness + 2, colour: .black, opacity: 0.6)
      canvas.drawRing(at: joint, radius: ring, thickness: thickness, colour: .white)
    }
  }

  private func fitting(_ joints: [PicturePoint?]) -> JointTree? {
    tree.flatMap { $0.sides.count == joints.count ? $0 : nil }
  }
}
