import Primitives

/// Values that several tests of a run need and that are long in the making: each is made once, by whoever asks first.
final class KeptValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let entries = Lock<[Key: Lock<Value?>]>([:])

  /// The value of `key`; `make` makes it, while others who ask for the same one wait.
  func value(for key: Key, make: () throws -> Value) rethrows -> Value {
    let entry = entries.withLock { entries in
      let entry = entries[key] ?? Lock(nil)
      entries[key] = entry
      return entry
    }
    return try entry.withLock { value in
      if let value { return value }
      let made = try make()
      value = made
      return made
    }
  }
}
