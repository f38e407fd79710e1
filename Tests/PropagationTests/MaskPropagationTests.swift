import Media
import Networks
import Numerics
import Testing

@testable import Propagation

@Suite("Masks carried through a video", .timeLimit(.minutes(5)))
struct MaskPropagationTests {
  private let pool = ThreadPool(threadCount: 2)
  private let weights = randomWeights()

  /// A picture that moves to the right by `shift` pixels.
  private func moving(width: Int, height: Int, shift: Int) -> RGBImage {
    let wide = noise(width: width + 64, height: height, seed: 9)
    var pixels: [UInt8] = []
    for y in 0..<height {
      let first = (y * wide.width + 32 - shift) * 3
      pixels += wide.pixels[first..<first + width * 3]
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }

  /// Bands of `count` objects over a background.
  private func bands(width: Int, height: Int, count: Int) -> IndexedImage {
    mask(width: width, height: height) { _, y in y * (count + 1) / height }
  }

  @Test(
    "have the size of the video and the DAVIS palette", arguments: [(37, 53), (16, 16), (64, 40)],
    PropagationPreset.allCases)
  func sizes(size: (Int, Int), preset: PropagationPreset) throws {
    let (width, height) = size
    let propagation = try MaskPropagation(
      settings: settings(preset) { if preset == .jhmdbTC { $0.inputSize = .shortSide(32) } }, weights: weights,
      pool: pool)
    let first = bands(width: width, height: height, count: 2)
    #expect(try propagation.start(frame: moving(width: width, height: height, shift: 0), mask: first) == first)
    for shift in 1...2 {
      let result = try propagation.advance(frame: moving(width: width, height: height, shift: shift))
      #expect(result.width == width && result.height == height && result.palette == DAVISPalette.rgb)
      #expect(Set(result.indices).isSubset(of: [0, 1, 2]))
    }
  }

  @Test("of DAVIS's sizes come out at those sizes", arguments: [854, 910])
  func davis(width: Int) throws {
    for preset in [PropagationPreset.corrflow, .corrflowFixed] {
      let propagation = try MaskPropagation(settings: preset.settings, weights: weights, pool: pool)
      let frame = noise(width: width, height: 480, seed: 1)
      try propagation.start(frame: frame, mask: bands(width: width, height: 480, count: 3))
      let result = try propagation.advance(frame: frame)
      #expect(result.width == width && result.height == 480)
    }
  }

  /// Encoder, plain propagation in doubles and plain upsampling.
  private func plain(_ settings: PropagationSettings, _ frames: [RGBImage], _ mask: IndexedImage) throws -> [[UInt8]] {
    let plan = try FramePlan(width: mask.width, height: mask.height, settings: settings)
    let channels = ObjectChannels(mask: mask.indices, settings: settings)
    let encoder = InferenceEncoder(
      weights: weights, images: 1, height: plan.encodedHeight, width: plan.encodedWidth, pool: pool)
    let cells = plan.gridHeight * plan.gridWidth
    let embeddings = frames.map { frame in
      plan.encoded(frame).withUnsafeBufferPointer { encoder.run(rgb: $0) }
      return (0..<cells).map { cell in (0..<64).map { Double(encoder.embeddings[cell * 64 + $0]) } }
    }
    let sampled = settings.maskSampling.labels(
      plan.encoded(mask: channels.numbers(of: mask.indices)), width: plan.encodedWidth, channels: channels.count)
    guard case .distributions(let labels) = sampled else { return [] }
    var twin = PlainPropagator(
      settings: settings, height: plan.gridHeight, width: plan.gridWidth, channels: channels.count)
    let count = channels.count
    let rows = (0..<cells).map { cell in labels[cell * count..<(cell + 1) * count].map { Double($0) } }
    return twin.run(embeddings, labels: rows).dropFirst().map { labels in
      plan.native(
        mask: channels.mask(of: enlarged(labels, height: plan.gridHeight, width: plan.gridWidth)))
    }
  }

  /// Bilinear x4 with half-pixel centres, and the first of the largest values.
  private func enlarged(_ labels: [[Double]], height: Int, width: Int) -> [UInt8] {
    func taps(_ pixel: Int, _ count: Int) -> (Int, Int, Double) {
      let position = min(max((Double(pixel) + 0.5) / 4 - 0.5, 0), Double(count - 1))
      let first = Int(position)
      return (first, min(first + 1, count - 1), position - Double(first))
    }
    return (0..<height * 4 * width * 4).map { (pixel: Int) -> UInt8 in
      let (top, bottom, down) = taps(pixel / (width * 4), height)
      let (left, right, across) = taps(pixel % (width * 4), width)
      func row(_ y: Int, _ channel: Int) -> Double {
        (1 - across) * labels[y * width + left][channel] + across * labels[y * width + right][channel]
      }
      let values = labels[0].indices.map { (1 - down) * row(top, $0) + down * row(bottom, $0) }
      return UInt8(values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 })
    }
  }

