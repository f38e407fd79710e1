import CorrespondenceFlow

/// Batches by number: which is being decoded, which are ready, which is next.
struct BatchQueue {
  let depth: Int
  var isStopped = false
  private var nextToStart = 0
  private var nextToDeliver = 0
  private var ready: [Int: Result<ClipBatch, DatasetError>] = [:]
  private var failure: DatasetError?
  private var spares: [ClipBatch] = []

  init(depth: Int) { self.depth = depth }

  var canStart: Bool { isStopped || nextToStart < nextToDeliver + depth }

  mutating func start() -> (index: Int, spare: ClipBatch?)? {
    guard !isStopped else { return nil }
    defer { nextToStart += 1 }
    return (nextToStart, spares.popLast())
  }

  mutating func finish(_ index: Int, _ result: Result<ClipBatch, DatasetError>) { ready[index] = result }

  var canDeliver: Bool { isStopped || failure != nil || ready[nextToDeliver] != nil }

  mutating func deliver() -> Result<ClipBatch, DatasetError> {
    if let failure { return .failure(failure) }
    guard !isStopped, let result = ready.removeValue(forKey: nextToDeliver) else { return .failure(.stopped) }
    if case .failure(let error) = result { failure = error }
    nextToDeliver += 1
    return result
  }

  mutating func spare(_ batch: ClipBatch) {
    if spares.count < depth { spares.append(batch) }
  }
}
