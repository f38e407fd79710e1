import Primitives

/// Writes the text format 0.0.4 that Prometheus reads: each metric once, with its help and type, all its samples together.
///
///     var text = PrometheusText()
///     text.gauge("corrflowd_ready", "Whether the daemon is ready.", 1)
struct PrometheusText {
  /// One sample: labels in the order given, and the value.
  struct Sample {
    var labels: [(name: String, value: String)]
    var value: Double

    init(_ labels: [(name: String, value: String)], _ value: Double) {
      self.labels = labels
      self.value = value
    }
  }

  /// What is written so far; ends with a line break.
  private(set) var text = ""

  /// A number that goes up and down.
  mutating func gauge(_ name: String, _ help: String, _ value: Double) {
    family(name, "gauge", help, [Sample([], value)])
  }

  /// A number that only grows; the name ends in `_total`.
  mutating func counter(_ name: String, _ help: String, _ value: Double) {
    family(name, "counter", help, [Sample([], value)])
  }

  /// A metric with labels; left out when there is no sample.
  mutating func family(_ name: String, _ type: String, _ help: String, _ samples: [Sample]) {
    guard !samples.isEmpty else { return }
    begin(name, type, help)
    for sample in samples { line(name, sample.labels, sample.value) }
  }

  /// Histograms of one name, one for each set of labels.
  mutating func histograms(
    _ name: String, _ help: String, _ histograms: [(labels: [(name: String, value: String)], value: Histogram)]
  ) {
    guard !histograms.isEmpty else { return }
    begin(name, "histogram", help)
    for (labels, histogram) in histograms {
      var total = 0
      for (bound, count) in zip(histogram.bounds, histogram.counts) {
        total += count
        line("\(name)_bucket", labels + [("le", Self.number(bound))], Double(total))
      }
      line("\(name)_bucket", labels + [("le", "+Inf")], Double(histogram.count))
      line("\(name)_sum", labels, histogram.sum)
      line("\(name)_count", labels, Double(histogram.count))
    }
  }

  private mutating func begin(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }
    text += " \(Self.number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    let digits = String(describing: value)
    return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    return quotes ? escaped.replacing("\"", with: "\\\"") : escaped
  }
}
