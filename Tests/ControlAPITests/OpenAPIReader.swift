import Primitives

@testable import ControlAPI

/// An OpenAPI document, as tests ask it.
struct OpenAPIReader {
  struct Operation {
    var method: String
    var path: String
    /// The path's own members, parameters among them.
    var parent: JSONValue
    var json: JSONValue
  }

  let json: JSONValue

  init(_ json: JSONValue) {
    self.json = json
  }

  /// All operations, by path and method.
  var operations: [Operation] {
    (json["paths"]?.members ?? [:]).sorted { $0.key < $1.key }.flatMap { path, item in
      item.members.filter { OpenAPICompletion.methods.contains($0.key) }.sorted { $0.key < $1.key }
        .map { Operation(method: $0.key.uppercased(), path: path, parent: item, json: $0.value) }
    }
  }

  /// What `value` stands for, when it is a reference.
  func resolved(_ value: JSONValue) -> JSONValue {
    guard case .string(let reference)? = value["$ref"] else { return value }
    return target(reference) ?? .null
  }

  func schema(_ name: String) -> JSONValue { json["components"]?["schemas"]?[name] ?? .null }

  func words(_ name: String) -> [JSONValue]? { schema(name)["enum"]?.elements }

  func parameters(of operation: Operation, in place: String) -> Set<String> {
    let all = (operation.parent["parameters"]?.elements ?? []) + (operation.json["parameters"]?.elements ?? [])
    return Set(all.map(resolved).filter { $0["in"] == .string(place) }.compactMap { $0["name"]?.stringValue })
  }

  /// Members that the body of an operation may have.
  func bodyMembers(of operation: Operation) -> Set<String> {
    let content = resolved(operation.json["requestBody"] ?? .null)["content"]?.members.values.first
    let schema = resolved(content?["schema"] ?? .null)
    return Set((schema["properties"]?.members ?? [:]).keys)
  }

  /// References that lead nowhere.
  var brokenReferences: [String] {
    strings(named: "$ref", in: json).filter { target($0) == nil }.sorted()
  }

  /// Operations that links lead to.
  var linkedOperations: Set<String> {
    let links = Array((json["components"]?["links"]?.members ?? [:]).values)
    let ofResponses = operations.flatMap { operation in
      (operation.json["responses"]?.members ?? [:]).values.flatMap { (resolved($0)["links"]?.members ?? [:]).values }
    }
    return Set((links + ofResponses).compactMap { $0["operationId"]?.stringValue })
  }

  private func target(_ reference: String) -> JSONValue? {
    guard reference.hasPrefix("#/") else { return nil }
    return reference.dropFirst(2).split(separator: "/").reduce(json as JSONValue?) { $0?[String($1)] }
  }

  private func strings(named name: String, in value: JSONValue) -> [String] {
    switch value {
    case .object(let members):
      return members.flatMap { key, value in
        if key == name, case .string(let text) = value { return [text] }
        return strings(named: name, in: value)
      }
    case .array(let elements): return elements.flatMap { strings(named: name, in: $0) }
    case .null, .bool, .integer, .number, .string: return []
    }
  }
}
