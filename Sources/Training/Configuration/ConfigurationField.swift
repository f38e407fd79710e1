import Primitives

/// One setting of a run: its name, what it means, what it may be, and where it lives in ``RunConfiguration``.
///
/// Decoding, encoding, validation, `--set`, the reference in the documentation and the schema of the form all walk
/// ``all``; a setting is added by adding a property and its row.
public struct ConfigurationField: Sendable {
  /// What values a field takes.
  public enum Kind: Sendable, Equatable {
    /// `true` or `false`.
    case boolean
    /// An integer in a range that is a multiple of `step`.
    case integer(ClosedRange<Int>, step: Int = 1)
    /// A finite number in a range.
    case number(ClosedRange<Double>)
    /// One of these words.
    case choice([String])
    /// At most `maximumCount` strictly ascending integers in a range.
    case ascendingIntegers(ClosedRange<Int>, maximumCount: Int)
    /// A path, or null for none.
    case path
    /// A name of 1 to 100 characters without a slash.
    case word
    /// `published`, `fitted`, or sixteen pairs of numbers.
    case centroids
  }

  /// Name in JSON, YAML and `--set`, snake_case.
  public let key: String
  /// What it means, with its unit: a sentence without its full stop.
  public let summary: String
  /// What it may be.
  public let kind: Kind

  private let reader: @Sendable (RunConfiguration) -> JSONValue
  private let writer: @Sendable (inout RunConfiguration, JSONValue) -> Bool

  /// A field that is stored at `path`.
  init<Value: ConfigurationValue>(
    _ key: String, _ kind: Kind, _ path: WritableKeyPath<RunConfiguration, Value> & Sendable, _ summary: String
  ) {
    self.key = key
    self.summary = summary
    self.kind = kind
    reader = { $0[keyPath: path].json }
    writer = { configuration, json in
      guard let value = Value(json: json) else { return false }
      configuration[keyPath: path] = value
      return true
    }
  }

  /// This field's value in `configuration`.
  public func value(in configuration: RunConfiguration) -> JSONValue {
    reader(configuration)
  }

  /// This field's value where nothing is said, which may depend on the profile.
  public func defaultValue(for profile: RunConfiguration.Profile = .corrected) -> JSONValue {
    reader(RunConfiguration(profile: profile))
  }

  /// Stores `value`, or says why it cannot be this field's value.
  func store(_ value: JSONValue, in configuration: inout RunConfiguration) -> String? {
    if let problem = kind.problem(with: value) { return problem }
    return writer(&configuration, value) ? nil : kind.mismatch(value)
  }

  /// The field named `key`.
  public static func named(_ key: String) -> ConfigurationField? {
    all.first { $0.key == key }
  }
}
