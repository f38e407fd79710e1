import DAVIS

/// The scores of a set for people: a row an object, a row for all, and CorrFlow's own number set apart.
struct ScoreTable {
  let report: DAVISReport
  let precision: DAVISReport.Precision

  /// Lines without a newline at the end.
  var text: String {
    var lines = aligned([["object", "J mean", "recall", "decay", "F mean", "recall", "decay"]] + rows)
    lines.insert(String(repeating: "-", count: lines[0].count), at: lines.count - 1)
    let count = report.objects.count
    lines += [
      "",
      "J&F mean \(precision.text(report.global.mean))  "
        + "(set \(report.set), \(report.sequences.count) sequences, \(count) objects, decay rule: \(report.decay.rawValue))",
    ]
    if let preliminary = report.preliminary { lines.append(line(of: preliminary)) }
    return (lines + report.notes.map { "note: \($0)" }).joined(separator: "\n")
  }

  private var rows: [[String]] {
    report.objects.map { [$0.name] + cells($0.region) + cells($0.contour) }
      + [["all objects"] + cells(report.global.region) + cells(report.global.contour)]
  }

  private func cells(_ statistics: ScoreStatistics) -> [String] {
    [statistics.mean, statistics.recall, statistics.decay].map { $0.isNaN ? "-" : precision.text($0) }
  }

  private func line(of preliminary: PreliminaryScore) -> String {
    "preliminary J&F mean \(precision.text(preliminary.mean)), J \(precision.text(preliminary.region)), "
      + "F \(precision.text(preliminary.contour))  (CorrFlow's own average over \(preliminary.frameCount) frames; "
      + "not comparable with the official one)"
  }

  /// Cells under each other: names to the left, numbers to the right.
  private func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + padding : padding + row[column]
      }.joined(separator: "  ")
    }
  }
}
