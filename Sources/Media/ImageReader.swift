import CFFmpeg
import Glibc

/// What an image file holds.
public struct ImageProperties: Sendable, Hashable, Codable {
  /// libav's name of the format: `mjpeg` for JPEG, `png`, ...
  public var codec: String
  /// Columns as displayed.
  public var width: Int
  /// Rows as displayed.
  public var height: Int
  /// Whether pixels are numbers of a palette, as those of a mask are.
  public var isIndexed: Bool
}

extension ImageFile {
  /// Reads a JPEG, PNG, WebP, BMP, TIFF or PNM file as RGB; Exif orientation is applied, transparency dropped.
  ///
  /// - Throws: `MediaError`, also for an image that is cut off.
  public static func read(path: String) throws(MediaError) -> RGBImage {
    try decode(path: path).image
  }

  /// Reads an image file for what it is.
  public static func properties(path: String) throws(MediaError) -> ImageProperties {
    try decode(path: path).properties
  }

  private static func decode(path: String) throws(MediaError) -> (image: RGBImage, properties: ImageProperties) {
    let reader = try FrameReader(file: try SourceFile(path: path), kind: .image)
    var owned = av_frame_alloc()
    defer { av_frame_free(&owned) }
    guard let frame = owned else { throw .exhausted(path: path, reason: "no memory for a frame") }
    guard try reader.next(into: frame) != nil, frame.pointee.flags & AV_FRAME_FLAG_CORRUPT == 0 else {
      let reason = reader.lastFailure == 0 ? "it is cut off" : Libav.message(reader.lastFailure).lowercased()
      throw .noDecodableFrame(path: path, reason: reason)
    }
    let image = try FrameConverter(path: path).image(
      from: frame, sampleAspectRatio: 1, orientation: orientation(of: frame))
    let properties = ImageProperties(
      codec: reader.input.codecName, width: image.width, height: image.height,
      isIndexed: frame.pointee.format == AV_PIX_FMT_PAL8.rawValue)
    return (image, properties)
  }

  private static func orientation(of frame: UnsafeMutablePointer<AVFrame>) -> Orientation {
    guard let entry = av_dict_get(frame.pointee.metadata, "Orientation", nil, 0) else { return .upright }
    let digits = Libav.text(entry.pointee.value).filter { $0.isNumber }
    return Int(digits).flatMap { Orientation(exif: $0) } ?? .upright
  }
}
