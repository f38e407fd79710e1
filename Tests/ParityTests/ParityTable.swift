import Foundation

/// The worst error of each quantity of one case.
struct ParityTable {
  struct Row {
    let quantity: String
    var count = 0
    /// Of the item that comes closest to its tolerance, or exceeds it most.
    var error = 0.0
    var tolerance = 0.0
    var item = ""

    var passes: Bool { count == 0 || error <= tolerance }
  }

  private(set) var rows: [Row] = []
  /// Keys of the fixture that no check understands.
  var ignored: [String] = []

  mutating func record(_ quantity: String, item: String, error: Double, tolerance: Double) {
    // Not a number compares as neither better nor worse; it is the worst.
    let error = error.isNaN ? .infinity : error
    let index = rows.firstIndex { $0.quantity == quantity } ?? rows.count
    if index == rows.count { rows.append(Row(quantity: quantity)) }
    rows[index].count += 1
    let isWorse = error * rows[index].tolerance > rows[index].error * tolerance
    if rows[index].count == 1 || isWorse {
      (rows[index].error, rows[index].tolerance, rows[index].item) = (error, tolerance, item)
    }
  }

  func text(title: String, seconds: Double) -> String {
    func column(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    func number(_ value: Double) -> String { String(format: "%.1e", value) }
    var lines = ["parity: \(title) (\(String(format: "%.1f", seconds)) s)"]
    for row in rows {
      lines.append(
        "  " + column(row.quantity, 36) + column("\(row.count)", 6) + column(number(row.error), 10) + "<= "
          + column(number(row.tolerance), 9) + (row.passes ? "" : "FAILS ") + row.item)
    }
    if !ignored.isEmpty { lines.append("  not understood: \(ignored.sorted().joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }
}
