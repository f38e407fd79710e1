import Primitives

extension RunConfiguration {
  /// The JSON Schema (draft 2020-12) of a configuration, from the table of fields.
  public static var schema: JSONValue {
    [
      "type": "object",
      "additionalProperties": false,
      "properties": .object(
        Dictionary(uniqueKeysWithValues: ConfigurationField.all.map { ($0.key, $0.schema) })),
    ]
  }
}

extension ConfigurationField {
  /// The JSON Schema of this field, with its description and default.
  public var schema: JSONValue {
    var members = kind.schema
    members["description"] = .string(summary)
    members["default"] = defaultValue()
    return .object(members)
  }
}

extension ConfigurationField.Kind {
  fileprivate var schema: [String: JSONValue] {
    switch self {
    case .boolean: ["type": "boolean"]
    case .integer(let range, let step):
      [
        "type": "integer", "minimum": range.lowerBound.json, "maximum": range.upperBound.json, "multipleOf": step.json,
      ]
    case .number(let range):
      ["type": "number", "minimum": range.lowerBound.json, "maximum": range.upperBound.json]
    case .choice(let words): ["type": "string", "enum": .array(words.map(JSONValue.string))]
    case .ascendingIntegers(let range, let maximumCount):
      [
        "type": "array", "maxItems": maximumCount.json, "uniqueItems": true,
        "items": ["type": "integer", "minimum": range.lowerBound.json, "maximum": range.upperBound.json],
      ]
    case .path: ["type": ["string", "null"], "minLength": 1]
    case .word: ["type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[^/]+$"]
    case .centroids: ["oneOf": [["type": "string", "enum": ["published", "fitted"]], Self.pairs]]
    }
  }

  private static var pairs: JSONValue {
    [
      "type": "array", "minItems": 16, "maxItems": 16,
      "items": [
        "type": "array", "minItems": 2, "maxItems": 2, "items": ["type": "number", "minimum": -128, "maximum": 127],
      ],
    ]
  }
}
