import Foundation

/// Base 64 with the alphabet for URLs and without padding (RFC 4648, section 5).
enum Base64URL {
  static func encode(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// Nil when it is not base 64 of UTF-8.
  static func decode(_ text: String) -> String? {
    // One text for each value: the other alphabet and padding would make further ones.
    guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") }) else {
      return nil
    }
    let standard = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    return Data(base64Encoded: standard + padding).flatMap { String(data: $0, encoding: .utf8) }
  }
}
