import Foundation
import Primitives
import Yams

/// A file of settings in YAML or JSON: one object whose members are the fields of a run's configuration.
enum ConfigurationFile {
  /// Most bytes that a file may have; a list of all settings has two thousand.
  static let maximumByteCount = 1 << 20

  /// The object in `file`; an empty file is an empty object.
  static func object(at file: URL) throws -> [String: JSONValue] {
    let text: String
    do {
      let data = try Data(contentsOf: file)
      guard data.count <= maximumByteCount else { throw Failure("it has more than \(maximumByteCount) bytes") }
      guard let decoded = String(data: data, encoding: .utf8) else { throw Failure("it is not text in UTF-8") }
      text = decoded
    } catch let failure as Failure {
      throw CommandError.badConfigurationFile(path: file.path, reason: failure.reason)
    } catch {
      throw CommandError.badConfigurationFile(path: file.path, reason: error.localizedDescription)
    }
    do {
      return try object(of: text)
    } catch {
      throw CommandError.badConfigurationFile(path: file.path, reason: (error as? Failure)?.reason ?? "\(error)")
    }
  }

  /// The object that `text`, YAML or JSON, stands for.
  static func object(of text: String) throws -> [String: JSONValue] {
    guard let node = try Yams.compose(yaml: text) else { return [:] }
    switch try value(of: node) {
    case .object(let members): return members
    case .null: return [:]
    case let other: throw Failure("it holds \(other.typeName), not an object of settings")
    }
  }

  private static func value(of node: Node) throws -> JSONValue {
    switch node {
    case .mapping(let mapping):
      var members: [String: JSONValue] = [:]
      for (key, member) in mapping {
        guard let name = key.string else { throw Failure("a name in it is not a string") }
        members[name] = try value(of: member)
      }
      return .object(members)
    case .sequence(let sequence): return .array(try sequence.map(value))
    case .scalar(let scalar): return value(of: scalar, node)
    case .alias: throw Failure("an alias in it cannot be resolved")
    }
  }

  private static func value(of scalar: Node.Scalar, _ node: Node) -> JSONValue {
    guard scalar.style == .plain else { return .string(scalar.string) }
    if node.null != nil { return .null }
    if let integer = node.int { return .integer(Int64(integer)) }
    // YAML 1.1 reads 1e-4, which has no point, as a string; JSON and everybody's intention say a number.
    if let number = node.float ?? Double(scalar.string), number.isFinite { return .number(number) }
    if let flag = node.bool { return .bool(flag) }
    return .string(scalar.string)
  }

  private struct Failure: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }
}
