import Foundation
import HTTPServer

/// The token that a client shows.
public enum ClientToken {
  /// The first token in a file: a line that is a token and nothing else, or `SCOPE:TOKEN` as in the daemon's own file.
  ///
  /// - Throws: `ClientError.badTokenFile`.
  public static func read(path: String) throws(ClientError) -> String {
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw .badTokenFile(path: path, reason: "it cannot be read as text")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    guard let line = lines.first(where: { !$0.isEmpty && !$0.hasPrefix("#") }) else {
      throw .badTokenFile(path: path, reason: "it is empty")
    }
    let halves = line.split(separator: ":", maxSplits: 1)
    let hasScope = halves.count == 2 && AccessScope(rawValue: String(halves[0])) != nil
    let token = hasScope ? String(halves[1]) : line
    guard token.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value < 0x7F }) else {
      throw .badTokenFile(path: path, reason: "its first line is not a token")
    }
    return token
  }
}
