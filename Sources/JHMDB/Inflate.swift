import CZlib

/// Unpacks zlib streams, never to more than the caller allows.
enum Inflate {
  /// Unpacks the first `limit` bytes.
  ///
  /// - Returns: fewer bytes when the stream ended before, with the right checksum.
  /// - Throws: `MATDamage` for a stream that is damaged or cut off within these bytes.
  static func inflate(_ packed: ArraySlice<UInt8>, limit: Int) throws(MATDamage) -> [UInt8] {
    var code = Z_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { output, count in
      code = packed.withUnsafeBufferPointer { run($0, into: output, &count) }
    }
    let isUnfinished = code == Z_OK || code == Z_BUF_ERROR
    // A full output is no failure: there may be more, which was not asked for.
    guard code == Z_STREAM_END || isUnfinished && bytes.count == limit else {
      throw MATDamage(isUnfinished ? "its zlib stream is cut off" : "its zlib stream is damaged")
    }
    return bytes
  }

  private static func run(
    _ packed: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
  ) -> CInt {
    var stream = z_stream()
    let start = corrflow_inflate_start(&stream)
    guard start == Z_OK else { return start }
    defer { inflateEnd(&stream) }
    // zlib declares its input mutable, and does not write to it.
    stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
    stream.avail_in = UInt32(clamping: packed.count)
    stream.next_out = output.baseAddress
    stream.avail_out = UInt32(clamping: output.count)
    let code = CZlib.inflate(&stream, Z_FINISH)
    count = output.count - Int(stream.avail_out)
    return code
  }
}
