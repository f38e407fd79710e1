import JHMDB
import Media
import Networks
import Numerics
import Propagation

/// Carries joints through a video: maps on a grid, carried as labels, and read back as places.
///
/// Frames are resized to the square that the settings name, whatever their aspect, as the protocol has it (`JointGrid`).
struct JointPropagation {
  private let grid: JointGrid
  /// Nil where joints stay where they are.
  private let network: (encoder: InferenceEncoder, propagator: LabelPropagator)?
  private let channels: Int
  private var held: [SIMD2<Double>?] = []

  /// - Parameter jointCount: joints that are carried.
  /// - Throws: `EvaluationError.wrongPreset` when the settings have no square input.
  init(choice: SettingsChoice, jointCount: Int, weights: EncoderWeights, pool: ThreadPool) throws {
    let side = try choice.sideForJoints()
    grid = JointGrid(inputSize: side, stride: EncoderArchitecture.stride)
    channels = jointCount + 1
    guard choice.settings.method == .attention else {
      network = nil
      return
    }
    network = (
      InferenceEncoder(weights: weights, images: 1, height: side, width: side, pool: pool),
      try LabelPropagator(
        settings: choice.settings, gridHeight: grid.side, gridWidth: grid.side, channels: channels, pool: pool)
    )
  }

  /// Starts a video, and forgets the one before.
  ///
  /// - Parameter joints: places in the first frame, in pixels.
  /// - Returns: the places as they are read back from the grid; nil for one that vanished.
  mutating func start(_ frame: RGBImage, joints: [SIMD2<Double>]) throws -> [SIMD2<Double>?] {
    held = joints
    guard let network else { return held }
    let cells = joints.map { grid.cells($0, width: frame.width, height: frame.height) }
    let labels = GridLabels.distributions(JointMap.labels(cells, side: grid.side))
    return read(try network.propagator.start(embedding: embedding(of: frame, network.encoder), labels: labels), frame)
  }

  /// Carries the joints to the next frame.
  mutating func advance(_ frame: RGBImage) throws -> [SIMD2<Double>?] {
    guard let network else { return held }
    return read(try network.propagator.advance(embedding: embedding(of: frame, network.encoder)), frame)
  }

  private func embedding(of frame: RGBImage, _ encoder: InferenceEncoder) -> UnsafePointer<Float> {
    frame.resized(width: grid.inputSize, height: grid.inputSize).pixels.withUnsafeBufferPointer { encoder.run(rgb: $0) }
    return UnsafePointer(encoder.embeddings)
  }

  private func read(_ labels: [Float], _ frame: RGBImage) -> [SIMD2<Double>?] {
    JointReading.joints(labels, channels: channels, side: grid.side).map { place in
      place.x < 0 ? nil : grid.pixel(place, width: frame.width, height: frame.height)
    }
  }
}

extension SettingsChoice {
  /// Pixels of a side of the square to which frames are resized when joints are carried.
  ///
  /// - Throws: `EvaluationError.wrongPreset` when the settings have no square input of whole cells.
  @discardableResult
  public func sideForJoints() throws -> Int {
    // Copied joints need no size.
    let size = settings.method == .identity ? PropagationPreset.jhmdbTC.settings.inputSize : settings.inputSize
    guard case .exactly(let width, let height) = size, width == height, width % EncoderArchitecture.stride == 0 else {
      throw EvaluationError.wrongPreset(
        preset: name,
        reason:
          "joints need a square input of whole cells of \(EncoderArchitecture.stride) pixels: take preset jhmdb-tc, "
          + "or set input_size, such as 320x320")
    }
    return width
  }
}
