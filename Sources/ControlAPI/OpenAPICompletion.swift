import Primitives

/// Adds to every operation of an OpenAPI document what is written only once.
///
/// Members of the document whose names begin with `x-every-` hold parts of an operation: `x-every-operation` for each one,
/// `x-every-body` for each that takes a body, `x-every-304` for each that may answer 304. They are taken out. Every
/// response gets the header `X-Request-Id`.
enum OpenAPICompletion {
  /// The members of a path that are operations.
  static let methods: Set<String> = ["get", "post", "put", "patch", "delete"]

  /// The document with all of that done.
  static func complete(_ document: JSONValue) -> JSONValue {
    var members = document.members.filter { !$0.key.hasPrefix("x-every-") }
    members["paths"] = document["paths"]?.mapMembers { _, path in
      path.mapMembers { method, operation in
        methods.contains(method) ? complete(operation, of: document) : operation
      }
    }
    members["components"] = document["components"]?.mapMembers { section, parts in
      section == "responses" ? withRequestID(parts) : parts
    }
    return .object(members)
  }

  /// The document of a daemon that asks for tokens, which says where. That of one that asks for none is as it is written: a
  /// token does no harm there.
  ///
  /// - Parameter openPaths: what needs no token; nil where nothing does.
  static func secured(_ document: JSONValue, openPaths: Set<String>?) -> JSONValue {
    guard let openPaths, case .object(var members) = document else { return document }
    members["security"] = [["token": []]]
    members["paths"] = document["paths"]?.mapMembers { name, path in
      guard openPaths.contains(name) else { return path }
      return path.mapMembers { method, operation in
        guard methods.contains(method), case .object(var members) = operation else { return operation }
        members["security"] = []
        return .object(members)
      }
    }
    return .object(members)
  }

  private static func complete(_ operation: JSONValue, of document: JSONValue) -> JSONValue {
    let parts = [
      document["x-every-operation"], operation["requestBody"].flatMap { _ in document["x-every-body"] },
      operation["responses"]?["304"].flatMap { _ in document["x-every-304"] },
    ].compactMap(\.self)
    var members = operation.members
    // What an operation says itself of a status counts.
    let responses = parts.reduce(operation["responses"]?.members ?? [:]) { responses, part in
      responses.merging(part["responses"]?.members ?? [:]) { own, _ in own }
    }
    members["responses"] = withRequestID(.object(responses))
    var parameters = operation["parameters"] ?? []
    for part in parts { parameters.merge(part["parameters"] ?? []) }
    members["parameters"] = parameters
    return .object(members)
  }

  private static func withRequestID(_ responses: JSONValue) -> JSONValue {
    responses.mapMembers { _, response in
      guard response["$ref"] == nil else { return response }
      var response = response
      response.merge(["headers": ["X-Request-Id": ["$ref": "#/components/headers/RequestID"]]])
      return response
    }
  }
}

extension JSONValue {
  /// The members of an object; none of anything else.
  var members: [String: JSONValue] {
    guard case .object(let members) = self else { return [:] }
    return members
  }

  /// An object with each member's value changed; anything else as it is.
  func mapMembers(_ change: (_ name: String, _ value: JSONValue) -> JSONValue) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(Dictionary(uniqueKeysWithValues: members.map { ($0.key, change($0.key, $0.value)) }))
  }

  /// Takes over `other`: members of objects one by one, elements of arrays behind those that are there, all else instead of
  /// what was there.
  mutating func merge(_ other: JSONValue) {
    switch (self, other) {
    case (.object(var mine), .object(let theirs)):
      for (name, value) in theirs { mine[name, default: .null].merge(value) }
      self = .object(mine)
    case (.array(let mine), .array(let theirs)): self = .array(mine + theirs)
    default: self = other
    }
  }
}
