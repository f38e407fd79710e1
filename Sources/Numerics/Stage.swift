/// One parallel loop of a step: `itemCount` independent pieces of work.
///
/// Stages are made once, when a step is planned, with all addresses in place; a step is the list of its stages, run in order.
/// That is why running a step allocates nothing: closures and memory exist already.
public final class Stage: @unchecked Sendable {
  /// What a stage does, for timings: "layer3.0.left.0 forward".
  public let name: String
  /// Pieces of work, numbered from 0.
  public let itemCount: Int
  /// Computes one item. Arguments: the item, and the worker (for per-worker workspace). Called from any worker's thread.
  let body: (_ item: Int, _ worker: Int) -> Void

  /// - Parameters:
  ///   - name: what the stage does.
  ///   - itemCount: pieces of work.
  ///   - body: computes one item; must write only what belongs to the item or to the worker.
  public init(_ name: String, itemCount: Int, body: @escaping (_ item: Int, _ worker: Int) -> Void) {
    self.name = name
    self.itemCount = itemCount
    self.body = body
  }
}

/// Number of pieces of at most `size` that `count` things make.
public func pieceCount(of count: Int, size: Int) -> Int { (count + size - 1) / size }

/// Piece number `index` of `count` things cut into pieces of `size`: its range.
public func piece(_ index: Int, of count: Int, size: Int) -> Range<Int> {
  index * size..<min((index + 1) * size, count)
}
