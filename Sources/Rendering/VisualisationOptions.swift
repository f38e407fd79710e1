/// What every visualisation can be told.
public struct VisualisationOptions: Sendable, Equatable {
  /// A size in pixels.
  public struct Size: Sendable, Hashable {
    /// Pixels a row.
    public var width: Int
    /// Rows.
    public var height: Int

    /// - Parameters:
    ///   - width: pixels a row.
    ///   - height: rows.
    public init(width: Int, height: Int) {
      (self.width, self.height) = (width, height)
    }
  }

  /// What frames are scaled to before they are encoded, sides of 4...8192; nil takes them as they are.
  public var size: Size?
  /// Frames on the contact sheet, 1...64.
  public var sheetFrames: Int
  /// Longer side of a frame in the video, 16...4096; larger frames are reduced.
  public var longestSide: Int

  /// Defaults: frames as they are, eight on the sheet, at most 1280 pixels long in the video.
  public init(size: Size? = nil, sheetFrames: Int = 8, longestSide: Int = 1280) {
    self.size = size
    self.sheetFrames = sheetFrames
    self.longestSide = longestSide
  }

  /// - Throws: `RenderingError.badOption` for the first value out of its range.
  public func validate() throws(RenderingError) {
    if let size, ![size.width, size.height].allSatisfy((4...8192).contains) {
      throw .badOption(name: "size", reason: "each side is 4 to 8192, got \(size.width)x\(size.height)")
    }
    guard (1...64).contains(sheetFrames) else {
      throw .badOption(name: "sheetFrames", reason: "1 to 64, got \(sheetFrames)")
    }
    guard (16...4096).contains(longestSide) else {
      throw .badOption(name: "longestSide", reason: "16 to 4096, got \(longestSide)")
    }
  }
}

/// How far a visualisation is.
public struct VisualisationProgress: Sendable, Equatable {
  /// What is done now.
  public enum Phase: String, Sendable {
    /// Frames are sampled to find the principal components.
    case fitting
    /// Frames are encoded and drawn.
    case rendering
  }

  /// What is done now.
  public let phase: Phase
  /// Frames encoded so far, of all phases.
  public let framesDone: Int
  /// Frames to encode in all phases.
  public let frameTotal: Int

  /// Part of the work that is done, 0...1.
  public var fraction: Double { frameTotal > 0 ? min(1, Double(framesDone) / Double(frameTotal)) : 0 }
}

/// What a visualisation wrote.
public struct VisualisationReport: Sendable, Equatable {
  /// Path of the video; nil where none was asked for.
  public var video: String?
  /// Path of the contact sheet; nil where none was asked for.
  public var sheet: String?
  /// Frames that were drawn.
  public var frames: Int
}
