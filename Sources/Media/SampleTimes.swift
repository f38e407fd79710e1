/// When the samples of a video are taken: sample k at `k / rate` seconds after its first frame appears.
struct SampleTimes {
  /// Samples a second.
  let rate: Double

  /// A frame counts as displayed when it is due at most this many seconds later: containers such as Matroska round times
  /// to milliseconds, and the frame of 2/3 s, stored as 0.667, must not miss the sample at 0.6667 s.
  static let toleranceSeconds = 0.001

  /// The moment of sample `index`, in seconds after the first frame.
  func seconds(ofSample index: Int) -> Double { Double(index) / rate }

  /// How many samples lie before `duration` seconds.
  func count(withinSeconds duration: Double) -> Int {
    let samples = duration * rate
    guard samples.isFinite, samples > 0, samples < 1e15 else { return 0 }
    return Int((samples - Self.toleranceSeconds * rate).rounded(.up)).clamped(to: 1...)
  }
}

extension Int {
  fileprivate func clamped(to range: PartialRangeFrom<Int>) -> Int { Swift.max(range.lowerBound, self) }
}
