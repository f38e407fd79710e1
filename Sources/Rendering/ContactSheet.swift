import Media

/// Several pictures of a video on one, in rows, each with a caption, under a title.
///
///     var sheet = ContactSheet(title: "blackswan", tileCount: 8)
///     for (number, picture) in chosen { sheet.add(picture, caption: "frame \(number)") }
///     try ImageFile.writePNG(sheet.render(), to: "blackswan.png")
///
/// Pictures are reduced as they come, so that a sheet of a large video takes little memory.
public struct ContactSheet: Sendable {
  /// Line above the pictures; none where empty.
  public let title: String
  /// Pictures a row.
  public let columns: Int
  /// Columns of pixels of each picture.
  public let tileWidth: Int

  private struct Tile {
    let picture: RGBImage
    let caption: String
  }

  private var tiles: [Tile] = []
  private static let gap = 14
  private static let rowGap = 20
  private static let margin = 22
  private static let captionScale = 2

  /// - Parameters:
  ///   - title: line above the pictures.
  ///   - tileCount: pictures that will be added; tells how many stand in a row.
  ///   - columns: pictures a row; nil for 1 to 4 by their number, so that rows are full where they can be.
  ///   - tileWidth: columns of pixels of each picture, at least 16; nil for 960, 640 or 400: the fewer, the larger.
  /// - Precondition: `tileCount`, `columns` and `tileWidth` are positive.
  public init(title: String, tileCount: Int, columns: Int? = nil, tileWidth: Int? = nil) {
    precondition(tileCount > 0 && columns ?? 1 > 0, "a contact sheet has at least one picture and one column")
    self.title = title
    self.columns = columns ?? Self.columns(for: tileCount)
    self.tileWidth = tileWidth ?? (tileCount == 1 ? 960 : tileCount == 2 ? 640 : 400)
    precondition(self.tileWidth >= 16, "a picture of a contact sheet is at least 16 pixels wide, got \(self.tileWidth)")
  }

  /// Pictures that were added.
  public var count: Int { tiles.count }

  /// `count` numbers of `0 ..< total`, spread evenly, the first and the last among them; all when there are not more.
  public static func chosen(_ count: Int, of total: Int) -> [Int] {
    guard count < total else { return Array(0..<max(0, total)) }
    guard count > 1 else { return count == 1 ? [0] : [] }
    return (0..<count).map { ($0 * (total - 1) + (count - 1) / 2) / (count - 1) }
  }

  /// Adds the next picture.
  public mutating func add(_ picture: RGBImage, caption: String) {
    let height = max(1, (picture.height * tileWidth + picture.width / 2) / picture.width)
    tiles.append(Tile(picture: picture.reduced(width: tileWidth, height: height), caption: caption))
  }

  /// The sheet.
  ///
  /// - Precondition: there is at least one picture.
  public func render() -> RGBImage {
    precondition(!tiles.isEmpty, "a contact sheet without pictures")
    let rows = stride(from: 0, to: tiles.count, by: columns).map { Array(tiles[$0..<min($0 + columns, tiles.count)]) }
    let widest = min(columns, tiles.count)
    let width = 2 * Self.margin + widest * tileWidth + (widest - 1) * Self.gap
    let titleScale = Canvas.textSize(title, scale: 3).width <= width - 2 * Self.margin ? 3 : 2
    let titleHeight = title.isEmpty ? 0 : Canvas.textSize(title, scale: titleScale).height + Self.margin
    let height = rows.reduce(2 * Self.margin + titleHeight - Self.rowGap) { $0 + Self.height(of: $1) + Self.rowGap }
    var canvas = Canvas(width: width, height: height, colour: Panels.background)
    let line = Canvas.shortened(title, toWidth: width - 2 * Self.margin, scale: titleScale)
    canvas.drawText(line, x: Self.margin, y: Self.margin, scale: titleScale)
    var y = Self.margin + titleHeight
    for row in rows {
      draw(row, y: y, on: &canvas)
      y += Self.height(of: row) + Self.rowGap
    }
    return canvas.image
  }

  private static var captionHeight: Int { (BitmapFont.height + 4) * captionScale }

  private static func height(of row: [Tile]) -> Int {
    row.reduce(0) { max($0, $1.picture.height) } + captionHeight
  }

  private func draw(_ row: [Tile], y: Int, on canvas: inout Canvas) {
    for (column, tile) in row.enumerated() {
      let x = Self.margin + column * (tileWidth + Self.gap)
      canvas.draw(tile.picture, x: x, y: y)
      let caption = Canvas.shortened(tile.caption, toWidth: tileWidth, scale: Self.captionScale)
      canvas.drawText(
        caption, x: x, y: y + tile.picture.height + 3 * Self.captionScale, scale: Self.captionScale,
        colour: RGBColour(190, 190, 198))
    }
  }

  /// Up to four a row: all in one row, or else the number of columns that leaves the fewest places empty, of equal ones
  /// the largest.
  private static func columns(for count: Int) -> Int {
    if count <= 4 { return count == 4 ? 2 : count }
    func empty(_ columns: Int) -> Int { (columns - count % columns) % columns }
    return empty(3) < empty(4) ? 3 : 4
  }
}
