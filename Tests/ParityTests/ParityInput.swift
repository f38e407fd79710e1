import ReferenceMethod

/// What a training step of one case starts from. Frames and classes are as the fixture has them: `[B, 3, H, W]` and `[B, H, W]`.
struct ParityClip: Sendable {
  /// Name of the case that it belongs to.
  let caseName: String
  let profile: MethodOptions.Profile
  let batch: Int
  let height: Int
  let width: Int
  let frames: [[UInt8]]
  let classes: [[UInt8]]
  let parameters: [String: (shape: [Int], values: [Float])]
}

/// What a mask propagation starts from: frames `[3, H, W]`, mask `[H, W]`.
struct ParityVideo: Sendable {
  let profile: MethodOptions.Profile
  let height: Int
  let width: Int
  let frames: [[UInt8]]
  let mask: [UInt8]
  let parameters: [String: (shape: [Int], values: [Float])]
}

extension ParityCase {
  /// The clip, or nil where the case is not about training.
  func clip() throws -> ParityClip? {
    let count = (0..<tensorKeys.count).first { !tensorKeys.contains("frame\($0)") } ?? 0
    guard count >= 2 else { return nil }
    let frames = try (0..<count).map { try bytes("frame\($0)") }
    let shape = frames[0].shape
    guard shape.count == 4, shape[1] == 3, frames.allSatisfy({ $0.shape == shape }) else {
      throw ParityFixture.Fault.malformedCase(name, "frame0 has shape \(shape)")
    }
    return ParityClip(
      caseName: name, profile: profile, batch: shape[0], height: shape[2], width: shape[3],
      frames: frames.map(\.values),
      classes: try (0..<count).map { try bytes("class\($0)").values },
      parameters: HashWeights.parameters(seed: seed))
  }

  /// The video, or nil where the case is not about propagation.
  func video() throws -> ParityVideo? {
    guard tensorKeys.contains("frames"), tensorKeys.contains("mask0"), tensorKeys.contains("masks") else { return nil }
    let (shape, values) = try bytes("frames")
    guard shape.count == 4, shape[1] == 3 else {
      throw ParityFixture.Fault.malformedCase(name, "frames have shape \(shape)")
    }
    let size = 3 * shape[2] * shape[3]
    return ParityVideo(
      profile: profile, height: shape[2], width: shape[3],
      frames: (0..<shape[0]).map { Array(values[$0 * size..<($0 + 1) * size]) }, mask: try bytes("mask0").values,
      parameters: HashWeights.parameters(seed: seed))
  }
}
