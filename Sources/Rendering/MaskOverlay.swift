import Media

/// A mask laid over its frame: objects in the colours of DAVIS's palette, with crisp contours.
///
///     let picture = try MaskOverlay().render(frame, mask: mask)
public struct MaskOverlay: Sendable, Equatable {
  /// How much of an object's colour covers it, 0...1.
  public var opacity: Double
  /// Width of the contours in pixels; 0 for none, nil for one that suits the frame's height.
  public var contourThickness: Int?

  /// Defaults: half of the colour, contours of 1 pixel up to 359 rows and one more every 360 rows.
  public init(opacity: Double = 0.5, contourThickness: Int? = nil) {
    self.opacity = opacity
    self.contourThickness = contourThickness
  }

  /// The frame with the mask over it.
  ///
  /// - Parameters:
  ///   - frame: the picture.
  ///   - mask: object ids of the same size; 0 is background and left as it is.
  /// - Throws: `maskSize`.
  public func render(_ frame: RGBImage, mask: IndexedImage) throws(RenderingError) -> RGBImage {
    guard frame.width == mask.width, frame.height == mask.height else {
      throw .maskSize(
        frameWidth: frame.width, frameHeight: frame.height, maskWidth: mask.width, maskHeight: mask.height)
    }
    let thickness = contourThickness ?? 1 + frame.height / 360
    let contours = MaskContours(mask: mask, thickness: thickness)
    let fills = (0...255).map { RGBColour(object: UInt8($0)) }
    var canvas = Canvas(frame)
    for y in 0..<frame.height {
      for x in 0..<frame.width {
        let id = mask.indices[y * frame.width + x]
        switch contours.kinds[y * frame.width + x] {
        case .inside where id > 0: canvas.blend(fills[Int(id)], x: x, y: y, opacity: opacity)
        case .inside: break
        case .contour: canvas.blend(fills[Int(id)].brightened, x: x, y: y, opacity: 1)
        case .rim: canvas.blend(.black, x: x, y: y, opacity: 0.55)
        }
      }
    }
    return canvas.image
  }

  /// Result and ground truth side by side, each over the frame and labelled.
  ///
  /// - Throws: `maskSize`.
  public func render(
    _ frame: RGBImage, mask: IndexedImage, groundTruth: IndexedImage, label: String = "prediction"
  ) throws(RenderingError) -> RGBImage {
    var result = Canvas(try render(frame, mask: mask))
    result.drawLabel(label)
    var truth = Canvas(try render(frame, mask: groundTruth))
    truth.drawLabel("ground truth")
    return Panels.sideBySide([result.image, truth.image])
  }
}
