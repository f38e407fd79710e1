import CZlib

/// Compressed data that cannot be what an encoder wrote.
struct InflateFault: Error, Equatable {
  let reason: String
}

/// Unpacks zlib data whose unpacked size is known.
enum Inflate {
  /// Fills all of `output`; what follows in the data is ignored, as decoders of PNG do.
  ///
  /// - Throws: `InflateFault` when the data is damaged, or ends before `output` is full.
  static func inflate(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(InflateFault) {
    var stream = z_stream()
    guard corrflow_inflate_start(&stream) == Z_OK else { throw InflateFault(reason: "there is no memory to unpack it") }
    defer { inflateEnd(&stream) }
    // zlib declares its input mutable, and does not write to it.
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    stream.avail_in = UInt32(clamping: input.count)
    stream.next_out = output.baseAddress
    stream.avail_out = UInt32(clamping: output.count)
    let code = CZlib.inflate(&stream, Z_FINISH)
    if stream.avail_out == 0, Int(UInt32(clamping: output.count)) == output.count { return }
    throw InflateFault(
      reason: code == Z_DATA_ERROR
        ? "its compressed data is damaged" : "its compressed data ends before the last pixel")
  }
}
