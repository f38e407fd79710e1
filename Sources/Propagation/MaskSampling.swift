import Networks

extension PropagationSettings.MaskSampling {
  /// A map of channel numbers on the grid.
  ///
  /// - Parameters:
  ///   - numbers: the channel of each pixel, whole cells.
  ///   - width: pixels a row.
  ///   - channels: of the labels.
  func labels(_ numbers: [UInt8], width: Int, channels: Int) -> GridLabels {
    let stride = EncoderArchitecture.stride
    let (rows, columns) = (numbers.count / width / stride, width / stride)
    /// The four pixels in the middle of a cell.
    func middle(_ cell: Int) -> [Int] {
      let first = (cell / columns * stride + 1) * width + cell % columns * stride + 1
      return [first, first + 1, first + width, first + width + 1]
    }
    switch self {
    case .nearest:
      return .classes((0..<rows * columns).map { numbers[$0 / columns * stride * width + $0 % columns * stride] })
    case .averagedNumbers:
      return .classes((0..<rows * columns).map { UInt8(middle($0).reduce(0) { $0 + Int(numbers[$1]) } / 4) })
    case .average:
      var labels = [Float](repeating: 0, count: rows * columns * channels)
      for cell in 0..<rows * columns {
        for pixel in middle(cell) { labels[cell * channels + Int(numbers[pixel])] += 0.25 }
      }
      return .distributions(labels)
    }
  }
}
