import CorrespondenceFlow
import Primitives

/// A type that a configuration field can have.
protocol ConfigurationValue: Sendable {
  /// The value in JSON.
  var json: JSONValue { get }
  /// The value that `json` stands for; nil when it is of another type.
  init?(json: JSONValue)
}

extension Bool: ConfigurationValue {
  var json: JSONValue { .bool(self) }
  init?(json: JSONValue) {
    guard case .bool(let value) = json else { return nil }
    self = value
  }
}

extension Int: ConfigurationValue {
  var json: JSONValue { .integer(Int64(self)) }
  /// A number without fraction, such as `5.0`, is an integer in JSON.
  init?(json: JSONValue) {
    switch json {
    case .integer(let value): self.init(exactly: value)
    case .number(let value): self.init(exactly: value)
    case .null, .bool, .string, .array, .object: return nil
    }
  }
}

extension Double: ConfigurationValue {
  var json: JSONValue { .number(self) }
  init?(json: JSONValue) {
    switch json {
    case .integer(let value): self.init(value)
    case .number(let value) where value.isFinite: self = value
    case .null, .bool, .number, .string, .array, .object: return nil
    }
  }
}

extension [Int]: ConfigurationValue {
  var json: JSONValue { .array(map(\.json)) }
  init?(json: JSONValue) {
    guard case .array(let elements) = json else { return nil }
    let values = elements.compactMap(Int.init(json:))
    guard values.count == elements.count else { return nil }
    self = values
  }
}

extension String: ConfigurationValue {
  init?(json: JSONValue) {
    guard case .string(let value) = json else { return nil }
    self = value
  }

  var json: JSONValue { .string(self) }
}

extension String?: ConfigurationValue {
  var json: JSONValue { map(JSONValue.string) ?? .null }
  init?(json: JSONValue) {
    switch json {
    case .null: self = .none
    case .string(let value): self = value
    case .bool, .integer, .number, .array, .object: return nil
    }
  }
}

extension ConfigurationValue where Self: RawRepresentable<String> {
  var json: JSONValue { .string(rawValue) }
  init?(json: JSONValue) {
    guard case .string(let word) = json else { return nil }
    self.init(rawValue: word)
  }
}

extension RunConfiguration.Profile: ConfigurationValue {}
extension RunConfiguration.Fit: ConfigurationValue {}
extension RunConfiguration.Attention: ConfigurationValue {}
extension RunConfiguration.Benchmark: ConfigurationValue {}
extension RunConfiguration.EvaluationPreset: ConfigurationValue {}

extension CentroidSource: ConfigurationValue {
  var json: JSONValue {
    switch self {
    case .published: "published"
    case .fitted: "fitted"
    case .explicit(let centroids): .array(centroids.points.map { [.number($0.a), .number($0.b)] })
    }
  }

  init?(json: JSONValue) {
    switch json {
    case .string("published"): self = .published
    case .string("fitted"): self = .fitted
    case .array(let pairs):
      let points = pairs.compactMap(Self.point)
      guard points.count == pairs.count, points.count == ColourCentroids.count else { return nil }
      self = .explicit(ColourCentroids(points: points))
    case .null, .bool, .integer, .number, .string, .object: return nil
    }
  }

  /// The point that `[a, b]` stands for.
  static func point(_ json: JSONValue) -> ColourCentroids.Point? {
    guard case .array(let pair) = json, pair.count == 2, let a = Double(json: pair[0]), let b = Double(json: pair[1])
    else { return nil }
    return ColourCentroids.Point(a: a, b: b)
  }
}
