/// A canonical Huffman code of DEFLATE, as one table over the next bits of the input.
struct HuffmanCode {
  /// Bits that the table is indexed by: the longest code's length.
  let indexBits: Int
  /// Symbol times 16, plus the length of its code in bits; 0 where no code is.
  let table: [UInt16]

  /// - Parameter lengths: the length of each symbol's code in bits, 0 to 15; 0 for none.
  /// - Throws: when there are more codes of some length than fit. Codes that leave gaps are let through: falling into a gap
  ///   is an error of whoever does.
  init(lengths: ArraySlice<UInt8>) throws(InflateFault) {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    var next = [Int](repeating: 0, count: 16)
    for length in 1...15 {
      next[length] = (next[length - 1] + counts[length - 1]) << 1
      guard next[length] + counts[length] <= 1 << length else {
        throw InflateFault(reason: "its compressed data has an impossible code")
      }
    }
    indexBits = max(counts.lastIndex { $0 > 0 } ?? 1, 1)
    var table = [UInt16](repeating: 0, count: 1 << indexBits)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let code = Self.reversed(next[Int(length)], bits: Int(length))
      next[Int(length)] += 1
      for index in stride(from: code, to: table.count, by: 1 << Int(length)) {
        table[index] = UInt16(symbol) << 4 | UInt16(length)
      }
    }
    self.table = table
  }

  /// The code of literals and lengths that a block uses when it brings none (RFC 1951, 3.2.6).
  static let fixedLiterals = fixed(
    Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112) + Array(repeating: 7, count: 24)
      + Array(repeating: 8, count: 8))

  /// The code of distances that a block uses when it brings none.
  static let fixedDistances = fixed(Array(repeating: 5, count: 30))

  private static func fixed(_ lengths: [UInt8]) -> HuffmanCode {
    do {
      return try HuffmanCode(lengths: lengths[...])
    } catch {
      preconditionFailure("the codes of the DEFLATE specification are possible")
    }
  }

  /// Codes are sent from their highest bit on, everything else from its lowest.
  private static func reversed(_ code: Int, bits: Int) -> Int {
    Int(UInt16(code).bitReversed >> UInt16(16 - bits))
  }
}

extension UInt16 {
  fileprivate var bitReversed: UInt16 {
    var value = self
    value = value >> 1 & 0x5555 | (value & 0x5555) << 1
    value = value >> 2 & 0x3333 | (value & 0x3333) << 2
    value = value >> 4 & 0x0F0F | (value & 0x0F0F) << 4
    return value.byteSwapped
  }
}
