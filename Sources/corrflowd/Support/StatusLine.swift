import Foundation

/// A line on the terminal that is written over as things go on; where standard error is no terminal, lines one after another.
///
/// Calls may come from several threads, one at a time.
final class StatusLine: @unchecked Sendable {
  /// Whether standard error is a terminal.
  let isTerminal: Bool
  private let isQuiet: Bool
  private var shownLength = 0

  /// - Parameter isQuiet: nothing is shown.
  init(isQuiet: Bool = false) {
    self.isQuiet = isQuiet
    isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
  }

  /// Shows `text` in place of what was shown last.
  func show(_ text: String) {
    guard !isQuiet else { return }
    guard isTerminal else {
      Self.write(text + "\n")
      return
    }
    let padding = String(repeating: " ", count: max(0, shownLength - text.count))
    Self.write("\r" + text + padding)
    shownLength = text.count
  }

  /// Prints `text` as a line that stays.
  func log(_ text: String) {
    guard !isQuiet else { return }
    end()
    Self.write(text + "\n")
  }

  /// Takes the line away.
  func clear() {
    if shownLength > 0 { Self.write("\r" + String(repeating: " ", count: shownLength) + "\r") }
    shownLength = 0
  }

  /// Leaves the line as it is; what is printed next starts on a new one.
  func end() {
    if shownLength > 0 { Self.write("\n") }
    shownLength = 0
  }

  private static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
