import Media
import Networks
import Numerics

/// The principal components of a video's embeddings as colours, beside its frames.
///
///     let work = PCAVisualisation(frames: frames, weights: weights, pool: pool, output: .folder("pictures"))
///     let report = try work.run(progress: { print($0.fraction) }, isCancelled: { false })
///
/// Two passes: components are fitted on cells of frames spread over the video, then every frame is drawn. What is kept is
/// one frame, 16 MiB of sampled embeddings and the tiles of the sheet, however long the video.
public struct PCAVisualisation {
  /// Where frames come from.
  public var frames: FrameProvider
  /// The network.
  public var weights: EncoderWeights
  /// The threads.
  public var pool: ThreadPool
  /// Sizes.
  public var options: VisualisationOptions
  /// What to write.
  public var output: VisualisationOutput

  /// Frames that components are fitted on.
  static let fittedFrames = 32
  /// Cells that components are fitted on: 16 MiB of embeddings.
  static let fittedCells = 65_536

  /// Describes the work; nothing is opened yet.
  public init(
    frames: FrameProvider, weights: EncoderWeights, pool: ThreadPool,
    options: VisualisationOptions = VisualisationOptions(), output: VisualisationOutput
  ) {
    self.frames = frames
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
  /// - Throws: `RenderingError` and `MediaError`; then no file is left behind.
  public func run(
    progress: @escaping (VisualisationProgress) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) throws -> VisualisationReport {
    try options.validate()
    let tiles = ContactSheet.chosen(options.sheetFrames, of: frames.count)
    let writer = try VisualisationWriter(
      output, name: "pca", isStill: frames.count == 1, frameRate: frames.frameRate,
      title: "\(frames.name): principal components of embeddings", tileCount: max(1, tiles.count))
    do {
      let meter = Meter(
        total: Self.sampledFrames(of: frames.count).count + (writer.wantsEveryFrame ? frames.count : tiles.count),
        progress: progress, isCancelled: isCancelled)
      let (encoder, pca) = try fit(meter)
      try render(encoder, pca, tiles: tiles, to: writer, meter)
      return try writer.finish()
    } catch {
      writer.discard()
      throw error
    }
  }

  static func sampledFrames(of count: Int) -> [Int] { ContactSheet.chosen(fittedFrames, of: count) }

  private func fit(_ meter: Meter) throws -> (FrameEncoder, EmbeddingPCA) {
    let sampled = Self.sampledFrames(of: frames.count)
    let chosen = Set(sampled)
    var encoder: FrameEncoder?
    var samples: [Float] = []
    try frames.forEach { index, image in
      try meter.check()
      guard chosen.contains(index) else { return index < sampled.last ?? 0 }
      let own = try encoder ?? planned(for: image)
      encoder = own
      try own.withEmbeddings(of: image, index: index) { embeddings in
        for cell in SampledCells(count: Self.fittedCells / sampled.count, of: own.grid.height * own.grid.width) {
          samples += embeddings[cell * Self.channels..<(cell + 1) * Self.channels]
        }
      }
      meter.advance(.fitting)
      return index < sampled.last ?? 0
    }
    guard let encoder else { throw RenderingError.noFrames(source: frames.name) }
    return (encoder, EmbeddingPCA(samples: samples, channels: Self.channels))
  }

  private func planned(for image: RGBImage) throws -> FrameEncoder {
    try FrameEncoder(first: image, source: frames.name, weights: weights, pool: pool, size: options.size)
  }

  private func render(
    _ encoder: FrameEncoder, _ pca: EmbeddingPCA, tiles: [Int], to writer: VisualisationWriter, _ meter: Meter
  ) throws {
    let tiles = Set(tiles)
    let lastTile = tiles.max() ?? 0
    var size: VisualisationOptions.Size?
    let percent = Int((pca.explained * 100).rounded())
    try frames.forEach { index, image in
      try meter.check()
      let isTile = tiles.contains(index)
      guard writer.wantsEveryFrame || isTile else { return index < lastTile }
      // Frames of a folder that differ from the first in size are scaled to it.
      let shown =
        size.map { image.resized(width: $0.width, height: $0.height) }
        ?? image.fitted(longest: options.longestSide)
      size = VisualisationOptions.Size(width: shown.width, height: shown.height)
      let picture = try encoder.withEmbeddings(of: image, index: index) {
        pca.picture(of: $0, grid: encoder.grid, encoded: encoder.encoded, size: (shown.width, shown.height))
      }
      try writer.addFrame(
        Panels.sideBySide([
          Self.labelled(shown, "\(frames.name)  frame \(index)"),
          Self.labelled(picture, "PCA, \(percent)% of variance"),
        ]))
      if isTile { writer.addTile(Panels.compact([shown, picture]), caption: "frame \(index)") }
      meter.advance(.rendering)
      return writer.wantsEveryFrame || index < lastTile
    }
  }

  private static func labelled(_ image: RGBImage, _ text: String) -> RGBImage {
    var canvas = Canvas(image)
    canvas.drawLabel(text)
    return canvas.image
  }

  private static let channels = EncoderArchitecture.embeddingChannels
}
