import Foundation

/// A 26-character identifier that sorts by the time it was made: 48 bits of milliseconds, then 80 random bits, in
/// Crockford's base 32 (`^[0-9A-HJKMNP-TV-Z]{26}$`).
///
///     var random = SystemRandomNumberGenerator()
///     let id = ULID(time: Date(), random: &random)   // 01J9ZC2T5Q7W8V5R3K4N6M1P0A
///
/// The layout is that of the ULID specification (github.com/ulid/spec). Two identifiers of the same millisecond sort by
/// their random part: the order of creation is kept by columns of the store, not by the identifier.
public struct ULID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The 26 characters, upper case.
  public let text: String

  /// - Parameters:
  ///   - time: when the thing was made; before 1970 counts as 1970.
  ///   - random: where the 80 random bits come from.
  public init(time: Date, random: inout some RandomNumberGenerator) {
    let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1000))
    var characters: [UInt8] = []
    for shift in stride(from: 45, through: 0, by: -5) {
      characters.append(Self.alphabet[Int((milliseconds >> UInt64(shift)) & 31)])
    }
    for _ in 0..<16 {
      characters.append(Self.alphabet[Int(random.next() >> 59)])
    }
    text = String(decoding: characters, as: UTF8.self)
  }

  /// Nil unless `text` is a ULID as this type writes it.
  public init?(_ text: String) {
    let characters = Array(text.utf8)
    guard characters.count == 26, characters[0] <= UInt8(ascii: "7"), characters.allSatisfy(Self.alphabet.contains)
    else { return nil }
    self.text = text
  }

  /// For a column that the store itself wrote.
  init(stored text: String) {
    self.text = text
  }

  /// The 26 characters.
  public var description: String { text }

  /// Older before newer.
  public static func < (left: ULID, right: ULID) -> Bool {
    left.text < right.text
  }

  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}

extension ULID: Codable {
  /// Decodes the 26 characters.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = ULID(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "'\(text)' is not an identifier: 26 characters of 0-9 and A-Z without I, L, O, U")
    }
    self = id
  }

  /// Encodes the 26 characters.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
