/// Brings each channel of `[cells, channels]` to 0...1: its minimum is subtracted, and it is divided by its maximum.
///
/// Channels that sum to 0 stay as they are; one that is the same everywhere becomes 0. Source: TimeCycle and its successors,
/// `test_davis.py`.
func normaliseChannels(_ labels: inout [Float], channels: Int) {
  labels.withUnsafeMutableBufferPointer { labels in
    for channel in 0..<channels {
      var (lowest, highest, sum) = (Float.infinity, -Float.infinity, 0.0)
      for index in stride(from: channel, to: labels.count, by: channels) {
        lowest = min(lowest, labels[index])
        highest = max(highest, labels[index])
        sum += Double(labels[index])
      }
      guard sum != 0 else { continue }
      let range = highest - lowest
      for index in stride(from: channel, to: labels.count, by: channels) {
        labels[index] = range > 0 ? (labels[index] - lowest) / range : 0
      }
    }
  }
}
