import Numerics
import Propagation
import Testing

/// Settings, a grid and a number of channels that fast and plain propagation are compared on.
struct PropagationCase: Sendable, CustomTestStringConvertible {
  let name: String
  let settings: PropagationSettings
  var height = 5
  var width = 8
  var channels = 3

  var testDescription: String { "\(name), \(height)x\(width), \(channels) channels" }

  /// The published protocols with distances that fit a small grid.
  private static let walk = settingsOfWalk(radius: 3, topK: 4)
  private static func settingsOfWalk(radius: Int, topK: Int) -> PropagationSettings {
    PropagationTests.settings(.crw) { ($0.contextFrames, $0.radius, $0.topK) = (3, radius, topK) }
  }
  private static let joints = PropagationTests.settings(.jhmdbTC) { ($0.contextFrames, $0.topK) = (2, 5) }

  static let all: [PropagationCase] = [
    PropagationCase(name: "corrflow-fixed", settings: PropagationTests.settings { $0.radius = 2 }),
    PropagationCase(name: "corrflow-fixed, published radius", settings: PropagationPreset.corrflowFixed.settings),
    PropagationCase(name: "soft", settings: PropagationTests.settings { ($0.radius, $0.labels) = (1, .soft) }),
    PropagationCase(name: "radius 0", settings: PropagationTests.settings { ($0.radius, $0.labels) = (0, .soft) }),
    PropagationCase(name: "whole frame", settings: PropagationTests.settings { ($0.radius, $0.labels) = (nil, .soft) }),
    PropagationCase(name: "crw", settings: walk),
    PropagationCase(name: "crw over more than a block", settings: walk, height: 2, width: 80, channels: 2),
    PropagationCase(name: "crw, wide circle", settings: settingsOfWalk(radius: 70, topK: 10), height: 1, width: 150),
    PropagationCase(name: "crw, one cell", settings: walk, height: 1, width: 1),
    PropagationCase(name: "crw, one column", settings: walk, height: 11, width: 1, channels: 1),
    PropagationCase(name: "crw, 17 channels", settings: walk, channels: 17),
    PropagationCase(name: "crw, 41 channels", settings: walk, channels: 41),
    PropagationCase(name: "crw, more than there are", settings: settingsOfWalk(radius: 2, topK: 1000), height: 3),
    PropagationCase(name: "crw, hard", settings: changed(walk) { $0.labels = .hard }),
    PropagationCase(name: "crw, first frame near", settings: changed(walk) { $0.firstFrameIsGlobal = false }),
    PropagationCase(name: "crw, listed", settings: changed(walk) { $0.firstFrameRepetition = .listed }),
    PropagationCase(name: "crw, not repeated", settings: changed(walk) { $0.firstFrameRepetition = .none }),
    PropagationCase(name: "crw, all cells", settings: changed(walk) { $0.topK = nil }),
    PropagationCase(name: "crw, all cells, 41 channels", settings: changed(walk) { $0.topK = nil }, channels: 41),
    PropagationCase(name: "crw, square", settings: changed(walk) { $0.neighbourhood = .square }),
    PropagationCase(name: "crw, raw products", settings: changed(walk) { $0.normalisesEmbeddings = false }),
    PropagationCase(name: "crw, without first frame", settings: changed(walk) { $0.keepsFirstFrame = false }),
    PropagationCase(
      name: "two frames back",
      settings: PropagationTests.settings { ($0.contextFrames, $0.labels, $0.temperature) = (2, .soft, 0.5) }),
    PropagationCase(
      name: "first frame only",
      settings: PropagationTests.settings { ($0.contextFrames, $0.keepsFirstFrame, $0.radius) = (0, true, 2) }),
    PropagationCase(name: "jhmdb-tc", settings: joints, channels: 16),
    PropagationCase(name: "jhmdb-tc over chunks", settings: joints, height: 1, width: 90),
    PropagationCase(name: "jhmdb-tc, all cells", settings: changed(joints) { $0.topK = nil }),
    PropagationCase(name: "jhmdb-tc, near", settings: changed(joints) { $0.radius = 2 }),
    PropagationCase(name: "jhmdb-tc, given first frame", settings: changed(joints) { $0.predictsFirstFrame = false }),
    PropagationCase(name: "jhmdb-tc, maps as they are", settings: changed(joints) { $0.normalisesChannels = false }),
    PropagationCase(name: "jhmdb-tc, not padded", settings: changed(joints) { $0.firstFrameRepetition = .none }),
  ]
}

/// Settings with some of them changed.
private func changed(
  _ settings: PropagationSettings, _ change: (inout PropagationSettings) -> Void
) -> PropagationSettings {
  var settings = settings
  change(&settings)
  return settings
}

@Suite("Labels carried on the grid", .timeLimit(.minutes(5)))
struct LabelPropagatorTests {
  @Test("are those of the plain twin, with every instruction set", arguments: PropagationCase.all)
  func twin(item: PropagationCase) throws {
    let video = RandomVideo(height: item.height, width: item.width, channels: item.channels)
    let expected = video.expected(item.settings)
    for set in InstructionSet.available {
      let actual = try video.propagated(item.settings, kernels: set.kernels)
      #expect(largestDifference(actual, expected) < 1e-5, "\(set.rawValue)")
    }
  }

  @Test("have the same bits for any number of threads", arguments: [2, 3, 5])
  func threads(count: Int) throws {
    let video = RandomVideo(height: 7, width: 80, channels: 5, frames: 4)
    for item in PropagationCase.all where item.channels == 3 {
      #expect(try video.propagated(item.settings, threads: count) == video.propagated(item.settings))
    }
  }

