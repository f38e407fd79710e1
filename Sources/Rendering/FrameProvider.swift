import Foundation
import Media

/// The frames of a video, of a folder of frames, or of one image, from the first on as often as wanted.
public struct FrameProvider: Sendable {
  /// What the source is called in pictures and messages.
  public let name: String
  /// Frames that there are. A damaged video may give fewer.
  public let count: Int
  /// Frames a second of a video made of them.
  public let frameRate: Double

  private let each: @Sendable (_ body: (Int, RGBImage) throws -> Bool) throws -> Void

  /// Frames a second where the source has no rate of its own: that of DAVIS.
  public static let stillFrameRate = 24.0

  /// - Parameters:
  ///   - name: what the source is called.
  ///   - count: frames that there are.
  ///   - frameRate: frames a second.
  ///   - each: gives number and picture of each frame, from the first on, until its argument returns false.
  public init(
    name: String, count: Int, frameRate: Double = Self.stillFrameRate,
    each: @escaping @Sendable (_ body: (Int, RGBImage) throws -> Bool) throws -> Void
  ) {
    self.name = name
    self.count = count
    self.frameRate = frameRate
    self.each = each
  }

  /// Frames in memory.
  public init(name: String, images: [RGBImage], frameRate: Double = Self.stillFrameRate) {
    self.init(name: name, count: images.count, frameRate: frameRate) { body in
      for (index, image) in images.enumerated() {
        guard try body(index, image) else { return }
      }
    }
  }

  /// A video, a folder of JPEG or PNG frames, or an image.
  ///
  /// - Parameters:
  ///   - path: the file or folder.
  ///   - rate: of a video the samples a second, nil for every frame; else the rate at which frames are shown.
  ///   - limit: at most so many frames, at least 1; nil for all.
  /// - Throws: `MediaError`; `RenderingError.noFrames` and `badOption`.
  public init(path: String, rate: Double? = nil, limit: Int? = nil) throws {
    if let limit, limit < 1 { throw RenderingError.badOption(name: "frames", reason: "at least 1, got \(limit)") }
    if let rate, !(rate > 0 && rate <= 1000) {
      throw RenderingError.badOption(name: "rate", reason: "above 0 and at most 1000 frames a second, got \(rate)")
    }
    let whole = try Self.open(path: path, rate: rate)
    guard whole.count > 0 else { throw RenderingError.noFrames(source: path) }
    guard let limit else {
      self = whole
      return
    }
    self.init(name: whole.name, count: min(limit, whole.count), frameRate: whole.frameRate) { body in
      try whole.forEach { index, image in try body(index, image) && index + 1 < limit }
    }
  }

  /// Gives number and picture of each frame, from the first on, until `body` returns false.
  public func forEach(_ body: (Int, RGBImage) throws -> Bool) throws {
    try each(body)
  }

  private static func open(path: String, rate: Double?) throws -> FrameProvider {
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      let folder = try FrameFolder(path: path)
      return FrameProvider(name: name, count: folder.names.count, frameRate: rate ?? stillFrameRate) { body in
        for index in folder.names.indices {
          guard try body(index, try folder.image(at: index)) else { return }
        }
      }
    }
    if FrameFolder.isFrame(name: URL(filePath: path).lastPathComponent) {
      return FrameProvider(name: name, images: [try ImageFile.read(path: path)], frameRate: rate ?? stillFrameRate)
    }
    let properties = try VideoFile.probe(path: path)
    let count = rate.map(properties.sampleCount) ?? properties.frameCount
    let own = (0.1...1000).contains(properties.averageFrameRate) ? properties.averageFrameRate : stillFrameRate
    return FrameProvider(name: name, count: max(1, count), frameRate: rate ?? own) { body in
      try VideoFile(path: path).forEachFrame(rate: rate, body)
    }
  }
}
