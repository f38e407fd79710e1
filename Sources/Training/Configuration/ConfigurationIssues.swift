/// One thing wrong with a configuration.
public struct ConfigurationIssue: Sendable, Equatable, Codable {
  /// Where, as a JSON pointer (RFC 6901), for instance `/config/batch_size`.
  public let pointer: String
  /// What is wrong and what would be right, as a sentence without its full stop.
  public let detail: String

  /// An issue at `pointer`.
  public init(pointer: String, detail: String) {
    self.pointer = pointer
    self.detail = detail
  }

  /// `name` as one part of a JSON pointer.
  static func escaped(_ name: String) -> String {
    name.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}

/// Everything that is wrong with a configuration, in the order of the fields' names.
public struct ConfigurationIssues: Error, Sendable, Equatable, CustomStringConvertible {
  /// At least one.
  public let issues: [ConfigurationIssue]

  /// - Precondition: `issues` is not empty.
  public init(_ issues: [ConfigurationIssue]) {
    precondition(!issues.isEmpty, "a configuration without issues is not an error")
    self.issues = issues
  }

  /// One issue.
  public init(pointer: String, detail: String) {
    self.init([ConfigurationIssue(pointer: pointer, detail: detail)])
  }

  /// All issues, one a line.
  public var description: String {
    let lines = issues.map { "  \($0.pointer.isEmpty ? "/" : $0.pointer): \($0.detail)" }
    return "the configuration has \(issues.count == 1 ? "an error" : "\(issues.count) errors"):\n"
      + lines.joined(separator: "\n")
  }
}
