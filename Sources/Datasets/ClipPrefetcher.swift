import CorrespondenceFlow
import Media
import Primitives

/// A clip that could not be decoded, and was replaced by another.
public struct ClipProblem: Sendable, Hashable {
  /// Number of the sample that the clip was for.
  public var sample: Int
  /// The file or folder, relative to the dataset's root.
  public var relativePath: String
  /// What is wrong with it, and what to do about it.
  public var problem: String
}

/// Decodes a run's batches ahead of its steps, on threads of its own.
///
///     let prefetcher = try ClipPrefetcher(catalogue: catalogue, plan: plan, firstSample: 0)
///     let batch = try prefetcher.next()  // waits for it
///     prefetcher.recycle(batch)
///     prefetcher.stop()
///
/// Batch k holds the samples from `firstSample + k * clips` on, and the same bytes whatever the number of threads. A clip that
/// cannot be decoded is replaced by one that is drawn from the seed and the sample's number. At most `depth` batches are
/// decoded ahead; batches that are given back by `recycle` are filled again, so that a run allocates no more.
public final class ClipPrefetcher: Sendable {
  /// Clips of the dataset that samples are drawn from.
  public var clipCount: Int { source.clips.count }

  private let source: BatchSource
  private let queue: Monitor<BatchQueue>
  private let threads: Lock<[WorkerThread]>

  /// Starts decoding.
  ///
  /// - Parameters:
  ///   - catalogue: what to draw clips from.
  ///   - plan: how to make them.
  ///   - firstSample: number of the first sample, from 0: clips that the run has seen already.
  ///   - decoderThreads: batches that are decoded at a time, at least 1.
  ///   - depth: batches that are decoded ahead at most, at least 1.
  ///   - onProblem: told of each clip that was replaced, from the decoding threads.
  /// - Throws: `DatasetError` when the plan cannot be, or the dataset has no clip for it.
  public init(
    catalogue: Catalogue, plan: ClipPlan, firstSample: Int = 0, decoderThreads: Int = 1, depth: Int = 3,
    onProblem: @escaping @Sendable (ClipProblem) -> Void = { _ in }
  ) throws(DatasetError) {
    let source = try BatchSource(catalogue: catalogue, plan: plan, firstSample: firstSample, onProblem: onProblem)
    let queue = Monitor(BatchQueue(depth: max(1, depth)))
    self.source = source
    self.queue = queue
    // One thread is enough; fewer than asked for only take longer.
    let started = (0..<max(1, decoderThreads)).compactMap { _ in
      try? WorkerThread(name: "decoding") { Self.decode(from: source, into: queue) }
    }
    threads = Lock(started)
    guard !started.isEmpty else {
      throw .badPlan(reason: "the system has no thread left to decode on; end some processes")
    }
  }

  deinit { stop() }

  /// The next batch, in the order of the samples; waits until it is decoded.
  ///
  /// - Throws: `DatasetError.stopped` after `stop`; else why no more clips can be had, and again on each later call.
  public func next() throws(DatasetError) -> ClipBatch {
    let result = queue.wait { $0.canDeliver ? $0.deliver() : nil }
    return try result.get()
  }

  /// Gives a batch back, to be filled again.
  public func recycle(_ batch: consuming ClipBatch) {
    guard batch.shape == source.plan.shape else { return }
    let batch = batch
    queue.withLock { $0.spare(batch) }
  }

  /// Ends decoding: threads are done when it returns, and who waits in `next` gets an error. May be called again.
  public func stop() {
    queue.withLock { $0.isStopped = true }
    let ending = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in ending { thread.join() }
  }

  /// The work of one thread.
  private static func decode(from source: BatchSource, into queue: Monitor<BatchQueue>) {
    while let (index, spare) = queue.wait(until: { $0.canStart ? .some($0.start()) : nil }) {
      let result = source.batch(index, reusing: spare) { queue.read { $0.isStopped } }
      queue.withLock { $0.finish(index, result) }
    }
  }
}
