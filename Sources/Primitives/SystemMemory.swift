import Foundation

/// What the system says of its memory.
public enum SystemMemory {
  /// Bytes that a program can still take without swapping; nil where the system does not tell.
  public static func availableBytes() -> Int? {
    bytes()["MemAvailable"].map { Int($0) }
  }

  /// `MemAvailable` of the text of /proc/meminfo, in bytes.
  public static func availableBytes(meminfo text: String) -> Int? {
    bytes(meminfo: text)["MemAvailable"].map { Int($0) }
  }

  /// Bytes by the names of /proc/meminfo (proc(5)), such as "MemTotal"; empty where the system does not tell.
  public static func bytes() -> [String: Int64] {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return [:] }
    return bytes(meminfo: text)
  }

  private static func bytes(meminfo text: String) -> [String: Int64] {
    var values: [String: Int64] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, let kilobytes = Int64(words[1]) else { continue }
      values[String(words[0].dropLast())] = kilobytes * 1024
    }
    return values
  }
}
