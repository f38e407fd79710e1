/// The grid of cells on which joints are carried, and how its coordinates relate to pixels.
///
/// Frames are resized to a square, whatever their aspect ratio, and the network has one cell for `stride` x `stride` pixels
/// of it. Neither direction has a half-pixel term.
public struct JointGrid: Sendable, Hashable {
  /// Rows and columns of the resized frames; 320 in the protocol.
  public var inputSize: Int
  /// Pixels of a cell's side: 4 here, 8 in the published numbers of others.
  public var stride: Int

  /// A grid; 80 x 80 cells by default.
  ///
  /// - Precondition: both are positive and `stride` divides `inputSize`.
  public init(inputSize: Int = 320, stride: Int = 4) {
    precondition(
      inputSize > 0 && stride > 0 && inputSize % stride == 0, "no whole cells of \(stride) in \(inputSize) pixels")
    self.inputSize = inputSize
    self.stride = stride
  }

  /// Cells in a row, and rows.
  public var side: Int { inputSize / stride }

  /// Cells.
  public var cellCount: Int { side * side }

  /// Where a place in a frame of `width` x `height` pixels lies on the grid, in cells.
  public func cells(_ pixel: SIMD2<Double>, width: Int, height: Int) -> SIMD2<Double> {
    pixel * Double(inputSize) / SIMD2(Double(width), Double(height)) / Double(stride)
  }

  /// Where a place on the grid lies in a frame of `width` x `height` pixels.
  public func pixel(_ cells: SIMD2<Double>, width: Int, height: Int) -> SIMD2<Double> {
    cells / Double(side) * SIMD2(Double(width), Double(height))
  }
}
