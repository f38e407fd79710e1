import Primitives
import Training

/// The settings of a run, as a form needs them.
enum RunForm {
  /// `schema`, `groups` and `fields`, in the order in which they are shown.
  static var settings: JSONValue {
    let groups = ConfigurationField.groups
    return [
      "schema": RunConfiguration.schema, "groups": .array(groups.map { .string($0.name) }),
      "fields": .array(groups.flatMap { group in group.fields.map { json($0, group: group.name) } }),
    ]
  }

  private static func json(_ field: ConfigurationField, group: String) -> JSONValue {
    let profiles = RunConfiguration.Profile.allCases.map { ($0.rawValue, field.defaultValue(for: $0)) }
    var members = field.kind.form
    members["key"] = .string(field.key)
    members["group"] = .string(group)
    members["description"] = .string(field.summary)
    members["default"] = field.defaultValue()
    members["defaults"] = .object(Dictionary(uniqueKeysWithValues: profiles))
    return .object(members)
  }
}

extension ConfigurationField.Kind {
  /// Type and limits; null where there is none.
  fileprivate var form: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "type": .string(formType), "minimum": .null, "maximum": .null, "multiple_of": .null, "enum": .null,
      "nullable": .bool(self == .path), "expects": .string(expectation),
    ]
    switch self {
    case .integer(let range, let step):
      members["minimum"] = .integer(Int64(range.lowerBound))
      members["maximum"] = .integer(Int64(range.upperBound))
      members["multiple_of"] = .integer(Int64(step))
    case .ascendingIntegers(let range, _):
      members["minimum"] = .integer(Int64(range.lowerBound))
      members["maximum"] = .integer(Int64(range.upperBound))
    case .number(let range):
      members["minimum"] = .number(range.lowerBound)
      members["maximum"] = .number(range.upperBound)
    case .choice(let words): members["enum"] = .array(words.map { .string($0) })
    case .boolean, .path, .word, .centroids: break
    }
    return members
  }

  private var formType: String {
    switch self {
    case .boolean: "boolean"
    case .integer: "integer"
    case .number: "number"
    case .choice: "choice"
    case .ascendingIntegers: "integers"
    case .path: "path"
    case .word: "word"
    case .centroids: "centroids"
    }
  }
}
