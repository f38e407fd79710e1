/// Compressed data that cannot be what an encoder wrote.
struct InflateFault: Error, Equatable {
  let reason: String
}

/// Unpacks zlib data (RFC 1950, RFC 1951) whose unpacked size is known.
///
/// Masks are a few long repetitions. A general-purpose inflater spends its time on short ones; here a repetition is one copy,
/// and a mask is unpacked about ten times faster than by zlib. The checksum over unpacked bytes is left out for the same
/// reason: a PNG file has another one over the packed bytes, which is checked before.
struct Inflater {
  private let input: UnsafeBufferPointer<UInt8>
  private let output: UnsafeMutableBufferPointer<UInt8>
  /// The next byte of the input that is not in `bits`.
  private var position = 0
  /// Bits that are read next, from the lowest on. Above `bitCount` there may be bits that will be read again.
  private var bits: UInt64 = 0
  private var bitCount = 0
  private var produced = 0

  /// Fills all of `output`; what follows in the data is ignored, as decoders of PNG do.
  ///
  /// - Throws: `InflateFault` when the data is damaged, or ends before `output` is full.
  static func inflate(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) throws(InflateFault) {
    var inflater = Inflater(input: input, output: output)
    try inflater.run()
  }

  private init(input: UnsafeBufferPointer<UInt8>, output: UnsafeMutableBufferPointer<UInt8>) {
    self.input = input
    self.output = output
  }

