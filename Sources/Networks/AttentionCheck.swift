import CKernels
import Foundation
import Numerics

/// The attention of the self-test: one row of a small grid, computed by the kernel, and in Double by the definition.
struct AttentionCheck {
  private let kernels: Kernels
  private let target: FloatBlock
  private let reference: FloatBlock

  private static let (height, width, radius, row) = (5, 9, 2, 1)
  private static let channels = EncoderArchitecture.embeddingChannels
  /// Slots of a cell, in whole vectors.
  private static let slotStride = 32

  init(kernels: Kernels) {
    self.kernels = kernels
    target = FloatBlock(count: Self.height * Self.width * Self.channels)
    reference = FloatBlock(count: target.count)
    fillForSelfTest(target, seed: 1)
    fillForSelfTest(reference, seed: 1 << 20)
  }

  /// Distance of a row of weights from softmax over the window of scale * <target(p), reference(q)>.
  func error() -> Double {
    let weights = FloatBlock(count: Self.height * Self.width * Self.slotStride)
    var window = ck_window(
      height: Int32(Self.height), width: Int32(Self.width), radius: Int32(Self.radius),
      slot_stride: Int32(Self.slotStride))
    let scale: Float = 0.5
    kernels.attention_row(
      &window, Int32(Self.row), Int32(Self.channels), scale, target.pointer, reference.pointer, weights.pointer)
    var distance = SelfTestDistance()
    for column in 0..<Self.width {
      let cell = Self.row * Self.width + column
      let scores = (0..<Self.slotStride).map { slot in
        neighbour(of: column, slot: slot).map { Double(scale) * score(cell, $0) }
      }
      let greatest = scores.compactMap { $0 }.max() ?? 0
      let exponentials = scores.map { $0.map { exp($0 - greatest) } ?? 0 }
      let sum = exponentials.reduce(0, +)
      for slot in 0..<Self.slotStride {
        distance.add(weights.pointer[cell * Self.slotStride + slot], expected: exponentials[slot] / sum)
      }
    }
    return distance.relative
  }

  /// The reference cell of a slot, or nil outside the grid and in the padding.
  private func neighbour(of column: Int, slot: Int) -> Int? {
    let side = 2 * Self.radius + 1
    let (y, x) = (Self.row + slot / side - Self.radius, column + slot % side - Self.radius)
    guard slot < side * side, (0..<Self.height).contains(y), (0..<Self.width).contains(x) else { return nil }
    return y * Self.width + x
  }

  private func score(_ cell: Int, _ neighbour: Int) -> Double {
    (0..<Self.channels).reduce(0) {
      $0 + Double(target.pointer[cell * Self.channels + $1]) * Double(reference.pointer[neighbour * Self.channels + $1])
    }
  }
}
