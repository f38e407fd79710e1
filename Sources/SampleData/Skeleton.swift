import Foundation

/// The fifteen joints of JHMDB, in the order of its files; left and right are the person's own.
enum Joint: Int, CaseIterable {
  case neck, belly, face
  case rightShoulder, leftShoulder, rightHip, leftHip
  case rightElbow, leftElbow, rightKnee, leftKnee
  case rightWrist, leftWrist, rightAnkle, leftAnkle
}

/// What the figure does; the name is that of a JHMDB class.
enum FigureAction: String, CaseIterable {
  case walk
  case wave
  case jump
}

/// Angles of the body at one moment, in radians. A limb's angle is 0 when it hangs down and grows towards the picture's
/// right; an elbow or knee angle is that of the lower part, also measured from the vertical.
struct BodyAngles {
  var lean = 0.0
  var rightUpperArm = 0.0
  var rightForearm = 0.0
  var leftUpperArm = 0.0
  var leftForearm = 0.0
  var rightThigh = 0.0
  var rightShin = 0.0
  var leftThigh = 0.0
  var leftShin = 0.0
  /// How far the hips are off their place at rest, in body heights; negative is up.
  var lift = 0.0
}

extension FigureAction {
  /// The body at a moment of the action.
  ///
  /// - Parameter phase: radians; the action repeats every `2 * .pi`.
  func angles(phase: Double) -> BodyAngles {
    switch self {
    case .walk: Self.walking(phase)
    case .wave: Self.waving(phase)
    case .jump: Self.jumping(phase)
    }
  }

  private static func walking(_ phase: Double) -> BodyAngles {
    var body = BodyAngles()
    let swing = sin(phase)
    body.lean = 0.06
    body.rightThigh = 0.50 * swing
    body.leftThigh = -0.50 * swing
    // A knee bends while its leg swings forward.
    body.rightShin = body.rightThigh - 0.15 - 0.55 * max(0, cos(phase))
    body.leftShin = body.leftThigh - 0.15 - 0.55 * max(0, -cos(phase))
    body.rightUpperArm = -0.50 * swing
    body.leftUpperArm = 0.50 * swing
    body.rightForearm = body.rightUpperArm + 0.45
    body.leftForearm = body.leftUpperArm + 0.45
    body.lift = 0.018 * cos(2 * phase)
    return body
  }

  private static func waving(_ phase: Double) -> BodyAngles {
    var body = BodyAngles()
    body.lean = 0.05 * sin(phase / 2)
    body.rightUpperArm = -2.05 + 0.15 * sin(phase)
    body.rightForearm = -2.95 + 0.65 * sin(phase)
    body.leftUpperArm = 0.22 + 0.10 * sin(phase / 2)
    body.leftForearm = 0.10 + 0.25 * sin(phase / 2)
    body.rightThigh = -0.12 + 0.04 * sin(phase / 2)
    body.leftThigh = 0.12 + 0.04 * sin(phase / 2)
    body.rightShin = -0.06
    body.leftShin = 0.06
    body.lift = 0.006 * cos(phase)
    return body
  }

  private static func jumping(_ phase: Double) -> BodyAngles {
    var body = BodyAngles()
    let open = 0.5 - 0.5 * cos(phase)
    body.rightUpperArm = -0.30 - 2.1 * open
    body.leftUpperArm = 0.30 + 2.1 * open
    body.rightForearm = -0.15 - 2.5 * open
    body.leftForearm = 0.15 + 2.5 * open
    body.rightThigh = -0.08 - 0.38 * open
    body.leftThigh = 0.08 + 0.38 * open
    body.rightShin = -0.03 - 0.30 * open
    body.leftShin = 0.03 + 0.30 * open
    body.lift = 0.03 - 0.09 * abs(sin(phase))
    return body
  }
}

/// Where the joints are, in frame heights (x to the right, y down), seen from the front.
struct Skeleton {
  /// One place a joint, in the order of `Joint`.
  let places: [SIMD2<Double>]
  /// Between the hips.
  let pelvis: SIMD2<Double>

  subscript(joint: Joint) -> SIMD2<Double> { places[joint.rawValue] }

  /// - Parameters:
  ///   - root: the pelvis at rest.
  ///   - size: the body's height, in frame heights.
  ///   - body: its angles.
  init(root: SIMD2<Double>, size: Double, body: BodyAngles) {
    func down(_ angle: Double, _ length: Double) -> SIMD2<Double> {
      SIMD2(sin(angle), cos(angle)) * (length * size)
    }
    let pelvis = root + SIMD2(0, body.lift * size)
    // Negative: the trunk goes up from the pelvis. A lean to the right moves the neck to the right.
    let neck = pelvis - down(-body.lean, 0.30)
    let side = SIMD2(cos(body.lean), sin(body.lean)) * size
    var places = Array(repeating: SIMD2<Double>(0, 0), count: Joint.allCases.count)
    func put(_ joint: Joint, _ place: SIMD2<Double>) { places[joint.rawValue] = place }
    put(.neck, neck)
    put(.belly, pelvis - down(-body.lean, 0.11))
    put(.face, neck - down(-body.lean, 0.10))
    // The person faces us: the right shoulder is on the left of the picture.
    for (shoulder, hip, sign) in [(Joint.rightShoulder, Joint.rightHip, -1.0), (.leftShoulder, .leftHip, 1.0)] {
      put(shoulder, neck + side * (sign * 0.095) + SIMD2(0, 0.025 * size))
      put(hip, pelvis + side * (sign * 0.055))
    }
    put(.rightElbow, places[Joint.rightShoulder.rawValue] + down(body.rightUpperArm, 0.16))
    put(.rightWrist, places[Joint.rightElbow.rawValue] + down(body.rightForearm, 0.15))
    put(.leftElbow, places[Joint.leftShoulder.rawValue] + down(body.leftUpperArm, 0.16))
    put(.leftWrist, places[Joint.leftElbow.rawValue] + down(body.leftForearm, 0.15))
    put(.rightKnee, places[Joint.rightHip.rawValue] + down(body.rightThigh, 0.235))
    put(.rightAnkle, places[Joint.rightKnee.rawValue] + down(body.rightShin, 0.225))
    put(.leftKnee, places[Joint.leftHip.rawValue] + down(body.leftThigh, 0.235))
    put(.leftAnkle, places[Joint.leftKnee.rawValue] + down(body.leftShin, 0.225))
    self.places = places
    self.pelvis = pelvis
  }
}
