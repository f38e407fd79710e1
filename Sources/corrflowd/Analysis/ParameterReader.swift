import Primitives
import Training

/// Reads the parameters of a job, and collects everything that is wrong with them.
struct ParameterReader {
  private let given: [String: JSONValue]
  private let prefix: String
  private var known: Set<String> = []
  private(set) var issues: [ConfigurationIssue] = []

  /// - Parameter prefix: pointer to the object that holds the parameters.
  init(_ parameters: JSONValue, prefix: String = "/params") {
    if case .object(let members) = parameters { given = members } else { given = [:] }
    self.prefix = prefix
  }

  /// One of some words.
  mutating func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, default value: Value
  ) -> Value where Value.RawValue == String {
    guard let found = take(name) else { return value }
    if case .string(let text) = found, let choice = Value(rawValue: text) { return choice }
    fault(name, "must be one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
    return value
  }

  /// A string.
  mutating func text(_ name: String, default value: String) -> String {
    guard let found = take(name) else { return value }
    if case .string(let text) = found, !text.isEmpty { return text }
    fault(name, "must be a string")
    return value
  }

  /// Yes or no.
  mutating func flag(_ name: String, default value: Bool) -> Bool {
    guard let found = take(name) else { return value }
    if case .bool(let flag) = found { return flag }
    fault(name, "must be true or false")
    return value
  }

  /// A whole number, or nil where it is null or absent.
  mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let found = take(name), found != .null else { return nil }
    if case .integer(let number) = found, let number = Int(exactly: number), range.contains(number) { return number }
    fault(name, "must be an integer from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  /// A number above 0, or nil where it is null or absent.
  mutating func positive(_ name: String, atMost limit: Double = .infinity) -> Double? {
    switch take(name) {
    case nil, .null: return nil
    case .integer(let number) where number > 0 && Double(number) <= limit: return Double(number)
    case .number(let number) where number > 0 && number <= limit: return number
    default:
      fault(name, "must be a number above 0" + (limit.isFinite ? " and at most \(Int(limit))" : ""))
      return nil
    }
  }

  /// Two whole numbers from 0, or nil where it is null or absent, which is a fault where it is required.
  mutating func pair(_ name: String, isRequired: Bool = false) -> (Int, Int)? {
    guard let found = take(name), found != .null else {
      if isRequired { fault(name, "is required: an array of two integers from 0") }
      return nil
    }
    if case .array(let pair) = found, pair.count == 2, case .integer(let first) = pair[0],
      case .integer(let second) = pair[1], let x = Int32(exactly: first), let y = Int32(exactly: second), x >= 0, y >= 0
    {
      return (Int(x), Int(y))
    }
    fault(name, "must be an array of two integers from 0")
    return nil
  }

  /// An object, by its members.
  mutating func object(_ name: String) -> [String: JSONValue] {
    guard let found = take(name) else { return [:] }
    if case .object(let members) = found { return members }
    fault(name, "must be an object")
    return [:]
  }

  /// Notes that a parameter is wrong.
  mutating func fault(_ name: String, _ detail: String) {
    fault(at: "\(prefix)/\(name)", detail)
  }

  /// Notes that something outside of the parameters is wrong.
  mutating func fault(at pointer: String, _ detail: String) {
    issues.append(ConfigurationIssue(pointer: pointer, detail: detail))
  }

  /// - Throws: `ConfigurationIssues` with all that is wrong, parameters that nobody asked for among them.
  mutating func finish() throws {
    for name in given.keys.sorted() where !known.contains(name) {
      fault(name, "no such parameter; there are \(known.sorted().joined(separator: ", "))")
    }
    if !issues.isEmpty { throw ConfigurationIssues(issues) }
  }

  private mutating func take(_ name: String) -> JSONValue? {
    known.insert(name)
    return given[name]
  }
}
