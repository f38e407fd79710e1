import CKernels
import Networks
import Numerics

/// The grid of 4x4-pixel cells that a batch of clips is compared on.
struct CellGrid {
  let clips: Int
  /// Rows of cells.
  let height: Int
  /// Columns of cells.
  let width: Int
  /// Where each cell looks in the other frame.
  let window: ck_window

  init(shape: ClipBatch.Shape, attention: MethodOptions.Attention) {
    clips = shape.clips
    height = shape.height / EncoderArchitecture.stride
    width = shape.width / EncoderArchitecture.stride
    let (radius, slots): (Int, Int) =
      switch attention {
      case .restricted(let radius): (radius, (2 * radius + 1) * (2 * radius + 1))
      case .full: (-1, height * width)
      }
    // Rows of slots are whole vectors of the widest instruction set.
    window = ck_window(
      height: Int32(height), width: Int32(width), radius: Int32(radius),
      slot_stride: Int32(pieceCount(of: slots, size: 16) * 16))
  }

  var cells: Int { height * width }
  var slotStride: Int { Int(window.slot_stride) }
  /// Floats of one attention map of all clips.
  var mapCount: Int { clips * cells * slotStride }
  /// Floats of the labels of one frame of all clips.
  var labelCount: Int { clips * cells * ColourCentroids.count }
  /// Pixels of one frame of all clips.
  var pixelCount: Int { clips * pixelsPerFrame }
  var pixelsPerFrame: Int { cells * EncoderArchitecture.stride * EncoderArchitecture.stride }

  func labelOffset(clip: Int) -> Int { clip * cells * ColourCentroids.count }

  func embeddingOffset(frame: Int, clip: Int) -> Int {
    (frame * clips + clip) * cells * EncoderArchitecture.embeddingChannels
  }

  /// Runs `body` for each row of cells of each clip.
  func overRows(_ name: String, _ body: @escaping (_ clip: Int, _ row: Int32) -> Void) -> Stage {
    let height = height
    return Stage(name, itemCount: clips * height) { item, _ in
      body(item / height, Int32(item % height))
    }
  }
}
