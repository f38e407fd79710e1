import Media
import Networks

/// Looks for one pixel in frame after frame.
struct PixelSearch {
  /// What was found in a frame.
  struct Found {
    let match: MatchVisualisation.Match
    /// The frame under its heat map, a cross at the match.
    let picture: RGBImage
  }

  /// The pixel's own frame, as it is shown, a cross at the pixel.
  let queryPicture: RGBImage

  private let encoder: FrameEncoder
  private let query: MatchVisualisation.Query
  private let name: String
  private let embedding: [Float]
  /// Size of the frames of the source, and of the pictures that are drawn.
  private let source: (width: Int, height: Int)
  private let shown: (width: Int, height: Int)
  private var cell: CorrespondenceMap.Cell

  /// Encodes the frame that the pixel is in.
  ///
  /// - Throws: `pixelOutside`, `frameTooSmall`, `notFinite`.
  init(_ work: MatchVisualisation, first: RGBImage) throws {
    let query = work.query
    guard (0..<first.width).contains(query.x), (0..<first.height).contains(query.y) else {
      throw RenderingError.pixelOutside(x: query.x, y: query.y, width: first.width, height: first.height)
    }
    let encoder = try FrameEncoder(
      first: first, source: work.frames.name, weights: work.weights, pool: work.pool, size: work.options.size)
    let stride = EncoderArchitecture.stride
    let cell = CorrespondenceMap.Cell(
      row: (2 * query.y + 1) * encoder.encoded.height / (2 * first.height * stride),
      column: (2 * query.x + 1) * encoder.encoded.width / (2 * first.width * stride))
    embedding = try encoder.withEmbeddings(of: first, index: query.frame) { embeddings in
      let start = (cell.row * encoder.grid.width + cell.column) * EncoderArchitecture.embeddingChannels
      return Array(embeddings[start..<start + EncoderArchitecture.embeddingChannels])
    }
    let picture = first.fitted(longest: work.options.longestSide)
    source = (first.width, first.height)
    shown = (picture.width, picture.height)
    var canvas = Canvas(picture)
    canvas.drawCross(
      at: PicturePoint(x: Double(query.x), y: Double(query.y))
        .scaled(
          x: Double(picture.width) / Double(first.width), y: Double(picture.height) / Double(first.height)))
    queryPicture = canvas.image
    self.cell = cell
    self.encoder = encoder
    self.query = query
    name = work.frames.name
  }

  /// Looks in a frame; the next search with a radius is around what is found.
  mutating func find(in image: RGBImage, index: Int) throws -> Found {
    let grid = encoder.grid
    let reach = query.radius.map { CorrespondenceMap.Reach.window(centre: cell, radius: $0) } ?? .wholeFrame
    let map = try encoder.withEmbeddings(of: image, index: index) { [embedding, query] in
      CorrespondenceMap(
        query: embedding, embeddings: $0, gridHeight: grid.height, gridWidth: grid.width, reach: reach,
        temperature: query.temperature)
    }
    cell = map.best
    let weight = Double(map.weights[map.best.row * grid.width + map.best.column])
    let match = MatchVisualisation.Match(frame: index, point: middle(of: map.best, in: source), weight: weight)
    let frame = image.resized(width: source.width, height: source.height).reduced(
      width: shown.width, height: shown.height)
    var canvas = Canvas(HeatOverlay().render(frame, map: map, encoded: encoder.encoded))
    canvas.drawCross(at: middle(of: map.best, in: shown))
    return Found(match: match, picture: canvas.image)
  }

  /// The pixel's frame and a found one side by side, with labels.
  func pair(_ found: Found) -> RGBImage {
    var (left, right) = (Canvas(queryPicture), Canvas(found.picture))
    left.drawLabel("\(name)  frame \(query.frame)  pixel \(query.x),\(query.y)")
    right.drawLabel(found.match.caption)
    return Panels.sideBySide([left.image, right.image])
  }

  /// Middle of a cell in a picture of a size; inside of it, also where the last cell sticks out.
  private func middle(of cell: CorrespondenceMap.Cell, in size: (width: Int, height: Int)) -> PicturePoint {
    let stride = Double(EncoderArchitecture.stride)
    let encoded = PicturePoint(
      x: (Double(cell.column) + 0.5) * stride - 0.5, y: (Double(cell.row) + 0.5) * stride - 0.5)
    let point = encoded.scaled(
      x: Double(size.width) / Double(encoder.encoded.width), y: Double(size.height) / Double(encoder.encoded.height))
    return PicturePoint(x: min(Double(size.width - 1), point.x), y: min(Double(size.height - 1), point.y))
  }
}
