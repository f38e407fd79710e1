/// PNG files byte by byte, for kinds that our writer does not make. The picture data is stored, not compressed.
struct HandmadePNG {
  var width: Int
  var height: Int
  var bitDepth: UInt8
  /// 0 grey, 2 RGB, 3 palette, 6 RGB and alpha.
  var colourType: UInt8
  /// The bytes of each row, without the filter byte.
  var rows: [[UInt8]]
  /// Three bytes a colour; none for no palette.
  var palette: [UInt8] = []
  /// The filter of each row; 0 where there are fewer.
  var filters: [UInt8] = []
  /// 1 for rows in seven passes, which `rows` holds one after another.
  var interlacing: UInt8 = 0
  /// Instead of `rows`: the whole zlib stream.
  var compressed: [UInt8]?
  /// Parts before the picture data, by name.
  var extraChunks: [(name: String, body: [UInt8])] = []

  var bytes: [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    bytes += chunk("IHDR", big(UInt32(width)) + big(UInt32(height)) + [bitDepth, colourType, 0, 0, interlacing])
    if !palette.isEmpty { bytes += chunk("PLTE", palette) }
    for extra in extraChunks { bytes += chunk(extra.name, extra.body) }
    let filtered = rows.enumerated().flatMap { [filters.indices.contains($0) ? filters[$0] : 0] + $1 }
    bytes += chunk("IDAT", compressed ?? stored(filtered))
    return bytes + chunk("IEND", [])
  }

  private func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let covered = Array(name.utf8) + body
    return big(UInt32(body.count)) + covered + big(crc(covered))
  }

  /// A zlib stream of one stored block.
  private func stored(_ data: [UInt8]) -> [UInt8] {
    let length = UInt16(data.count)
    let sizes = [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
    var low: UInt32 = 1
    var high: UInt32 = 0
    for byte in data {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    return [0x78, 0x01, 0x01] + sizes + data + big(high << 16 | low)
  }

  private func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }

  private func crc(_ data: [UInt8]) -> UInt32 {
    ~data.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
  }
}
