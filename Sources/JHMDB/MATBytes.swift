/// What is wrong with a MAT file, and at which byte.
struct MATDamage: Error, Equatable {
  var what: String

  init(_ what: String) { self.what = what }
}

/// The bytes of a MAT file, or of one of its compressed elements, and the elements in them.
///
/// The format is public: "MAT-File Format", The MathWorks, chapter 1. An element is a tag (type and byte count) and a body
/// that is padded to 8 bytes; a body of 1 to 4 bytes may lie in the tag itself.
struct MATBytes {
  /// A type of elements, by its number in the tag.
  enum ElementType: UInt32 {
    case int8 = 1
    case uint8 = 2
    case int16 = 3
    case uint16 = 4
    case int32 = 5
    case uint32 = 6
    case single = 7
    case double = 9
    case int64 = 12
    case uint64 = 13
    case matrix = 14
    case compressed = 15
    case utf8 = 16
    case utf16 = 17
    case utf32 = 18
  }

  /// A tag, read.
  struct Element {
    var type: ElementType
    /// Where the body lies.
    var body: Range<Int>
    /// Where the next element begins, which may be past the end.
    var next: Int
  }

  let bytes: [UInt8]
  let isBigEndian: Bool
  /// What a byte number counts from, for messages: "", or " of the data unpacked from byte 128".
  let origin: String

  /// The element at `offset`.
  ///
  /// - Parameter end: the end of what encloses it; the body must end there or before.
  func element(at offset: Int, end: Int) throws(MATDamage) -> Element {
    guard offset >= 0, offset + 8 <= end, end <= bytes.count else {
      throw MATDamage("it ends in the middle of the element at \(place(offset))")
    }
    let word: UInt32 = integer(at: offset)
    // A small element: the upper half of the first word is the byte count.
    let isSmall = word >> 16 != 0
    let number = isSmall ? word & 0xFFFF : word
    guard let type = ElementType(rawValue: number) else {
      throw MATDamage("there is no element type \(number), which is at \(place(offset))")
    }
    let count = isSmall ? Int(word >> 16) : Int(integer(at: offset + 4) as UInt32)
    let start = isSmall ? offset + 4 : offset + 8
    guard !isSmall || count <= 4 else {
      throw MATDamage("the small element at \(place(offset)) has \(count) bytes, more than 4")
    }
    guard count <= end - start else {
      throw MATDamage("the element at \(place(offset)) has \(count) bytes, and only \(end - start) follow")
    }
    // Compressed elements follow each other without padding.
    let padding = isSmall ? 4 - count : type == .compressed ? 0 : (8 - count % 8) % 8
    return Element(type: type, body: start..<start + count, next: start + count + padding)
  }

  /// The number at `offset`.
  ///
  /// - Precondition: it lies within the bytes.
  func integer<Value: FixedWidthInteger>(at offset: Int) -> Value {
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    return isBigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
  }

  /// "byte 128", for messages.
  func place(_ offset: Int) -> String { "byte \(offset)\(origin)" }
}
