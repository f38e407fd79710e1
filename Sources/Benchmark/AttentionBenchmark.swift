import CorrespondenceFlow
import Media
import Networks
import Numerics
import Primitives
import Propagation

extension BenchmarkSuite {
  /// Restricted (13x13) against full attention: copying labels through one map, time and memory (the paper's question 4).
  func measureAttention(_ add: (BenchmarkRow) -> Void) throws {
    try checkAttention()
    for (height, width) in [(64, 64), (120, 212)] {
      for (name, attention) in [("restricted", MethodOptions.Attention.restricted(radius: 6)), ("full", .full)] {
        PeakMemory.reset()
        let bench = AttentionBench(height: height, width: width, attention: attention, pool: pool)
        // Full attention over a large grid takes seconds a time.
        let repetitions = name == "full" && height > 64 ? min(options.repetitions, 3) : options.repetitions
        let seconds = measure(repetitions: repetitions) { bench.run() }
        add(
          BenchmarkRow(
            ["attention", "\(height)x\(width)", name],
            [
              .init("seconds", seconds), .init("planned_bytes", Double(bench.attention.plannedBytes)),
              .init("peak_resident_bytes", Double(PeakMemory.bytes)),
            ]))
      }
    }
  }

  /// On a grid that the window covers, both are the same.
  private func checkAttention() throws {
    let restricted = AttentionBench(height: 7, width: 7, attention: .restricted(radius: 6), pool: pool)
    let full = AttentionBench(height: 7, width: 7, attention: .full, pool: pool)
    restricted.run()
    full.run()
    let error = zip(restricted.copied.array, full.copied.array).map { Double(abs($0 - $1)) }.max() ?? 0
    guard error < 1e-5 else {
      throw BenchmarkError.wrongResult(what: "restricted against full attention", error: error, tolerance: 1e-5)
    }
  }

  /// Masks carried from frame to frame at 480x848, the size of DAVIS.
  func measurePropagation(_ add: (BenchmarkRow) -> Void) throws {
    try checkPropagation()
    let bench = try PropagationBench(height: 480, width: 848, pool: pool)
    let seconds = try measure(repetitions: options.repetitions) { try bench.run() }
    add(
      BenchmarkRow(
        ["propagate"],
        [.init("milliseconds_per_frame", seconds.map { $0 / Double(PropagationBench.frames) * 1e3 })]))
  }

  /// Masks carried by each instruction set against those of the plain kernels: all but 0.1 % of the pixels, as in the parity
  /// tests.
  private func checkPropagation() throws {
    let plain = try PropagationBench(height: 96, width: 128, pool: pool, kernels: InstructionSet.baseline.kernels)
      .run()
    for set in InstructionSet.available {
      let masks = try PropagationBench(height: 96, width: 128, pool: pool, kernels: set.kernels).run()
      let wrong = zip(masks, plain).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
      let error = Double(wrong) / Double(plain.count)
      guard error < 1e-3, masks.count == plain.count else {
        throw BenchmarkError.wrongResult(
          what: "mask propagation with \(set.rawValue) kernels", error: error, tolerance: 1e-3)
      }
    }
  }
}

/// A mask of ten bands carried through frames of noise, with the preset `corrflow-fixed`.
private struct PropagationBench {
  static let frames = 4

  private let propagation: MaskPropagation
  private let video: [RGBImage]
  private let mask: IndexedImage

  init(height: Int, width: Int, pool: ThreadPool, kernels: Kernels = InstructionSet.best.kernels) throws {
    let weights = EncoderWeights()
    weights.initialise(seed: 1)
    propagation = try MaskPropagation(
      settings: PropagationPreset.corrflowFixed.settings, weights: weights, pool: pool, kernels: kernels)
    var random = CounterRandom(seed: 6, purpose: .benchmark)
    video = (0..<Self.frames).map { _ in
      RGBImage(
        width: width, height: height,
        pixels: (0..<height * width * 3).map { _ in UInt8(random.integer(below: 256)) })
    }
    mask = IndexedImage(
      width: width, height: height, indices: (0..<height * width).map { UInt8($0 / width * 10 / height) })
  }

  /// Carries the mask; returns those of all later frames, one after another.
  @discardableResult func run() throws -> [UInt8] {
    try propagation.start(frame: video[0], mask: mask)
    return try video.dropFirst().flatMap { try propagation.advance(frame: $0).indices }
  }
}

/// One attention map over random embeddings, and labels copied through it.
private struct AttentionBench {
  let attention: LabelAttention
  let target: FloatBlock
  let reference: FloatBlock
  let labels: FloatBlock
  let copied: FloatBlock

  init(height: Int, width: Int, attention kind: MethodOptions.Attention, pool: ThreadPool) {
    attention = LabelAttention(gridHeight: height, gridWidth: width, attention: kind, pool: pool)
    var random = CounterRandom(seed: 7, purpose: .benchmark)
    func block(_ count: Int) -> FloatBlock {
      let block = FloatBlock(count: count)
      for index in 0..<count { block.pointer[index] = Float(random.uniform(in: -0.5...0.5)) }
      return block
    }
    target = block(height * width * EncoderArchitecture.embeddingChannels)
    reference = block(height * width * EncoderArchitecture.embeddingChannels)
    labels = block(height * width * ColourCentroids.count)
    copied = FloatBlock(count: height * width * ColourCentroids.count)
  }

  func run() {
    attention.copy(
      target: target.pointer, reference: reference.pointer, labels: labels.pointer, to: copied.pointer)
  }
}
