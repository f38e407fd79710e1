import Foundation
import Primitives

extension RunConfiguration {
  /// The object that `settings`, each written `key=value` as after `--set`, stand for; a later one wins.
  ///
  /// A value is JSON (`true`, `0.5`, `[1000,2000]`); words and paths need no quotes. For lists the brackets may be left out.
  /// - Throws: every setting without a `=` at once. Names and values are checked by ``init(validating:pointer:)``.
  public static func object(ofSettings settings: [String]) throws(ConfigurationIssues) -> [String: JSONValue] {
    var object: [String: JSONValue] = [:]
    var issues: [ConfigurationIssue] = []
    for setting in settings {
      guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
        issues.append(
          ConfigurationIssue(
            pointer: "/\(ConfigurationIssue.escaped(setting))",
            detail: "a setting is written key=value, for instance batch_size=2"))
        continue
      }
      let key = String(setting[..<equals])
      object[key] = value(of: String(setting[setting.index(after: equals)...]), for: ConfigurationField.named(key))
    }
    if !issues.isEmpty { throw ConfigurationIssues(issues) }
    return object
  }

  /// The value that `text` stands for as a value of `field`.
  private static func value(of text: String, for field: ConfigurationField?) -> JSONValue {
    switch field?.kind {
    case .choice, .word: return .string(text)
    case .path: return text == "null" || text.isEmpty ? .null : .string(text)
    case .ascendingIntegers where !text.hasPrefix("["): return parsed("[\(text)]") ?? .string(text)
    case .ascendingIntegers, .boolean, .integer, .number, .centroids, nil: return parsed(text) ?? .string(text)
    }
  }

  private static func parsed(_ text: String) -> JSONValue? {
    try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }
}
