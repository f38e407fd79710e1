import Foundation

/// What the system says of its memory.
enum SystemMemory {
  /// Bytes that a program can still take without swapping; nil where the system does not tell.
  static func availableBytes() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
    return availableBytes(meminfo: text)
  }

  /// `MemAvailable` of the text of /proc/meminfo (proc(5)), in bytes.
  static func availableBytes(meminfo text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}
