import CKernels
import Numerics
import ReferenceMethod
import Testing

/// A grid and what its cells see of another one.
struct AttentionCase: Sendable, CustomTestStringConvertible {
  var height: Int
  var width: Int
  /// nil: full attention.
  var radius: Int?
  var scale: Float = 1
  /// Embeddings are uniform in +- this.
  var amplitude = 0.5
  /// Whether embeddings are multiples of 1/8, whose products and sums single precision holds exactly.
  var isExact = false

  var testDescription: String {
    let reach = radius.map { "radius \($0)" } ?? "full"
    return "\(height)x\(width), \(reach), scale \(scale), embeddings to \(amplitude)\(isExact ? ", exact" : "")"
  }

  var cells: Int { height * width }
  var slots: Int { radius.map { (2 * $0 + 1) * (2 * $0 + 1) } ?? cells }
  var slotStride: Int { (slots + 15) / 16 * 16 }

  var window: ck_window {
    ck_window(
      height: Int32(height), width: Int32(width), radius: Int32(radius ?? -1), slot_stride: Int32(slotStride))
  }

  var reference: AttentionWindow {
    radius.map { .restricted(height: height, width: width, radius: $0) } ?? .full(height: height, width: width)
  }

  static let all = [
    // The published window: with cells that see all of it, and on a grid no larger than it.
    AttentionCase(height: 15, width: 20, radius: 6),
    AttentionCase(height: 5, width: 7, radius: 6),
    AttentionCase(height: 9, width: 4, radius: 1),
    AttentionCase(height: 3, width: 5, radius: 8),
    AttentionCase(height: 9, width: 13),
    AttentionCase(height: 11, width: 6, radius: 6, scale: 0.125),
    AttentionCase(height: 7, width: 6, scale: 0.125),
    // One cell, one column, one row.
    AttentionCase(height: 1, width: 1, radius: 6),
    AttentionCase(height: 1, width: 1),
    AttentionCase(height: 7, width: 1),
    AttentionCase(height: 1, width: 9, radius: 1),
    // Scores of up to +-80, where softmax picks one cell. They are exact: what is examined is the softmax.
    AttentionCase(height: 14, width: 15, radius: 6, amplitude: 2.75, isExact: true),
    AttentionCase(height: 9, width: 13, amplitude: 2.75, isExact: true),
  ]
}

/// Operands of the attention kernels, and what the reference makes of them.
struct AttentionBench {
  static let channels = 64
  static let labelChannels = 16

  let item: AttentionCase
  let kernels: Kernels
  let target: [Float]
  let reference: [Float]
  let labels: [Float]
  /// Gradient of a copy.
  let copyGradient: [Float]

  init(_ item: AttentionCase, _ set: InstructionSet) {
    self.item = item
    kernels = set.kernels
    func embeddings(seed: UInt64) -> [Float] {
      let values = randomFloats(item.cells * Self.channels, seed: seed, in: -item.amplitude...item.amplitude)
      return item.isExact ? values.map { ($0 * 8).rounded() / 8 } : values
    }
    (target, reference) = (embeddings(seed: 1), embeddings(seed: 2))
    labels = randomFloats(item.cells * Self.labelChannels, seed: 3, in: 0...1)
    copyGradient = randomFloats(item.cells * Self.labelChannels, seed: 4)
  }

  var scale: Double { Double(item.scale) }

  func features(_ values: [Float]) -> DoubleTensor {
    channelsFirst(values, [1, item.height, item.width, values.count / item.cells])
  }

  /// The reference's attention, `[1, slots, cells]`.
  var expectedMap: DoubleTensor {
    Attention.map(target: features(target), reference: features(reference), window: item.reference, scale: scale)
  }

  /// A map as the kernels store it, `[cells, slotStride]`.
  func stored(_ map: DoubleTensor) -> [Float] {
    var values = [Float](repeating: 0, count: item.cells * item.slotStride)
    for slot in 0..<item.slots {
      for cell in 0..<item.cells { values[cell * item.slotStride + slot] = Float(map.data[slot * item.cells + cell]) }
    }
    return values
  }

  /// A stored map as the reference has it. Slots that no cell has must be 0.
  func map(_ stored: [Float]) -> DoubleTensor {
    var map = DoubleTensor([1, item.slots, item.cells])
    var padding: Set<Float> = []
    for cell in 0..<item.cells {
      for slot in 0..<item.slots { map.data[slot * item.cells + cell] = Double(stored[cell * item.slotStride + slot]) }
      padding.formUnion(stored[cell * item.slotStride + item.slots..<(cell + 1) * item.slotStride])
    }
    #expect(padding.isSubset(of: [0]))
    return map
  }

  /// Sets what lies outside the frame to 0, as the clearing of gradients leaves it.
  func inside(_ map: DoubleTensor) -> DoubleTensor {
    var result = map
    for (index, neighbour) in item.reference.neighbours.enumerated() where neighbour < 0 { result.data[index] = 0 }
    return result
  }

  /// Runs `body` for every row of cells.
  func overRows(_ body: (inout ck_window, Int32) -> Void) {
    var window = item.window
    for row in 0..<Int32(item.height) { body(&window, row) }
  }

  /// The weights that the kernel computes.
  func weights() -> [Float] {
    let (target, reference, weights) = (block(target), block(reference), unwritten(item.cells * item.slotStride))
    overRows {
      kernels.attention_row(
        &$0, $1, Int32(Self.channels), item.scale, target.pointer, reference.pointer, weights.pointer)
    }
    return weights.array
  }
}
