import Foundation

/// The line that follows a run in the terminal: step, loss, clips a second, time left.
enum ProgressLine {
  /// - Parameters:
  ///   - step: steps done.
  ///   - totalSteps: steps of the run.
  ///   - loss: loss of the last step; nil before the first.
  ///   - clipsPerSecond: speed over the last steps; nil when unknown.
  ///   - etaSeconds: time left; nil when unknown.
  static func text(step: Int, totalSteps: Int, loss: Double?, clipsPerSecond: Double?, etaSeconds: Double?) -> String {
    let width = "\(totalSteps)".count
    let padded = String(repeating: " ", count: max(0, width - "\(step)".count)) + "\(step)"
    return [
      "step \(padded)/\(totalSteps)",
      "loss \(loss.map { decimal($0, digits: 4) } ?? "-")",
      "\(clipsPerSecond.map { decimal($0, digits: 2) } ?? "-") clips/s",
      "ETA \(etaSeconds.map(duration) ?? "-")",
    ].joined(separator: "  ")
  }

  /// Hours, minutes and seconds, with days before them when there are any: `1:02:03`, `3d 04:05:06`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "-" }
    let total = Int(max(0, seconds).rounded())
    let (days, hours, minutes, rest) = (total / 86_400, total / 3600 % 24, total / 60 % 60, total % 60)
    let clock = "\(twoDigits(minutes)):\(twoDigits(rest))"
    return days > 0 ? "\(days)d \(twoDigits(hours)):\(clock)" : "\(hours):\(clock)"
  }

  /// A number with a fixed count of decimals.
  static func decimal(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
