import CFFmpeg

/// PNG files with a palette: the format of DAVIS masks, in which a pixel's value is an object's id.
///
/// Reading gives the numbers that are stored, not the colours they are shown in.
public enum IndexedPNG {
  /// The largest file that is read, in bytes; a 4K mask has well under one megabyte.
  static let byteLimit = 256 << 20

  /// Writes a mask with 8 bits a pixel. The file appears under its name only when it is whole.
  ///
  /// - Throws: `badRequest` for a picture without pixels, `cannotCreate`, `encodingFailed`.
  public static func write(_ image: IndexedImage, to path: String) throws(MediaError) {
    guard image.width > 0 && image.height > 0 else {
      throw .badRequest(path: path, reason: "a picture of \(image.width)x\(image.height) has nothing to write")
    }
    let frame = try OwnedFrame(width: image.width, height: image.height, format: AV_PIX_FMT_PAL8, path: path)
    copy(image, into: frame.frame)
    try AtomicOutput.write(StillEncoder.encode(frame, codec: AV_CODEC_ID_PNG, quantiser: nil, path: path), to: path)
  }

  /// Reads a mask with 1, 2, 4 or 8 bits a pixel.
  ///
  /// - Throws: `notFound`, `cannotOpen`, `notAFile`, `emptyFile`, `tooLarge`, `unreadable` for a damaged or cut-off file and
  ///   for what is no PNG, `badIndexedImage` for a PNG of colours instead of numbers.
  public static func read(path: String) throws(MediaError) -> IndexedImage {
    let bytes = try SourceFile(path: path).bytes(limit: byteLimit)
    return try decode(bytes, path)
  }

  private static func copy(_ image: IndexedImage, into frame: UnsafeMutablePointer<AVFrame>) {
    guard let rows = frame.pointee.data.0, let palette = frame.pointee.data.1 else { return }
    let stride = Int(frame.pointee.linesize.0)
    for row in 0..<image.height {
      let line = UnsafeMutableBufferPointer(start: rows + row * stride, count: image.width)
      _ = line.update(fromContentsOf: image.indices[row * image.width..<(row + 1) * image.width])
    }
    palette.withMemoryRebound(to: UInt32.self, capacity: 256) { entries in
      for id in 0..<256 {
        let red = UInt32(image.palette[id * 3])
        let green = UInt32(image.palette[id * 3 + 1])
        let blue = UInt32(image.palette[id * 3 + 2])
        entries[id] = 0xFF00_0000 | red << 16 | green << 8 | blue
      }
    }
  }

  private static func decode(_ bytes: [UInt8], _ path: String) throws(MediaError) -> IndexedImage {
    let chunks = try PNGChunks(bytes, path: path)
    let rows = PNGRows(chunks)
    let unpacked = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: rows.byteCount)
    defer { unpacked.deallocate() }
    do {
      try chunks.data.withUnsafeBufferPointer { data throws(InflateFault) in
        try Inflate.inflate(data, into: unpacked)
      }
    } catch {
      throw PNGChunks.damaged(path, error.reason)
    }
    guard let indices = rows.indices(unpacked) else { throw PNGChunks.damaged(path, "a row has an unknown filter") }
    return IndexedImage(width: chunks.width, height: chunks.height, indices: indices, palette: chunks.palette)
  }
}

extension SourceFile {
  /// The whole file.
  ///
  /// - Parameter limit: a larger file is refused, in bytes.
  fileprivate func bytes(limit: Int) throws(MediaError) -> [UInt8] {
    let size = Int(byteCount)
    if size > limit { throw .unreadable(path: path, reason: "it has \(size) bytes; at most \(limit) are read") }
    var reader = makeReader()
    defer { SourceFile.freeReader(&reader) }
    guard let context = reader else { throw .exhausted(path: path, reason: "no memory for a reader") }
    var got: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialised in
      got = avio_read(context, buffer.baseAddress, CInt(size))
      initialised = max(0, Int(got))
    }
    if got < 0 { throw .cannotOpen(path: path, reason: Libav.message(got)) }
    return bytes
  }
}