  private mutating func run() throws(InflateFault) {
    refill()
    let (method, flags) = (try take(8), try take(8))
    guard method & 15 == 8, (method << 8 | flags) % 31 == 0, flags & 32 == 0 else {
      throw InflateFault(reason: "its compressed data does not begin as zlib data does")
    }
    var isLast = false
    while produced < output.count {
      guard !isLast else { throw InflateFault(reason: "its compressed data ends before the last pixel") }
      refill()
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try copyStored()
      case 1: try expand(HuffmanCode.fixedLiterals, HuffmanCode.fixedDistances)
      case 2:
        let codes = try readCodes()
        try expand(codes.literals, codes.distances)
      default: throw InflateFault(reason: "its compressed data has a block of unknown kind")
      }
    }
  }

  // MARK: Bits

  /// Takes as many whole bytes as fit: at least 56 bits are there then, unless the input ends.
  private mutating func refill() {
    if position + 8 <= input.count {
      let word = UnsafeRawBufferPointer(input).loadUnaligned(fromByteOffset: position, as: UInt64.self)
      bits |= UInt64(littleEndian: word) << UInt64(bitCount)
      let bytes = (63 - bitCount) >> 3
      position += bytes
      bitCount += bytes * 8
    } else {
      while bitCount <= 56, position < input.count {
        bits |= UInt64(input[position]) << UInt64(bitCount)
        position += 1
        bitCount += 8
      }
    }
  }

  private mutating func take(_ count: Int) throws(InflateFault) -> Int {
    guard count <= bitCount else { throw Self.cutOff }
    let value = Int(bits & (1 << UInt64(count) - 1))
    drop(count)
    return value
  }

  private mutating func drop(_ count: Int) {
    bits >>= UInt64(count)
    bitCount -= count
  }

  private mutating func symbol(_ code: HuffmanCode) throws(InflateFault) -> Int {
    let entry = code.table[Int(truncatingIfNeeded: bits) & (1 << code.indexBits - 1)]
    let length = Int(entry & 15)
    guard length <= bitCount else { throw Self.cutOff }
    guard length > 0 else { throw InflateFault(reason: "its compressed data has a code that stands for nothing") }
    drop(length)
    return Int(entry >> 4)
  }

  private static let cutOff = InflateFault(reason: "its compressed data is cut off")

  // MARK: Blocks

  private mutating func copyStored() throws(InflateFault) {
    drop(bitCount & 7)
    refill()
    let (length, complement) = (try take(16), try take(16))
    guard length == ~complement & 0xFFFF else {
      throw InflateFault(reason: "its compressed data has a block of unclear length")
    }
    position -= bitCount / 8
    (bits, bitCount) = (0, 0)
    let count = min(length, output.count - produced)
    guard count <= input.count - position else { throw Self.cutOff }
    _ = UnsafeMutableBufferPointer(rebasing: output[produced..<produced + count])
      .update(fromContentsOf: UnsafeBufferPointer(rebasing: input[position..<position + count]))
    produced += count
    position += count
  }

  private mutating func expand(_ literals: HuffmanCode, _ distances: HuffmanCode) throws(InflateFault) {
    while produced < output.count {
      refill()
      let value = try symbol(literals)
      if value < 256 {
        output[produced] = UInt8(value)
        produced += 1
      } else if value == 256 {
        return
      } else {
        let length = try extended(value - 257, Self.lengths)
        try repeatOutput(length: length, distance: try extended(try symbol(distances), Self.distances))
      }
    }
  }

  private mutating func extended(_ code: Int, _ table: [(base: Int, bits: Int)]) throws(InflateFault) -> Int {
    guard code < table.count else { throw InflateFault(reason: "its compressed data has an unknown length") }
    return table[code].base + (try take(table[code].bits))
  }

  /// Copies what was put out `distance` bytes ago. The copy may run into itself: then it repeats with that period, and each
  /// piece copied doubles what the next one can take.
  private mutating func repeatOutput(length: Int, distance: Int) throws(InflateFault) {
    guard distance <= produced else { throw InflateFault(reason: "its compressed data refers to before its start") }
    guard let start = output.baseAddress.map({ $0 + produced }) else { return }
    let count = min(length, output.count - produced)
    if distance == 1 {
      start.update(repeating: start[-1], count: count)
    } else {
      var done = 0
      while done < count {
        let piece = min(distance + done, count - done)
        (start + done).update(from: start - distance, count: piece)
        done += piece
      }
    }
    produced += count
  }

  private mutating func readCodes() throws(InflateFault) -> (literals: HuffmanCode, distances: HuffmanCode) {
    let (literalCount, distanceCount, count) = (try take(5) + 257, try take(5) + 1, try take(4) + 4)
    var orderLengths = [UInt8](repeating: 0, count: 19)
    for symbol in Self.lengthOrder.prefix(count) {
      refill()
      orderLengths[symbol] = UInt8(try take(3))
    }
    let code = try HuffmanCode(lengths: orderLengths[...])
    var lengths: [UInt8] = []
    while lengths.count < literalCount + distanceCount {
      refill()
      let value = try symbol(code)
      switch value {
      case 0...15: lengths.append(UInt8(value))
      case 16:
        guard let last = lengths.last else { throw InflateFault(reason: "its compressed data repeats nothing") }
        lengths += Array(repeating: last, count: try take(2) + 3)
      case 17: lengths += Array(repeating: 0, count: try take(3) + 3)
      default: lengths += Array(repeating: 0, count: try take(7) + 11)
      }
    }
    guard lengths.count == literalCount + distanceCount else {
      throw InflateFault(reason: "its compressed data has more codes than it says")
    }
    return (try HuffmanCode(lengths: lengths[..<literalCount]), try HuffmanCode(lengths: lengths[literalCount...]))
  }

  // MARK: Constants (RFC 1951, 3.2.5 and 3.2.7)

  private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  /// 3 to 258: four codes a number of extra bits, and a last one for 258.
  private static let lengths: [(base: Int, bits: Int)] = {
    var table = (0..<8).map { (base: 3 + $0, bits: 0) }
    for code in 8..<28 { table.append((table[code - 1].base + 1 << table[code - 1].bits, code / 4 - 1)) }
    return table + [(base: 258, bits: 0)]
  }()

  /// 1 to 32768: two codes a number of extra bits.
  private static let distances: [(base: Int, bits: Int)] = {
    var table = (0..<4).map { (base: 1 + $0, bits: 0) }
    for code in 4..<30 { table.append((table[code - 1].base + 1 << table[code - 1].bits, code / 2 - 1)) }
    return table
  }()
}
