import Primitives

extension DAVISReport {
  /// The report as JSON. What is not a number is `null`.
  ///
  /// - Parameter withFrames: J and F of every frame too.
  public func json(withFrames: Bool = true) -> JSONValue {
    [
      "set": .string(set),
      "decay_rule": .string(decay.rawValue),
      "global": global.json,
      "sequences": .array(sequences.map { $0.json(withFrames: withFrames) }),
      "preliminary": preliminary?.json ?? .null,
      "notes": .array(notes.map { .string($0) }),
    ]
  }
}

extension GlobalScores {
  /// The seven official columns by name.
  public var json: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: columns.map { ($0.name, JSONValue(score: $0.value)) }))
  }
}

extension SequenceScores {
  /// The sequence's objects; with `withFrames`, names of the evaluated frames too.
  public func json(withFrames: Bool) -> JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(name), "objects": .array(objects.map { $0.json(withFrames: withFrames) }),
    ]
    if withFrames { members["frames"] = .array(frames.map { .string($0) }) }
    return .object(members)
  }
}

extension ObjectScores {
  /// The statistics under the names of the official columns; with `withFrames`, `J` and `F` of each frame too.
  public func json(withFrames: Bool) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .integer(Int64(id)), "name": .string(name),
      "J-Mean": JSONValue(score: region.mean), "J-Recall": JSONValue(score: region.recall),
      "J-Decay": JSONValue(score: region.decay), "F-Mean": JSONValue(score: contour.mean),
      "F-Recall": JSONValue(score: contour.recall), "F-Decay": JSONValue(score: contour.decay),
    ]
    if withFrames {
      members["J"] = .array(regionByFrame.map { JSONValue(score: $0) })
      members["F"] = .array(contourByFrame.map { JSONValue(score: $0) })
    }
    return .object(members)
  }
}

extension PreliminaryScore {
  /// The three numbers under names that nobody takes for the official ones, and how many frames count.
  public var json: JSONValue {
    [
      "preliminary-J&F-Mean": JSONValue(score: mean), "preliminary-J-Mean": JSONValue(score: region),
      "preliminary-F-Mean": JSONValue(score: contour), "frames": .integer(Int64(frameCount)),
    ]
  }
}

extension JSONValue {
  fileprivate init(score: Double) { self = score.isFinite ? .number(score) : .null }
}
