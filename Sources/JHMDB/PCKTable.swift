import Foundation

/// A score as text of fixed columns.
public enum PCKTable {
  /// A row a joint, then the mean, then the strict mean.
  ///
  /// - Returns: lines without a newline at the end.
  public static func text(_ summary: PCKSummary) -> String {
    let heading = ["joint"] + PCKScore.thresholds.map { "PCK@\($0)" } + ["samples", "dropped"]
    var rows = [heading]
    for joint in summary.joints {
      rows.append([joint.name] + joint.pck.map(percent) + [String(joint.samples), String(joint.dropped)])
    }
    rows.append(["mean"] + summary.mean.map(percent) + [String(summary.samples), String(summary.dropped)])
    rows.append(["strict mean"] + summary.strictMean.map(percent) + [String(summary.samples + summary.dropped), "0"])
    return lines(rows)
  }

  /// A row a video: PCK at 0.1 and 0.2, the strict one at 0.1, samples and dropped joints.
  public static func text(_ videos: [PCKReport.Video]) -> String {
    var rows = [["video", "frames", "PCK@0.1", "PCK@0.2", "strict@0.1", "samples", "dropped"]]
    for video in videos {
      let score = video.score
      rows.append(
        [video.name, String(video.frames), percent(score.mean[0]), percent(score.mean[1])]
          + [percent(score.strictMean[0]), String(score.samples), String(score.dropped)])
    }
    return lines(rows)
  }

  private static func percent(_ value: Double?) -> String {
    value.map { String(format: "%.1f", $0) } ?? "-"
  }

  /// The first column to the left, the others to the right.
  private static func lines(_ rows: [[String]]) -> String {
    let columns = rows.first?.indices ?? 0..<0
    let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      columns.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + padding : padding + row[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
