import Crypto
import Foundation

/// The SHA-256 of bytes that arrive in pieces, as the 64 lower-case hexadecimal digits that `sha256sum` prints.
///
///     var digest = FileDigest()
///     digest.update(header)
///     digest.update(tensors)
///     digest.hex   // "9f86d081884c7d65..."
public struct FileDigest {
  private var hash = SHA256()

  /// A digest of no bytes yet.
  public init() {}

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    hash.update(bufferPointer: bytes)
  }

  /// Adds bytes.
  public mutating func update(_ bytes: some ContiguousBytes) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// The digest of all bytes added so far.
  public var hex: String {
    hash.finalize().reduce(into: "") { text, byte in
      text.append(Self.digits[Int(byte >> 4)])
      text.append(Self.digits[Int(byte & 15)])
    }
  }

  /// The digest of `bytes`.
  public static func sha256(of bytes: some ContiguousBytes) -> String {
    var digest = FileDigest()
    digest.update(bytes)
    return digest.hex
  }

  /// The digest of a whole file, read in pieces of one megabyte.
  /// - Throws: the file system's error when the file cannot be read.
  public static func sha256(ofFileAt file: URL) throws -> String {
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    var digest = FileDigest()
    while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
      digest.update(piece)
    }
    return digest.hex
  }

  private static let digits = Array("0123456789abcdef")
}
