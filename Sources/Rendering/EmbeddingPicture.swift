import Media

extension EmbeddingPCA {
  /// The colours of a frame's cells, spread smoothly over a picture.
  ///
  /// - Parameters:
  ///   - embeddings: `[grid.height, grid.width, channels]`.
  ///   - grid: rows and columns of cells.
  ///   - encoded: size in pixels of the frame as the network saw it.
  ///   - size: of the picture.
  public func picture(
    of embeddings: UnsafeBufferPointer<Float>, grid: (height: Int, width: Int),
    encoded: (width: Int, height: Int), size: (width: Int, height: Int)
  ) -> RGBImage {
    let upsampling = CellUpsampling(
      grid: grid, encoded: (encoded.height, encoded.width), picture: (size.height, size.width))
    let levels = upsampling.spread(colours(of: embeddings), channels: 3)
    return RGBImage(
      width: size.width, height: size.height, pixels: levels.map { UInt8(min(1, max(0, $0)) * 255 + 0.5) })
  }
}
