import Media
import Networks
import Numerics

/// One pixel of a frame, found again in all later frames: heat maps with a cross at the best match.
///
/// Every frame is compared with the embedding of the pixel itself, never with that of a match: an error in one frame is none
/// in the next. With a radius, each frame is searched around the match in the frame before.
public struct MatchVisualisation {
  /// What to find, and how.
  public struct Query: Sendable, Equatable {
    /// Column of the pixel in the frame as it is in the source.
    public var x: Int
    /// Row of the pixel in the frame as it is in the source.
    public var y: Int
    /// Number of the frame that the pixel is in, from 0; earlier frames are passed over.
    public var frame: Int
    /// Divides the dot products before the softmax, above 0; 1 is what the network is trained with.
    public var temperature: Double
    /// Cells to search around the match before, at least 1; nil for the whole frame.
    public var radius: Int?

    /// Defaults: a pixel of the first frame, the whole frame, temperature 1.
    public init(x: Int, y: Int, frame: Int = 0, temperature: Double = 1, radius: Int? = nil) {
      (self.x, self.y, self.frame) = (x, y, frame)
      self.temperature = temperature
      self.radius = radius
    }
  }

  /// Where the pixel was found in one frame.
  public struct Match: Sendable, Equatable {
    /// The frame's number.
    public let frame: Int
    /// Middle of the best cell, in pixels of the source.
    public let point: PicturePoint
    /// The attention of the pixel to that cell, 0...1.
    public let weight: Double

    /// `frame 8, best 138,66`.
    var caption: String { "frame \(frame), best \(Int(point.x.rounded())),\(Int(point.y.rounded()))" }
  }

  /// Where frames come from.
  public var frames: FrameProvider
  /// The pixel.
  public var query: Query
  /// The network.
  public var weights: EncoderWeights
  /// The threads.
  public var pool: ThreadPool
  /// Sizes.
  public var options: VisualisationOptions
  /// What to write.
  public var output: VisualisationOutput

  /// Describes the work; nothing is opened yet.
  public init(
    frames: FrameProvider, query: Query, weights: EncoderWeights, pool: ThreadPool,
    options: VisualisationOptions = VisualisationOptions(), output: VisualisationOutput
  ) {
    self.frames = frames
    self.query = query
    self.weights = weights
    self.pool = pool
    self.options = options
    self.output = output
  }

  /// Does it.
  ///
  /// - Parameters:
  ///   - progress: called after each encoded frame.
  ///   - isCancelled: asked before each frame.
  /// - Returns: what was written, and the matches of the frames that were drawn, the pixel's own frame first.
  /// - Throws: `RenderingError` and `MediaError`; then no file is left behind.
  public func run(
    progress: @escaping (VisualisationProgress) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) throws -> (report: VisualisationReport, matches: [Match]) {
    try validate()
    let later = frames.count - query.frame
    // A window follows the match from frame to frame, so that none can be left out.
    let tiles = ContactSheet.chosen(options.sheetFrames, of: later).map { $0 + query.frame }
    let writer = try VisualisationWriter(
      output, name: "match", isStill: later == 1, frameRate: frames.frameRate,
      title: "\(frames.name): pixel \(query.x),\(query.y) of frame \(query.frame)", tileCount: tiles.count + 1)
    do {
      let everyFrame = writer.wantsEveryFrame || query.radius != nil
      let meter = Meter(
        total: everyFrame ? later : tiles.count, progress: progress, isCancelled: isCancelled)
      let matches = try follow(everyFrame: everyFrame, tiles: tiles, to: writer, meter)
      return (try writer.finish(), matches)
    } catch {
      writer.discard()
      throw error
    }
  }

  private func validate() throws(RenderingError) {
    try options.validate()
    guard frames.count > 0 else { throw .noFrames(source: frames.name) }
    guard (0..<frames.count).contains(query.frame) else {
      throw .noSuchFrame(source: frames.name, frame: query.frame, frameCount: frames.count)
    }
    guard query.temperature > 0, query.temperature.isFinite else {
      throw .badOption(name: "temperature", reason: "above 0, got \(query.temperature)")
    }
    if let radius = query.radius, !(1...4096).contains(radius) {
      throw .badOption(name: "radius", reason: "1 to 4096 cells, got \(radius)")
    }
  }

  private func follow(
    everyFrame: Bool, tiles: [Int], to writer: VisualisationWriter, _ meter: Meter
  ) throws -> [Match] {
    var search: PixelSearch?
    var matches: [Match] = []
    let last = everyFrame ? Int.max : tiles.last ?? query.frame
    try frames.forEach { index, image in
      try meter.check()
      guard index >= query.frame, everyFrame || tiles.contains(index) else { return index < last }
      var own = try search ?? PixelSearch(self, first: image)
      let found = try own.find(in: image, index: index)
      if search == nil { writer.addTile(own.queryPicture, caption: "frame \(index), the pixel") }
      search = own
      matches.append(found.match)
      if writer.wantsEveryFrame { try writer.addFrame(own.pair(found)) }
      if tiles.contains(index) { writer.addTile(found.picture, caption: found.match.caption) }
      meter.advance(.rendering)
      return index < last
    }
    guard search != nil else { throw RenderingError.noFrames(source: frames.name) }
    return matches
  }
}
