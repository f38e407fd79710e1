/// The parts of a PNG file that its pixels are made of (PNG specification, 5 and 11), with their checksums checked.
struct PNGChunks {
  let width: Int
  let height: Int
  /// Bits a pixel.
  let bitDepth: Int
  /// Whether rows come in seven passes.
  let isInterlaced: Bool
  /// 256 colours, three bytes each; black where the file has none.
  private(set) var palette = [UInt8](repeating: 0, count: 768)
  /// The compressed pixels.
  private(set) var data: [UInt8] = []

  /// The largest width and height that are read.
  static let largestSide = 16384

  /// Takes a file apart.
  ///
  /// - Parameter path: for messages.
  /// - Throws: `unreadable`, `tooLarge`, and `badIndexedImage` for a picture of colours.
  init(_ bytes: [UInt8], path: String) throws(MediaError) {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    guard bytes.starts(with: signature) else { throw .unreadable(path: path, reason: "not a PNG file") }
    guard bytes.count >= 33, Self.name(bytes, at: 12) == "IHDR" else {
      throw .unreadable(path: path, reason: "the PNG file ends within its header")
    }
    width = Self.integer(bytes, at: 16)
    height = Self.integer(bytes, at: 20)
    bitDepth = Int(bytes[24])
    isInterlaced = bytes[28] == 1
    try Self.checkHeader(bytes, width, height, path)
    try readChunks(bytes, path)
  }

  private mutating func readChunks(_ bytes: [UInt8], _ path: String) throws(MediaError) {
    var position = 8
    var hasPalette = false
    while true {
      guard bytes.count - position >= 12, Self.integer(bytes, at: position) <= bytes.count - position - 12 else {
        throw Self.damaged(path, "it ends before its end mark")
      }
      let name = Self.name(bytes, at: position + 4)
      let body = position + 8..<position + 8 + Self.integer(bytes, at: position)
      guard CyclicChecksum.value(bytes[position + 4..<body.upperBound]) == Self.integer(bytes, at: body.upperBound)
      else { throw Self.damaged(path, "the checksum of its part '\(name)' is wrong") }
      switch name {
      case "IEND":
        guard hasPalette else { throw Self.damaged(path, "it has no palette") }
        return
      case "PLTE":
        guard body.count % 3 == 0, body.count <= 768, !body.isEmpty else {
          throw Self.damaged(path, "its palette has \(body.count) bytes")
        }
        palette.replaceSubrange(0..<body.count, with: bytes[body])
        hasPalette = true
      case "IDAT": data += bytes[body]
      case "IHDR": break
      default:
        // A capital first letter marks parts without which a picture is not understood.
        guard bytes[position + 4] & 32 != 0 else { throw Self.damaged(path, "its part '\(name)' is unknown") }
      }
      position = body.upperBound + 4
    }
  }

  /// Says what is wrong in terms of PNG.
  private static func checkHeader(
    _ bytes: [UInt8], _ width: Int, _ height: Int, _ path: String
  ) throws(MediaError) {
    guard width > 0 && height > 0 else { throw .unreadable(path: path, reason: "its size is \(width)x\(height)") }
    guard width <= largestSide && height <= largestSide else {
      throw .tooLarge(path: path, width: width, height: height)
    }
    switch bytes[25] {
    case 3: break
    case 0: throw .badIndexedImage(path: path, reason: "this PNG has grey levels, not a palette")
    case 2: throw .badIndexedImage(path: path, reason: "this PNG has RGB colours, not a palette")
    case 4, 6: throw .badIndexedImage(path: path, reason: "this PNG has an alpha channel, not a palette")
    default: throw .unreadable(path: path, reason: "unknown PNG colour type \(bytes[25])")
    }
    guard [1, 2, 4, 8].contains(bytes[24]), bytes[26] == 0, bytes[27] == 0, bytes[28] < 2 else {
      throw damaged(path, "its header asks for what PNG does not have")
    }
  }

  static func damaged(_ path: String, _ reason: String) -> MediaError {
    .unreadable(path: path, reason: "damaged or cut off: \(reason)")
  }

  private static func integer(_ bytes: [UInt8], at offset: Int) -> Int {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func name(_ bytes: [UInt8], at offset: Int) -> String {
    String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
  }
}

/// The checksum of PNG's parts: CRC-32 with the polynomial 0x04C11DB7, lowest bit first (PNG specification, annex D).
enum CyclicChecksum {
  static func value(_ bytes: ArraySlice<UInt8>) -> Int {
    let checksum = table.withUnsafeBufferPointer { table in
      bytes.reduce(UInt32.max) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8 }
    }
    return Int(~checksum)
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }
}