  @Test("are those of plain arithmetic, for 1 to 40 objects", arguments: [1, 2, 15, 16, 31, 40])
  func objects(count: Int) throws {
    let walk = settings(.crw) { ($0.contextFrames, $0.radius) = (2, 4) }
    let frames = (0..<4).map { moving(width: 37, height: 83, shift: 4 * $0) }
    let first = bands(width: 37, height: 83, count: count)
    let propagation = try MaskPropagation(settings: walk, weights: weights, pool: pool)
    try propagation.start(frame: frames[0], mask: first)
    let results = try frames.dropFirst().map { try propagation.advance(frame: $0).indices }
    for (result, expected) in zip(results, try plain(walk, frames, first)) {
      let wrong = zip(result, expected).filter { $0 != $1 }.count
      #expect(wrong <= result.count / 500, "\(wrong) of \(result.count) pixels differ")
      #expect(Set(result).count > min(count, 8))
    }
  }

  @Test("keep the numbers of their objects, however far apart")
  func numbers() throws {
    let propagation = try MaskPropagation(
      settings: PropagationPreset.crw.settings, weights: weights, pool: pool)
    let frame = noise(width: 64, height: 64, seed: 2)
    let first = mask(width: 64, height: 64) { x, _ in x < 20 ? 200 : x < 40 ? 7 : 255 }
    try propagation.start(frame: frame, mask: first)
    #expect(Set(try propagation.advance(frame: frame).indices) == [7, 200, 255])
  }

  @Test(
    "gain objects that enter later, in their place",
    arguments: [PropagationPreset.corrflow, .corrflowFixed, .crw, .jhmdbTC, .identity])
  func later(preset: PropagationPreset) throws {
    let propagation = try MaskPropagation(
      settings: settings(preset) {
        $0.inputSize = .native
        $0.frameFitting = .padded
      }, weights: weights, pool: pool)
    let frame = noise(width: 64, height: 64, seed: 2)
    let first = mask(width: 64, height: 64) { x, _ in x < 32 ? 1 : 0 }
    let entering = mask(width: 64, height: 64) { x, y in x >= 40 && y < 40 ? 9 : 0 }
    try propagation.start(frame: frame, mask: first)
    #expect(!(try propagation.advance(frame: frame).indices.contains(9)))
    let given = try propagation.advance(frame: frame, mask: entering).indices
    #expect(zip(given, entering.indices).allSatisfy { ($0 == 9) == ($1 == 9) })
    #expect(given.contains(1))
    let next = try propagation.advance(frame: frame).indices
    #expect(next.contains(9) && next.contains(1))
  }

