import Foundation
import Glibc
import Supervision
import Training

extension TrainerClock {
  /// The system's clocks.
  static let system = TrainerClock(
    now: { Date() },
    seconds: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    })
}

extension SupervisorEdge {
  /// The system's clock and randomness.
  static let system = SupervisorEdge(
    now: { Date() },
    random: {
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    })
}
