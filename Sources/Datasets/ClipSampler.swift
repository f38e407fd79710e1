import Primitives

/// Which clip is the s-th of a run: each epoch goes through all clips once, in a seeded random order.
///
/// The position of a run in its data is the number of the sample and nothing else, so that a run goes on where it stopped.
public final class ClipSampler: Sendable {
  /// Clips of the dataset, at least 1.
  public let clipCount: Int
  /// The seed of the run.
  public let seed: UInt64
  /// Orders of the epochs that are in use: two at most, as decoding runs ahead over the end of one.
  private let orders = Lock<[Int: [UInt32]]>([:])

  /// - Precondition: `clipCount` is in 1 ..< 2^32.
  public init(clipCount: Int, seed: UInt64) {
    precondition(clipCount > 0 && clipCount < 1 << 32, "a sampler cannot draw from \(clipCount) clips")
    self.clipCount = clipCount
    self.seed = seed
  }

  /// Index, in `0 ..< clipCount`, of the clip that is sample number `sample` of the run, from 0.
  public func clip(ofSample sample: Int) -> Int {
    precondition(sample >= 0, "samples are numbered from 0, got \(sample)")
    let (epoch, place) = sample.quotientAndRemainder(dividingBy: clipCount)
    return orders.withLock { orders in
      if let order = orders[epoch] { return Int(order[place]) }
      let order = shuffled(epoch: epoch)
      orders = orders.filter { abs($0.key - epoch) == 1 }
      if orders.count > 1 { orders.removeAll() }
      orders[epoch] = order
      return Int(order[place])
    }
  }

  /// Fisher and Yates' shuffle.
  private func shuffled(epoch: Int) -> [UInt32] {
    var random = CounterRandom(seed: seed, purpose: .clipOrder, index: UInt64(epoch))
    var order = [UInt32](0..<UInt32(clipCount))
    for last in stride(from: clipCount - 1, to: 0, by: -1) {
      order.swapAt(last, random.integer(below: last + 1))
    }
    return order
  }
}
