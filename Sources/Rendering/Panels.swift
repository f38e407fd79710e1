import Media

/// Pictures put beside each other.
public enum Panels {
  /// Colour of the gaps and of what is left over beside smaller pictures.
  static let background = RGBColour(22, 22, 26)

  /// Pictures from left to right, upper edges in line.
  ///
  /// - Parameter gap: columns between two of them.
  /// - Precondition: there is at least one.
  public static func sideBySide(_ pictures: [RGBImage], gap: Int = 4) -> RGBImage {
    precondition(!pictures.isEmpty, "no pictures to put side by side")
    let width = pictures.reduce(gap * (pictures.count - 1)) { $0 + $1.width }
    var canvas = Canvas(width: width, height: pictures.reduce(1) { max($0, $1.height) }, colour: background)
    var x = 0
    for picture in pictures {
      canvas.draw(picture, x: x, y: 0)
      x += picture.width + gap
    }
    return canvas.image
  }

  /// Pictures from top to bottom, left edges in line.
  ///
  /// - Parameter gap: rows between two of them.
  /// - Precondition: there is at least one.
  public static func stacked(_ pictures: [RGBImage], gap: Int = 4) -> RGBImage {
    precondition(!pictures.isEmpty, "no pictures to put on top of each other")
    let height = pictures.reduce(gap * (pictures.count - 1)) { $0 + $1.height }
    var canvas = Canvas(width: pictures.reduce(1) { max($0, $1.width) }, height: height, colour: background)
    var y = 0
    for picture in pictures {
      canvas.draw(picture, x: 0, y: y)
      y += picture.height + gap
    }
    return canvas.image
  }

  /// Wide pictures on top of each other, tall ones side by side.
  ///
  /// - Precondition: there is at least one.
  public static func compact(_ pictures: [RGBImage]) -> RGBImage {
    precondition(!pictures.isEmpty, "no pictures to put together")
    return pictures[0].width >= pictures[0].height ? stacked(pictures) : sideBySide(pictures)
  }
}
