import Primitives

/// One thing that was measured, under a dotted name: "step.batch1".
public struct BenchmarkRow: Sendable {
  /// A number that a row states.
  public struct Value: Sendable {
    /// Name in JSON, with its unit: "effective_gflops".
    public var key: String
    /// The measurement.
    public var measurement: Measurement

    /// - Parameters: a name with its unit, and what was measured.
    public init(_ key: String, _ measurement: Measurement) {
      self.key = key
      self.measurement = measurement
    }

    /// A number that is not repeated.
    public init(_ key: String, _ value: Double) { self.init(key, Measurement([value])) }
  }

  /// Where it stands in the JSON document.
  public var path: [String]
  /// What was measured of it.
  public var values: [Value]

  /// - Parameters: the place in the document, and the numbers.
  public init(_ path: [String], _ values: [Value]) {
    self.path = path
    self.values = values
  }
}

/// Everything that one run of the benchmark measured.
public struct BenchmarkReport: Sendable {
  /// What it ran on.
  public var machine: [String: JSONValue]
  /// In the order of measuring.
  public private(set) var rows: [BenchmarkRow] = []

  /// An empty report.
  public init(machine: [String: JSONValue]) { self.machine = machine }

  /// Adds a row.
  public mutating func append(_ row: BenchmarkRow) { rows.append(row) }

  /// A nested object. A number that was taken once is a number; a repeated one is its median, with minimum, maximum and
  /// sample count beside it under `<key>_spread`.
  public var json: JSONValue {
    var document: JSONValue = .object(["machine": .object(machine)])
    for row in rows {
      var members: [String: JSONValue] = [:]
      for value in row.values {
        members[value.key] = .number(value.measurement.median)
        if value.measurement.samples.count > 1 { members["\(value.key)_spread"] = value.measurement.json }
      }
      document = Self.merge(members, at: row.path[...], into: document)
    }
    return document
  }

  private static func merge(_ new: [String: JSONValue], at path: ArraySlice<String>, into value: JSONValue) -> JSONValue
  {
    guard case .object(var members) = value else { return .object(new) }
    guard let first = path.first else {
      members.merge(new) { _, last in last }
      return .object(members)
    }
    members[first] = merge(new, at: path.dropFirst(), into: members[first] ?? .object([:]))
    return .object(members)
  }
}
