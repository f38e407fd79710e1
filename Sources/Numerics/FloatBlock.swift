import CKernels
import Glibc

/// A fixed block of float32 that one owner allocates once, aligned to 64 bytes and zeroed.
///
/// All numbers of a run live in such blocks: parameters, gradients, activations. Blocks of a megabyte or more ask the
/// kernel for huge pages, which saves the address translations of long strided walks.
public final class FloatBlock: @unchecked Sendable {
  /// First float; 64-byte aligned.
  public let pointer: UnsafeMutablePointer<Float>
  /// Floats in the block.
  public let count: Int

  /// Allocates `count` zeros.
  ///
  /// Running out of memory ends the process: the caller checks a step's need before it plans the step
  /// (`MemoryPlan.byteCount` of a dry plan).
  public init(count: Int) {
    precondition(count >= 0, "a FloatBlock holds a non-negative number of floats, got \(count)")
    self.count = count
    let alignment = count >= 1 << 18 ? 1 << 21 : 64
    let byteCount = max(count, 16) * MemoryLayout<Float>.stride
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, alignment, byteCount) == 0, let raw else {
      fatalError("out of memory: cannot allocate a block of \(byteCount) bytes")
    }
    if alignment > 64 {
      // Advice only: without it everything works, with smaller pages.
      madvise(raw, byteCount, 14 /* MADV_HUGEPAGE */)
    }
    memset(raw, 0, byteCount)
    pointer = raw.assumingMemoryBound(to: Float.self)
  }

  deinit {
    free(pointer)
  }

  /// The block as a buffer.
  public var buffer: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: pointer, count: count) }

  /// A copy of the block as an array.
  public var array: [Float] { Array(buffer) }

  /// Overwrites the block. - Precondition: as many values as the block holds.
  public func assign(_ values: some Collection<Float>) {
    precondition(values.count == count, "a block of \(count) floats cannot take \(values.count)")
    _ = buffer.update(from: values)
  }

  /// Overwrites the block with zeros.
  public func zero() {
    memset(pointer, 0, count * MemoryLayout<Float>.stride)
  }
}
