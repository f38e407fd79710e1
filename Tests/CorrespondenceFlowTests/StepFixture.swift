import CorrespondenceFlow
import Networks
import Numerics
import Primitives

/// A planned step on a reproducible batch, for tests.
struct StepFixture {
  let weights = EncoderWeights()
  let step: TrainingStep
  let adam: AdamUpdate
  let batch: ClipBatch

  init(
    frames: Int = 3, clips: Int = 1, height: Int = 32, width: Int = 40, options: MethodOptions = MethodOptions(),
    threads: Int = 1, instructionSet: InstructionSet = .best
  ) {
    let pool = ThreadPool(threadCount: threads)
    weights.initialise(seed: 3)
    let shape = ClipBatch.Shape(frames: frames, clips: clips, height: height, width: width)
    step = TrainingStep(
      shape: shape, options: options, weights: weights, pool: pool, kernels: instructionSet.kernels)
    adam = AdamUpdate(
      weights: weights, optimiser: AdamOptimiser(), pool: pool, kernels: instructionSet.kernels)
    var random = CounterRandom(seed: 11, purpose: .test)
    var batch = ClipBatch(shape: shape)
    for index in batch.images.indices { batch.images[index] = UInt8(random.integer(below: 256)) }
    // Classes in patches of 8x8 pixels, that move along by 4 pixels a frame.
    let patches = (0..<1 << 12).map { _ in UInt8(random.integer(below: 16)) }
    for index in batch.classes.indices {
      let (frame, x, y) = (index / (clips * height * width), index % width, index / width % height)
      batch.classes[index] = patches[(y / 8) * 64 + (x + 4 * frame) / 8]
    }
    self.batch = batch
  }

  /// Runs one step whose later pairs start as `draws` say, by default from the truth.
  @discardableResult func run(_ draws: [Bool]? = nil) -> StepLosses {
    step.run(
      batch, channelScale: [1, 1, 1],
      startsFromTruth: draws ?? Array(repeating: true, count: batch.shape.frames - 2))
  }
}