  @Test("come from the first of equal cells: frames that stay, then older frames, then further up and left")
  func ties() throws {
    // All cells are alike, so order alone decides. Cell c of frame f carries label 10 f + c.
    let cells = 4
    var walk = PropagationPreset.crw.settings
    (walk.contextFrames, walk.firstFrameRepetition, walk.topK) = (2, .none, 6)
    let propagator = try LabelPropagator(
      settings: walk, gridHeight: 2, gridWidth: 2, channels: 1, pool: ThreadPool(threadCount: 1))
    let embedding = [Float](repeating: 0.5, count: cells * 64)
    func labels(_ frame: Int) -> GridLabels { .distributions((0..<cells).map { Float(10 * frame + $0) }) }
    try propagator.start(embedding: embedding, labels: labels(0))
    for frame in 1...3 {
      _ = try propagator.labels(of: embedding)
      try propagator.keep(labels(frame))
    }
    // The first frame has four cells, frame 2, the oldest of the context, gives two.
    let mean: Float = (0 + 1 + 2 + 3 + 20 + 21) / 6
    for label in try propagator.labels(of: embedding) { #expect(abs(label - mean) < 1e-4) }
  }

  @Test("count the first frame in place of frames before the video, where the settings pad")
  func padding() throws {
    func second(topK: Int?) throws -> [Float] {
      var walk = PropagationPreset.crw.settings
      (walk.contextFrames, walk.topK) = (3, topK)
      let propagator = try LabelPropagator(
        settings: walk, gridHeight: 1, gridWidth: 1, channels: 2, pool: ThreadPool(threadCount: 1))
      let embedding = [Float](repeating: 1, count: 64)
      try propagator.start(embedding: embedding, labels: .distributions([1, 0]))
      #expect(try propagator.labels(of: embedding) == [1, 0])
      try propagator.keep(.distributions([0, 1]))
      return try propagator.labels(of: embedding)
    }
    // The references of frame 2: the first frame, and as context a copy of it, itself, and frame 1.
    #expect(try second(topK: 4) == [0.75, 0.25])
    #expect(try second(topK: nil) == [0.75, 0.25])
    #expect(try second(topK: 3) == [1, 0])
  }

  @Test("start anew with a frame whose labels are given, beside those that stay")
  func restart() throws {
    var walk = PropagationPreset.crw.settings
    (walk.contextFrames, walk.topK) = (3, nil)
    let propagator = try LabelPropagator(
      settings: walk, gridHeight: 1, gridWidth: 1, channels: 2, pool: ThreadPool(threadCount: 1))
    let embedding = [Float](repeating: 1, count: 64)
    try propagator.start(embedding: embedding, labels: .classes([0]))
    _ = try propagator.advance(embedding: embedding)
    _ = try propagator.labels(of: embedding)
    try propagator.keep(.classes([1]), stays: true)
    // Of five references one is the first frame; the given one stays, and is the context with two copies.
    let labels = try propagator.advance(embedding: embedding)
    #expect(abs(labels[0] - 0.2) < 1e-6 && abs(labels[1] - 0.8) < 1e-6)
  }

  @Test("of one channel number a cell are those of the same distributions")
  func classes() throws {
    let video = RandomVideo(height: 5, width: 20, channels: 4)
    let numbers = (0..<video.cells).map { UInt8($0 % 4) }
    let oneHot = numbers.flatMap { number -> [Float] in (0..<4).map { $0 == Int(number) ? 1 : 0 } }
    for preset in [PropagationPreset.corrflowFixed, .crw, .jhmdbTC] {
      let results = try [GridLabels.classes(numbers), .distributions(oneHot)].map { labels in
        let propagator = try LabelPropagator(
          settings: preset.settings, gridHeight: 5, gridWidth: 20, channels: 4, pool: ThreadPool(threadCount: 1))
        try propagator.start(embedding: video.frames[0], labels: labels)
        return try video.frames.dropFirst().map { try propagator.advance(embedding: $0) }
      }
      let difference = zip(results[0].joined(), results[1].joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(difference < 1e-6)
    }
  }

  @Test("gain channels on the way, which are 0 in earlier frames")
  func channels() throws {
    let video = RandomVideo(height: 4, width: 6, channels: 2)
    var walk = PropagationPreset.crw.settings
    walk.contextFrames = 2
    let pool = ThreadPool(threadCount: 1)
    func run(channelsFromTheStart: Bool) throws -> [[Float]] {
      let propagator = try LabelPropagator(
        settings: walk, gridHeight: 4, gridWidth: 6, channels: channelsFromTheStart ? 3 : 2, pool: pool)
      let numbers = (0..<24).map { UInt8($0 % 2) }
      try propagator.start(embedding: video.frames[0], labels: .classes(numbers))
      _ = try propagator.labels(of: video.frames[1])
      if !channelsFromTheStart { propagator.addChannels(1) }
      try propagator.keep(.classes((0..<24).map { UInt8($0 % 3) }), stays: true)
      return try video.frames[2...].map { try propagator.advance(embedding: $0) }
    }
    #expect(try run(channelsFromTheStart: false) == run(channelsFromTheStart: true))
  }

  @Test("stay where they are with identity, which needs no embeddings")
  func identity() throws {
    let propagator = try LabelPropagator(
      settings: PropagationPreset.identity.settings, gridHeight: 1, gridWidth: 2, channels: 2,
      pool: ThreadPool(threadCount: 1))
    try propagator.start(embedding: nil, labels: .classes([0, 1]))
    #expect(try propagator.advance(embedding: nil) == [1, 0, 0, 1])
    #expect(try propagator.advance(embedding: nil) == [1, 0, 0, 1])
  }
}
