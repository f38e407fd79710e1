import CKernels
import Glibc

/// A fixed block of float32 that one owner allocates once, aligned to 64 bytes and zeroed.
///
/// All numbers of a run live in such blocks: parameters, gradients, activations. Large blocks are mappings of their own, so
/// that a finished run gives its memory back at once, and ask the kernel for huge pages, which saves the address
/// translations of long strided walks.
public final class FloatBlock: @unchecked Sendable {
  /// First float; 64-byte aligned.
  public let pointer: UnsafeMutablePointer<Float>
  /// Floats in the block.
  public let count: Int

  /// Bytes from which on a block is a mapping of its own.
  private static let mappedBytes = 1 << 20
  private static let hugePage = 1 << 21

  /// Allocates `count` zeros.
  ///
  /// Running out of memory ends the process: the caller checks a step's need before it plans the step
  /// (`MemoryPlan.byteCount` of a dry plan).
  public init(count: Int) {
    precondition(count >= 0, "a FloatBlock holds a non-negative number of floats, got \(count)")
    self.count = count
    let byteCount = Self.byteCount(of: count)
    guard let raw = byteCount >= Self.mappedBytes ? Self.map(byteCount) : Self.allocate(byteCount) else {
      fatalError("out of memory: cannot allocate a block of \(byteCount) bytes")
    }
    // Touches every page: what is planned is there, and not only promised, before a run begins.
    memset(raw, 0, byteCount)
    pointer = raw.assumingMemoryBound(to: Float.self)
  }

  deinit {
    let byteCount = Self.byteCount(of: count)
    if byteCount >= Self.mappedBytes { munmap(pointer, byteCount) } else { free(pointer) }
  }

  private static func byteCount(of count: Int) -> Int { max(count, 16) * MemoryLayout<Float>.stride }

  private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    var raw: UnsafeMutableRawPointer?
    return posix_memalign(&raw, 64, byteCount) == 0 ? raw : nil
  }

  /// A mapping that begins at a huge page, where there are such pages.
  private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let size = byteCount + hugePage
    guard let wide = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), wide != MAP_FAILED
    else { return nil }
    // Cut to what is needed: munmap takes whole pages, and both cuts lie on page boundaries or behind the last one.
    let start = UnsafeMutableRawPointer(wide.alignedUp(toMultipleOf: hugePage))
    if start > wide { munmap(wide, start - wide) }
    let page = sysconf(Int32(_SC_PAGESIZE))
    let end = (start + byteCount).alignedUp(toMultipleOf: page)
    if end < wide + size { munmap(end, wide + size - end) }
    // Advice only: without it everything works, with smaller pages.
    madvise(start, byteCount, MADV_HUGEPAGE)
    return start
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
