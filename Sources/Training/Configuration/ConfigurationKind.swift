import CorrespondenceFlow
import Primitives

extension ConfigurationField.Kind {
  /// The values this kind takes, for messages: "an integer from 1 to 64".
  public var expectation: String {
    switch self {
    case .boolean: "true or false"
    case .integer(let range, let step):
      (step == 1 ? "an integer" : "a multiple of \(step)") + " from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: " or ")
    case .ascendingIntegers(let range, let maximumCount):
      "an array of at most \(maximumCount) ascending integers from \(range.lowerBound) to \(range.upperBound)"
    case .path: "a path, or null for none"
    case .word: "a name of 1 to 100 characters without a slash"
    case .centroids: "\"published\", \"fitted\" or an array of 16 pairs [a, b] of numbers from -128 to 127"
    }
  }

  /// What is wrong with `value`; nil when it is one of this kind's values.
  func problem(with value: JSONValue) -> String? {
    switch self {
    case .boolean: Bool(json: value) == nil ? mismatch(value) : nil
    case .integer(let range, let step):
      Int(json: value).map { range.contains($0) && $0.isMultiple(of: step) } == true ? nil : mismatch(value)
    case .number(let range): Double(json: value).map(range.contains) == true ? nil : mismatch(value)
    case .choice(let words): value.string.map(words.contains) == true ? nil : mismatch(value)
    case .ascendingIntegers(let range, let maximumCount):
      [Int](json: value).map { $0.isAscending(in: range, maximumCount: maximumCount) } == true ? nil : mismatch(value)
    case .path: value == .null || value.string.map { !$0.isEmpty } == true ? nil : mismatch(value)
    case .word: value.string.map { (1...100).contains($0.count) && !$0.contains("/") } == true ? nil : mismatch(value)
    case .centroids: CentroidSource(json: value).map(\.isInLabPlane) == true ? nil : mismatch(value)
    }
  }

  /// The message for a value that is none of this kind's.
  func mismatch(_ value: JSONValue) -> String {
    "must be \(expectation), got \(value.shortText)"
  }
}

extension [Int] {
  fileprivate func isAscending(in range: ClosedRange<Int>, maximumCount: Int) -> Bool {
    count <= maximumCount && allSatisfy(range.contains) && zip(self, dropFirst()).allSatisfy(<)
  }
}

extension CentroidSource {
  /// Whether given centroids lie in the 8-bit ab plane of Lab.
  fileprivate var isInLabPlane: Bool {
    guard case .explicit(let centroids) = self else { return true }
    return centroids.points.allSatisfy { (-128...127).contains($0.a) && (-128...127).contains($0.b) }
  }
}

extension JSONValue {
  /// The string, when this is one.
  var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The value as a message quotes it: scalars as they are, strings cut to 40 characters, the rest by type.
  var shortText: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"\(value.count > 40 ? value.prefix(40) + "..." : value[...])\""
    case .array(let elements): "an array of \(elements.count)"
    case .object: "an object"
    }
  }
}
