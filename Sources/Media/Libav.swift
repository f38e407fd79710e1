import CFFmpeg
import Glibc

/// Names for libav's codes.
enum Libav {
  /// No more input or output.
  static let endOfFile = corrflow_averror_eof()
  /// More input is needed.
  static let tryAgain = corrflow_averror(EAGAIN)
  /// Damaged input.
  static let invalidData = corrflow_averror_invalid_data()
  /// The mark of an unknown timestamp.
  static let noTime = corrflow_no_pts()

  /// What libav says of an error code.
  static func message(_ code: CInt) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    av_strerror(code, &buffer, buffer.count)
    return string(buffer)
  }

  /// What the system says of an `errno`.
  static func systemMessage(_ code: CInt) -> String { message(corrflow_averror(code)) }

  /// The text of a C string, or a question mark for none.
  static func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "?" }

  /// A rational number, or nil for 0/0 and other nonsense.
  static func value(_ ratio: AVRational) -> Double? {
    ratio.num > 0 && ratio.den > 0 ? Double(ratio.num) / Double(ratio.den) : nil
  }

  private static func string(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
