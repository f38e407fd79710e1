import Primitives

extension RunConfiguration {
  /// The configuration that `value` asks for, completed with the defaults of its profile.
  ///
  /// - Parameters:
  ///   - value: an object with any of the fields, or null for all defaults.
  ///   - pointer: JSON pointer of `value` in the document that it came from, such as `/config`.
  /// - Throws: every unknown field, wrong type and value out of range at once.
  public init(validating value: JSONValue, pointer: String = "") throws(ConfigurationIssues) {
    let members: [String: JSONValue]
    switch value {
    case .object(let given): members = given
    case .null: members = [:]
    case .bool, .integer, .number, .string, .array:
      throw ConfigurationIssues(pointer: pointer, detail: "must be an object, got \(value.shortText)")
    }
    self.init(profile: members["profile"].flatMap(Profile.init(json:)) ?? .corrected)
    var issues: [ConfigurationIssue] = []
    for (key, member) in members.sorted(by: { $0.key < $1.key }) {
      if let problem = store(member, as: key) {
        issues.append(ConfigurationIssue(pointer: "\(pointer)/\(ConfigurationIssue.escaped(key))", detail: problem))
      }
    }
    if !issues.isEmpty { throw ConfigurationIssues(issues) }
  }

  /// Checks a configuration that was changed in code.
  /// - Throws: every value that is out of range.
  public func validate() throws(ConfigurationIssues) {
    _ = try RunConfiguration(validating: json)
  }

  /// All fields with their values.
  public var json: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: ConfigurationField.all.map { ($0.key, $0.value(in: self)) }))
  }

  private mutating func store(_ value: JSONValue, as key: String) -> String? {
    guard let field = ConfigurationField.named(key) else { return ConfigurationField.unknown(key) }
    return field.store(value, in: &self)
  }
}

extension RunConfiguration: Codable {
  /// Decodes and validates; see ``init(validating:pointer:)``.
  public init(from decoder: any Decoder) throws {
    try self.init(validating: JSONValue(from: decoder))
  }

  /// Encodes all fields.
  public func encode(to encoder: any Encoder) throws {
    try json.encode(to: encoder)
  }
}

extension ConfigurationField {
  /// The message for a field that does not exist, with the nearest one that does.
  static func unknown(_ key: String) -> String {
    let folded = key.lowercased().replacing("-", with: "_")
    let nearest =
      all
      .map { (key: $0.key, distance: editDistance($0.key, folded)) }
      .min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= max(2, folded.count / 3) else {
      return "no such field; `corrflowd config` lists all"
    }
    return "no such field; did you mean \"\(nearest.key)\"?"
  }

  /// Levenshtein's distance: the least number of characters to insert, delete or replace.
  static func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let replaced = diagonal + (character == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