  @Test("stay as given with identity, to the pixel")
  func identity() throws {
    let propagation = try MaskPropagation(
      settings: PropagationPreset.identity.settings, weights: weights, pool: pool)
    let first = mask(width: 37, height: 53) { x, y in (x + y) % 3 }
    try propagation.start(frame: noise(width: 37, height: 53, seed: 1), mask: first)
    #expect(try propagation.advance(frame: noise(width: 37, height: 53, seed: 2)) == first)
    #expect(propagation.plannedBytes == 0)
  }

  @Test("can be carried through one video after another")
  func again() throws {
    let propagation = try MaskPropagation(
      settings: PropagationPreset.corrflowFixed.settings, weights: weights, pool: pool)
    let first = bands(width: 40, height: 40, count: 2)
    let frames = (0..<3).map { noise(width: 40, height: 40, seed: $0) }
    func run() throws -> [IndexedImage] {
      try propagation.start(frame: frames[0], mask: first)
      return try frames.dropFirst().map { try propagation.advance(frame: $0) }
    }
    let once = try run()
    #expect(try run() == once)
  }

  @Test("are refused with a sentence that says what to do")
  func errors() throws {
    let propagation = try MaskPropagation(settings: PropagationPreset.corrflow.settings, weights: weights, pool: pool)
    let frame = noise(width: 40, height: 32, seed: 1)
    func expect(_ sentence: String, _ body: () throws -> Void) {
      do {
        try body()
        Issue.record("no error, expected: \(sentence)")
      } catch {
        #expect("\(error)" == sentence)
      }
    }
    func refuse(_ sentence: String, width: Int, height: Int, objects: Int) {
      let mask = bands(width: width, height: height, count: objects)
      expect(sentence) { try propagation.start(frame: frame, mask: mask) }
    }
    expect("a frame came before the first labels: start with a frame and its labels") {
      _ = try propagation.advance(frame: frame)
    }
    let resize = "resize the mask, by nearest pixels, to the size of the frame"
    refuse("the mask of frame 0 has 32x40 pixels, the frame has 40x32: \(resize)", width: 32, height: 40, objects: 1)
    let empty = "the mask of frame 0 has no object, only 0 (background): give a mask with object ids from 1 on"
    refuse(empty, width: 40, height: 32, objects: 0)
    let classes = """
      the mask of frame 0 has object id 16; these settings carry ids up to 15: renumber the objects or choose another \
      preset, such as corrflow-fixed
      """
    refuse(classes, width: 40, height: 32, objects: 16)
    try propagation.start(frame: frame, mask: bands(width: 40, height: 32, count: 2))
    let size = "frame 1 has 40x40 pixels, those before have 40x32: all frames of a video need one size"
    expect(size) { _ = try propagation.advance(frame: noise(width: 40, height: 40, seed: 1)) }
    expect("the mask of frame 1 has 40x40 pixels, the frame has 40x32: \(resize)") {
      _ = try propagation.advance(frame: frame, mask: bands(width: 40, height: 40, count: 2))
    }
    expect("frame 0 has 15x32 pixels; sides of 16 to 8192 pixels can be encoded: resize the video") {
      try propagation.start(
        frame: noise(width: 15, height: 32, seed: 1), mask: bands(width: 15, height: 32, count: 1))
    }
  }

  @Test("of a network that has diverged are refused")
  func diverged() throws {
    let broken = randomWeights()
    broken.values.pointer[0] = .nan
    let propagation = try MaskPropagation(
      settings: PropagationPreset.crw.settings, weights: broken, pool: pool)
    #expect(throws: PropagationError.embeddingsNotFinite(frame: 0)) {
      try propagation.start(frame: noise(width: 32, height: 32, seed: 1), mask: bands(width: 32, height: 32, count: 1))
    }
  }

  @Test("of 1920x1080 with ten objects fit 4 GB with the preset crw")
  func memory() {
    let bytes = LabelPropagator.plannedBytes(
      settings: PropagationPreset.crw.settings, gridHeight: 270, gridWidth: 480, channels: 11, workers: 2)
    #expect(bytes < 1_300_000_000)
  }
}
