import Primitives
import RunStore

/// Lines of results as JSON and as CSV.
enum JobTable {
  /// Names of all numbers, in the order in which they occur first.
  static func columns(of rows: [JobResultRow]) -> [String] {
    var columns: [String] = []
    var known: Set<String> = []
    for value in rows.lazy.flatMap(\.values) where known.insert(value.name).inserted { columns.append(value.name) }
    return columns
  }

  /// One line; a number that JSON cannot express is null.
  static func json(_ row: JobResultRow) -> JSONValue {
    [
      "sequence": .string(row.sequence), "subject": .text(row.subject),
      "values": .object(Dictionary(row.values.map { ($0.name, .double($0.value)) }) { _, last in last }),
    ]
  }

  /// `sequence,subject,` and the numbers with all their digits; empty where a line has no such number.
  static func csv(_ rows: [JobResultRow]) -> String {
    let columns = columns(of: rows)
    var text = (["sequence", "subject"] + columns).map(MetricExport.quoted).joined(separator: ",") + "\n"
    for row in rows {
      let values = Dictionary(row.values.map { ($0.name, "\($0.value)") }) { _, last in last }
      let fields = [MetricExport.quoted(row.sequence), MetricExport.quoted(row.subject ?? "")]
      text += (fields + columns.map { values[$0] ?? "" }).joined(separator: ",") + "\n"
    }
    return text
  }
}
