import Foundation
import Glibc

/// Text for people at a terminal.
enum TerminalText {
  /// The text without what a terminal would obey: names and messages come from elsewhere.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let isControl = scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
          let isObeyed = isControl || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
          return isObeyed ? "\u{FFFD}" : scalar
        }))
  }

  /// The beginning of a text that is too long, with a sign that there was more.
  static func shortened(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
  }

  /// `4.1 kB`, `63.6 MB`: units of a thousand.
  static func bytes(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["B", "kB", "MB", "GB", "TB"] {
      if value < 999.5 || unit == "TB" { return String(format: unit == "B" ? "%.0f %@" : "%.1f %@", value, unit) }
      value /= 1000
    }
    return "\(count) B"
  }

  /// A number with as many digits as say something.
  static func number(_ value: Double?) -> String {
    guard let value else { return "-" }
    let magnitude = abs(value)
    if value == value.rounded(), magnitude < 1e7 { return String(format: "%.0f", value) }
    return String(format: magnitude >= 1e5 || magnitude < 1e-3 ? "%.3e" : magnitude >= 100 ? "%.1f" : "%.4f", value)
  }

  /// `2026-11-23 17:08:27`, in UTC as the daemon says it.
  static func time(_ text: String?) -> String {
    text.map { String($0.prefix(19)).replacing("T", with: " ") } ?? "-"
  }
}

/// Columns of text.
struct TextTable {
  /// A column.
  struct Column {
    var title: String
    /// Whether its cells end at the same place, as numbers do.
    var isNumeric = false
    /// The most characters of a cell.
    var width = Int.max
  }

  let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row, a cell for each column.
  mutating func add(_ cells: [String]) {
    rows.append(
      zip(columns, cells).map { column, cell in
        TerminalText.shortened(TerminalText.printable(cell).replacing("\n", with: " "), to: column.width)
      })
  }

  /// The table with its titles; no blanks at the ends of lines.
  var text: String {
    let all = [columns.map(\.title)] + rows
    let widths = columns.indices.map { index in all.map { $0[index].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { index in
        let blanks = String(repeating: " ", count: widths[index] - row[index].count)
        return columns[index].isNumeric ? blanks + row[index] : row[index] + blanks
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// Two columns without titles: names and what they stand for.
  static func pairs(_ pairs: [(String, String)]) -> String {
    let width = pairs.map(\.0.count).max() ?? 0
    return pairs.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + TerminalText.printable(value)
    }.joined(separator: "\n")
  }
}

/// The terminal that standard output is.
struct Terminal {
  /// Whether there is one.
  let isTerminal: Bool
  /// Whether it shows braille.
  let isUnicode: Bool

  /// - Parameter environment: the process's; the locale is looked at.
  init(environment: [String: String]) {
    isTerminal = isatty(STDOUT_FILENO) == 1 && environment["TERM"] != "dumb"
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    isUnicode = locale.lowercased().contains("utf")
  }

  /// Its size as it is now: columns and lines.
  var size: (width: Int, height: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
