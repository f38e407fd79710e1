import Numerics
import Primitives

extension ThreadPool {
  /// Transforms elements on all workers; results come in the order of the elements.
  func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ transform: @escaping @Sendable (Element) -> Result
  ) -> [Result] {
    let results = Lock([Result?](repeating: nil, count: elements.count))
    run(
      Stage("map", itemCount: elements.count) { item, _ in
        let result = transform(elements[item])
        results.withLock { $0[item] = result }
      })
    return results.withLock { $0.compactMap { $0 } }
  }
}
