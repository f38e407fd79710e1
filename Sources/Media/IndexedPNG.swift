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
    try checkHeader(bytes, path)
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

  /// Says what is wrong in terms of PNG before libav turns colours into something else.
  private static func checkHeader(_ bytes: [UInt8], _ path: String) throws(MediaError) {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    guard bytes.starts(with: signature) else { throw .unreadable(path: path, reason: "not a PNG file") }
    guard bytes.count >= 33 else { throw .unreadable(path: path, reason: "the PNG file ends within its header") }
    func integer(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    let width = integer(16)
    let height = integer(20)
    guard width > 0 && height > 0 else { throw .unreadable(path: path, reason: "its size is \(width)x\(height)") }
    guard width <= 16384 && height <= 16384 else { throw .tooLarge(path: path, width: width, height: height) }
    switch bytes[25] {
    case 3: return
    case 0: throw .badIndexedImage(path: path, reason: "this PNG has grey levels, not a palette")
    case 2: throw .badIndexedImage(path: path, reason: "this PNG has RGB colours, not a palette")
    case 4, 6: throw .badIndexedImage(path: path, reason: "this PNG has an alpha channel, not a palette")
    default: throw .unreadable(path: path, reason: "unknown PNG colour type \(bytes[25])")
    }
  }

  private static func decode(_ bytes: [UInt8], _ path: String) throws(MediaError) -> IndexedImage {
    av_log_set_level(AV_LOG_QUIET)  // Errors travel in `MediaError`.
    guard let codec = avcodec_find_decoder(AV_CODEC_ID_PNG) else {
      throw .unsupportedCodec(path: path, codec: "png")
    }
    var context = avcodec_alloc_context3(codec)
    defer { avcodec_free_context(&context) }
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    var frame = av_frame_alloc()
    defer { av_frame_free(&frame) }
    guard let context, let packet, let frame, av_new_packet(packet, Int32(bytes.count)) == 0 else {
      throw .exhausted(path: path, reason: "no memory for a decoder")
    }
    bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress {
        packet.pointee.data.update(from: start, count: source.count)
      }
    }
    context.pointee.thread_count = 1
    context.pointee.err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE
    try check(avcodec_open2(context, codec, nil), path)
    try check(avcodec_send_packet(context, packet), path)
    try check(avcodec_receive_frame(context, frame), path)
    guard frame.pointee.format == AV_PIX_FMT_PAL8.rawValue else {
      throw .badIndexedImage(path: path, reason: "libav decodes it to colours")
    }
    return image(from: frame)
  }

  private static func image(from frame: UnsafeMutablePointer<AVFrame>) -> IndexedImage {
    let width = Int(frame.pointee.width)
    let height = Int(frame.pointee.height)
    var indices: [UInt8] = []
    indices.reserveCapacity(width * height)
    if let rows = frame.pointee.data.0 {
      for row in 0..<height {
        indices += UnsafeBufferPointer(start: rows + row * Int(frame.pointee.linesize.0), count: width)
      }
    }
    var palette: [UInt8] = []
    frame.pointee.data.1?.withMemoryRebound(to: UInt32.self, capacity: 256) { entries in
      for id in 0..<256 {
        palette += [UInt8(entries[id] >> 16 & 255), UInt8(entries[id] >> 8 & 255), UInt8(entries[id] & 255)]
      }
    }
    return IndexedImage(width: width, height: height, indices: indices, palette: palette)
  }

  private static func check(_ code: Int32, _ path: String) throws(MediaError) {
    if code < 0 {
      throw .unreadable(path: path, reason: "damaged or cut off: \(Libav.message(code))")
    }
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
