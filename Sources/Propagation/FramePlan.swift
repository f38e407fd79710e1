import Media
import Networks

/// How frames and masks of one size come to whole cells, and masks back.
struct FramePlan {
  /// Size of the video.
  let width: Int
  let height: Int
  /// Size at which frames are encoded: whole cells.
  let encodedWidth: Int
  let encodedHeight: Int
  private let inputWidth: Int
  private let inputHeight: Int
  private let pictureMap: PixelMap
  private let maskMap: PixelMap
  private let resultMap: PixelMap

  var gridHeight: Int { encodedHeight / EncoderArchitecture.stride }
  var gridWidth: Int { encodedWidth / EncoderArchitecture.stride }

  /// - Throws: `PropagationError.frameSize` if frames of this size cannot be encoded.
  init(width: Int, height: Int, settings: PropagationSettings) throws {
    (self.width, self.height) = (width, height)
    let input = settings.inputSize.size(width: width, height: height)
    let sides = PropagationSettings.inputSides
    guard sides.contains(width), sides.contains(height), sides.contains(input.width), sides.contains(input.height)
    else { throw PropagationError.frameSize(frame: 0, width: width, height: height) }
    (inputWidth, inputHeight) = (input.width, input.height)
    let fitting = settings.frameFitting
    let encoded = (width: fitting.encodedSide(input.width), height: fitting.encodedSide(input.height))
    (encodedWidth, encodedHeight) = encoded
    pictureMap = PixelMap(
      rows: PixelMap.shifted(from: input.height, to: encoded.height),
      columns: PixelMap.shifted(from: input.width, to: encoded.width))
    maskMap = PixelMap(
      rows: PixelMap.composed(pictureMap.rows, PixelMap.nearest(from: height, to: input.height)),
      columns: PixelMap.composed(pictureMap.columns, PixelMap.nearest(from: width, to: input.width)))
    let shift = fitting.resultShift(encodedWidth: encoded.width)
    resultMap = PixelMap(
      rows: PixelMap.composed(
        PixelMap.nearest(from: input.height, to: height),
        PixelMap.shifted(from: encoded.height, to: input.height)),
      columns: PixelMap.composed(
        PixelMap.nearest(from: input.width, to: width),
        PixelMap.shifted(by: -shift, from: encoded.width, to: input.width)))
  }

  /// The bytes that the encoder takes, `[encodedHeight, encodedWidth, 3]`.
  func encoded(_ frame: RGBImage) -> [UInt8] {
    let input = frame.resized(width: inputWidth, height: inputHeight)
    if inputWidth == encodedWidth && inputHeight == encodedHeight { return input.pixels }
    return pictureMap.apply(input.pixels, width: inputWidth, channels: 3)
  }

  /// A mask of the video's size at the encoder's.
  func encoded(mask: [UInt8]) -> [UInt8] { maskMap.apply(mask, width: width) }

  /// A mask of the encoder's size at the video's.
  func native(mask: [UInt8]) -> [UInt8] { resultMap.apply(mask, width: encodedWidth) }
}

extension PropagationSettings.InputSize {
  /// The size at which frames of a video's size are encoded.
  fileprivate func size(width: Int, height: Int) -> (width: Int, height: Int) {
    switch self {
    case .native: return (width, height)
    case .exactly(let width, let height): return (width, height)
    case .shortSide(let side):
      let short = max(min(width, height), 1)
      func scaled(_ length: Int) -> Int { (2 * length * side + short) / (2 * short) }
      return (scaled(width), scaled(height))
    }
  }
}

extension PropagationSettings.FrameFitting {
  /// Pixels of a side that are encoded.
  fileprivate func encodedSide(_ length: Int) -> Int {
    switch self {
    case .padded: (length + EncoderArchitecture.stride - 1) / EncoderArchitecture.stride * EncoderArchitecture.stride
    case .release: length / 8 * 8
    }
  }

  /// Columns that results are moved to the right.
  fileprivate func resultShift(encodedWidth: Int) -> Int {
    switch self {
    case .padded: 0
    // Source: zlai0/CorrFlow, `benchmark.py`: narrower results get three columns on each side.
    case .release: encodedWidth < 1152 ? 3 : 0
    }
  }
}
