/// How clips are cut out of videos.
public struct ClipTiming: Sendable, Hashable, Codable {
  /// Frames a clip, 2...8.
  public var frames: Int
  /// Frames a second, by presentation time, of video files.
  public var rate: Double
  /// Of a folder of frames, every so manieth is used.
  public var frameStride: Int

  /// The published way: 3 frames, 6 a second, or every 4th of a folder.
  public static let published = ClipTiming(frames: 3, rate: 6, frameStride: 4)

  /// How clips are cut.
  public init(frames: Int, rate: Double, frameStride: Int) {
    self.frames = frames
    self.rate = rate
    self.frameStride = frameStride
  }

  /// Samples that an item offers, of which `frames` in a row make a clip.
  public func sampleCount(of item: CatalogueItem) -> Int {
    guard rate > 0, frameStride > 0, let frameCount = item.frameCount else { return 0 }
    switch item.kind {
    case .frameFolder: return (frameCount + frameStride - 1) / frameStride
    case .video: return item.videoSampleCount(rate: rate)
    }
  }

  /// Clips of an item, not overlapping, whether or not it is rejected.
  public func clipCount(of item: CatalogueItem) -> Int {
    frames > 0 ? sampleCount(of: item) / frames : 0
  }
}

/// One clip of a catalogue.
public struct ClipReference: Sendable, Hashable, Codable {
  /// Index of the item in the catalogue.
  public var item: Int
  /// Number of the clip's first sample: frames appear at `firstSample / rate`, `(firstSample + 1) / rate`, ... seconds of a
  /// video, and are the ones numbered `firstSample * frameStride`, ... of a folder of frames.
  public var firstSample: Int

  /// A clip.
  public init(item: Int, firstSample: Int) {
    self.item = item
    self.firstSample = firstSample
  }
}

extension Catalogue {
  /// All clips of the items that are not rejected, in order, not overlapping.
  ///
  /// - Parameters:
  ///   - frames: frames a clip.
  ///   - rate: frames a second of videos, by presentation time.
  ///   - frameStride: of a folder of frames, every so manieth is used.
  public func clips(frames: Int, rate: Double, frameStride: Int) -> [ClipReference] {
    clips(ClipTiming(frames: frames, rate: rate, frameStride: frameStride))
  }

  /// All clips of the items that are not rejected, in order, not overlapping.
  public func clips(_ timing: ClipTiming) -> [ClipReference] {
    items.indices.flatMap { index -> [ClipReference] in
      guard items[index].isUsable else { return [] }
      return (0..<timing.clipCount(of: items[index])).map {
        ClipReference(item: index, firstSample: $0 * timing.frames)
      }
    }
  }
}
