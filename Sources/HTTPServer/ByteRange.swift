/// What a `Range` header asks of a file of known length (RFC 9110, section 14).
public enum ByteRange: Sendable, Equatable {
  /// No range, or one that this server does not serve (several ranges, another unit, malformed): the whole file.
  case whole
  /// Bytes `offset ..< offset + count`; never empty.
  case part(offset: Int64, count: Int64)
  /// Nothing of what is asked exists: 416.
  case unsatisfiable

  /// Reads a `Range` header: `bytes=0-99`, `bytes=100-`, `bytes=-100`.
  public init(header: String?, byteCount: Int64) {
    self = .whole
    guard let header, header.lowercased().hasPrefix("bytes=") else { return }
    let ends = String(header.dropFirst(6)).trimmingBlanks
      .split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy(\.isASCIIDigit) }) else { return }
    switch (ends[0].isEmpty, ends[1].isEmpty) {
    case (true, true): return
    case (true, false): self = Self.suffix(Self.clamped(ends[1]), of: byteCount)
    case (false, true): self = Self.part(from: Self.clamped(ends[0]), through: byteCount - 1, of: byteCount)
    case (false, false):
      let (first, last) = (Self.clamped(ends[0]), Self.clamped(ends[1]))
      if first <= last { self = Self.part(from: first, through: min(last, byteCount - 1), of: byteCount) }
    }
  }

  /// A decimal that may be too long for 64 bits; no file is that long, so the largest number stands for it.
  private static func clamped(_ digits: String) -> Int64 { Int64(digits) ?? Int64.max }

  private static func part(from first: Int64, through last: Int64, of byteCount: Int64) -> ByteRange {
    first < byteCount ? .part(offset: first, count: last - first + 1) : .unsatisfiable
  }

  private static func suffix(_ count: Int64, of byteCount: Int64) -> ByteRange {
    guard count > 0, byteCount > 0 else { return .unsatisfiable }
    let count = min(count, byteCount)
    return .part(offset: byteCount - count, count: count)
  }
}
